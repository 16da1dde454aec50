// Rows that a team adds to a board: dashboards/overlays/<board>.ts, which no regeneration touches. Reads that folder alone.
import { readdirSync } from 'node:fs';
import type { Row } from '../src/grafana/board.ts';
import type { Spec } from '../src/spec/spec.ts';

/** By uid of the board. */
export type Overlays = Readonly<Record<string, (spec: Spec) => readonly Row[]>>;

const FOLDER = new URL('./overlays/', import.meta.url);

/** Each file exports `rows`. Throws an Error with the name of a file that does not, or that is named after no board. */
export async function loadOverlays(uids: readonly string[], folder: URL = FOLDER): Promise<Overlays> {
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts'));
  const loaded = files.sort().map(async (name) => {
    const uid = `plimsoll-${name.replace(/\.ts$/, '')}`;
    if (!uids.includes(uid))
      throw new Error(
        `dashboards/overlays/${name}: there is no board ${uid}; name the file after one of ${uids.map((one) => one.replace('plimsoll-', '')).join(', ')}`,
      );
    const { rows } = (await import(new URL(name, folder).href)) as { rows?: unknown };
    if (typeof rows !== 'function')
      throw new Error(`dashboards/overlays/${name} exports no function rows: export const rows = (spec) => [...]`);
    return [uid, rows as Overlays[string]] as const;
  });
  return Object.fromEntries(await Promise.all(loaded));
}
