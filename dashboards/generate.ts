// Everything that Grafana gets from one spec, as files. Pure.
import type { GeneratedFile } from '../src/generate/file.ts';
import { boardJson } from '../src/grafana/board-json.ts';
import type { Spec } from '../src/spec/spec.ts';
import { BOARDS } from './boards.ts';

/** The files below the folder to generate into. Throws an Error if a board is wrong, which would be a mistake in here. */
export function dashboardFiles(spec: Spec): GeneratedFile[] {
  return BOARDS.map((board) => boardJson(board(spec))).map((json) => ({
    path: `${String(json.uid)}.json`,
    text: `${JSON.stringify(json, null, 2)}\n`,
  }));
}
