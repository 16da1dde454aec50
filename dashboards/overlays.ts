// Rows that a team adds to a board: dashboards/overlays/<board>.ts, which no regeneration touches. Reads that folder alone.
import { readdirSync } from 'node:fs';
import { PANEL_KINDS, type Row } from '../src/grafana/board.ts';
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
    return [`plimsoll-${name.replace(/\.ts$/, '')}`, checked(at, module.rows as (spec: Spec) => unknown)] as const;
  });
  return Object.fromEntries(await Promise.all(loaded));
}

/** The same function, that throws an Error which names the file where it returns no rows with panels. */
const checked =
  (at: string, rows: (spec: Spec) => unknown) =>
  (spec: Spec): readonly Row[] => {
    const made = rows(spec);
    if (!Array.isArray(made)) throw new Error(`${at}: rows() must return a list of rows: [{ title, panels: [...] }]`);
    for (const [i, row] of (made as Partial<Row>[]).entries()) {
      if (typeof row?.title !== 'string' || !Array.isArray(row.panels))
        throw new Error(`${at}: row ${i + 1} needs a title and a list of panels`);
      for (const { kind, title } of row.panels)
        if (!PANEL_KINDS.includes(kind))
          throw new Error(`${at}: panel "${title}" is of kind ${kind}; there are ${PANEL_KINDS.join(', ')}`);
    }
    return made as readonly Row[];
  };
