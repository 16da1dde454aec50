// Volumes as the kubelet makes them of ConfigMaps and Secrets: files are links through `..data`, and one rename swaps all of them.
// Layout and order of steps: pkg/volume/util/atomic_writer.go of Kubernetes.
import { existsSync, mkdirSync, readlinkSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Brings a volume to these files: makes it, or swaps what it holds as after a change of its source. Names are flat. */
export function writeVolume(folder: string, files: Readonly<Record<string, string>>): void {
  mkdirSync(folder, { recursive: true });
  const data = join(folder, '..data');
  const old = existsSync(data) ? readlinkSync(data) : undefined;
  const now = `..${process.hrtime.bigint()}`;
  mkdirSync(join(folder, now));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, now, name), text);
  symlinkSync(now, join(folder, '..data_tmp'));
  renameSync(join(folder, '..data_tmp'), data);
  for (const name of Object.keys(files))
    if (!existsSync(join(folder, name))) symlinkSync(join('..data', name), join(folder, name));
  if (old !== undefined) rmSync(join(folder, old), { recursive: true });
}
