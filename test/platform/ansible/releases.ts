// Small releases of kubectl, flux, velero and the backup agent on loopback, with their real checksums. They are shell scripts that say
// their name: what is proven is how they are fetched and installed, not what they do.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { privateFolder } from '../../services/process.ts';

export interface Release {
  readonly url: string;
  readonly checksum: string;
}
export interface Tool extends Release {
  readonly name: string;
  readonly member?: string;
}
export interface Releases {
  readonly tools: readonly Tool[];
  readonly agent: Release;
  close(): Promise<void>;
}

/** Where each is in its archive; kubectl comes as the program itself. */
const MEMBERS: Readonly<Record<string, string | undefined>> = {
  kubectl: undefined,
  flux: 'flux',
  velero: 'velero-v1.18.0-linux-amd64/velero',
};

export async function serveReleases(): Promise<Releases> {
  const folder = privateFolder('releases');
  const files = new Map<string, Buffer>();
  const server = createServer((request, response) => {
    const file = files.get(request.url ?? '');
    response.writeHead(file === undefined ? 404 : 200).end(file);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const publish = (name: string, content: Buffer): Release => {
    files.set(`/${name}`, content);
    return {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/${name}`,
      checksum: `sha256:${createHash('sha256').update(content).digest('hex')}`,
    };
  };
  const tools = Object.entries(MEMBERS).map(([name, member]): Tool => {
    const file = program(folder.path, name, member ?? name);
    if (member === undefined) return { name, ...publish(name, readFileSync(file)) };
    const archive = join(folder.path, `${name}.tar.gz`);
    execFileSync('tar', ['--create', '--gzip', '--file', archive, '--directory', join(folder.path, name), member]);
    return { name, member, ...publish(`${name}.tar.gz`, readFileSync(archive)) };
  });
  const agent = publish('agent.bin', readFileSync(program(folder.path, 'agent', 'agent')));
  return {
    tools,
    agent,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      folder.remove();
    },
  };
}

function program(folder: string, name: string, path: string): string {
  const file = join(folder, name, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\necho "this is ${name}"\n`);
  chmodSync(file, 0o755);
  return file;
}
