// Everything that Grafana gets from one spec, as files. Pure.
import type { GeneratedFile } from '../src/generate/file.ts';
import type { Spec } from '../src/spec/spec.ts';
import { BOARDS } from './boards.ts';
import { builtBoards, checkBoards } from './check.ts';
import type { Overlays } from './overlays.ts';

export const boardUids = (spec: Spec): string[] => BOARDS.map((board) => board(spec).uid);

/** The files below the folder to generate into. Throws an Error that names every panel with something wrong. */
export function dashboardFiles(spec: Spec, overlays: Overlays = {}): GeneratedFile[] {
  const built = builtBoards(spec, overlays);
  const { findings } = checkBoards(spec, built);
  if (findings.length > 0)
    throw new Error(findings.map((f) => `${f.board}, ${f.panel ?? 'board'}: ${f.message} (${f.rule})`).join('\n'));
  return built.map(({ board, json }) => ({ path: `${board.uid}.json`, text: `${JSON.stringify(json, null, 2)}\n` }));
}
