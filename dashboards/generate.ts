// Everything that Grafana gets from one spec, as files. Pure.
import type { GeneratedFile } from '../src/generate/file.ts';
import { provisioningFiles } from '../src/grafana/provisioning.ts';
import type { Spec } from '../src/spec/spec.ts';
import { builtBoards, checkBoards } from './check.ts';
import type { Overlays } from './overlays.ts';

/** The files below the folder to generate into. Throws an Error that names every panel with something wrong. */
export function dashboardFiles(spec: Spec, overlays: Overlays = {}): GeneratedFile[] {
  const built = builtBoards(spec, overlays);
  const { findings } = checkBoards(spec, built);
  if (findings.length > 0)
    throw new Error(findings.map((f) => `${f.board}, ${f.panel ?? 'board'}: ${f.message} (${f.rule})`).join('\n'));
  return [
    ...built.map(({ board, json }) => ({ path: `${board.uid}.json`, text: `${JSON.stringify(json, null, 2)}\n` })),
    ...provisioningFiles(built.map(({ json }) => json)),
  ];
}
