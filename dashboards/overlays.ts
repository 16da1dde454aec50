// Rows that a team adds to a board: dashboards/overlays/<board>.ts, which no regeneration touches. Reads that folder alone.
import { readdirSync } from 'node:fs';
import type { Row } from '../src/grafana/board.ts';
import type { Spec } from '../src/spec/spec.ts';

/** By uid of the board. */
export type Overlays = Readonly<Record<string, (spec: Spec) => readonly Row[]>>;

const FOLDER = new URL('./overlays/', import.meta.url);

/** Each file exports `rows`. Throws an Error with the name of a file that cannot be loaded or does not. */
export async function loadOverlays(folder: URL = FOLDER): Promise<Overlays> {
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts'));
  const loaded = files.sort().map(async (name) => {
    const at = `dashboards/overlays/${name}`;
    const module: { rows?: unknown } = await import(new URL(name, folder).href).catch((error: Error) => {
      throw new Error(`${at} cannot be loaded: ${error.message}`);
    });
    if (typeof module.rows !== 'function')
      throw new Error(`${at} exports no function rows: export const rows = (spec) => [...]`);
    return [`plimsoll-${name.replace(/\.ts$/, '')}`, module.rows as Overlays[string]] as const;
  });
  return Object.fromEntries(await Promise.all(loaded));
}
