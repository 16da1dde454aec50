// The tables of inputs and outputs in the README of each module, from its code: node test/platform/terraform/module-docs.ts
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toolPath } from '../tools.ts';
import { ENVIRONMENTS, MODULES } from './sources.ts';
import { TERRAFORM } from './workspace.ts';

const BEGIN = '<!-- BEGIN_TF_DOCS -->';
const END = '<!-- END_TF_DOCS -->';

interface Inspected {
  readonly variables?: Readonly<
    Record<string, { type?: string; description?: string; default?: unknown; required: boolean; sensitive?: boolean }>
  >;
  readonly outputs?: Readonly<Record<string, { description?: string; sensitive?: boolean }>>;
  readonly managed_resources?: Readonly<Record<string, { type: string }>>;
}

const cell = (text: string): string => text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|').trim();
const byName = <T>(of: Readonly<Record<string, T>> = {}): [string, T][] =>
  Object.entries(of).sort(([a], [b]) => (a < b ? -1 : 1));

/** A default is shown if it fits into a table. */
function shownDefault(value: unknown, isRequired: boolean): string {
  if (isRequired) return '**required**';
  const text = JSON.stringify(value) ?? 'null';
  return text.length > 60 ? 'see `variables.tf`' : `\`${text}\``;
}

function tables(folder: string): string {
  const text = execFileSync(toolPath('config-inspect'), ['--json', join(TERRAFORM, folder)], { encoding: 'utf8' });
  const { variables, outputs, managed_resources: resources = {} } = JSON.parse(text) as Inspected;
  const types = [...new Set(Object.values(resources).map(({ type }) => type))].sort();
  return [
    '',
    ...(types.length > 0 ? ['## Resources', '', types.map((type) => `\`${type}\``).join(', '), ''] : []),
    '## Inputs',
    '',
    '| name | what it is | type | default |',
    '| --- | --- | --- | --- |',
    ...byName(variables).map(([name, { type = 'any', description = '', default: value, required, sensitive }]) => {
      const what = cell(description) + (sensitive === true ? ' Secret.' : '');
      const short = type.length > 40 ? type.replace(/\(.*$/s, '(…)') : type;
      return `| \`${name}\` | ${what} | \`${cell(short)}\` | ${shownDefault(value, required)} |`;
    }),
    '',
    '## Outputs',
    '',
    '| name | what it is |',
    '| --- | --- |',
    ...byName(outputs).map(
      ([name, { description = '', sensitive }]) =>
        `| \`${name}\` | ${cell(description)}${sensitive === true ? ' Secret.' : ''} |`,
    ),
    '',
  ].join('\n');
}

/** Writes the tables between the marks if `write`; says whether they were what the code says. Throws an Error without marks. */
export function moduleDocs(folder: string, write = false): { folder: string; isCurrent: boolean } {
  const file = join(TERRAFORM, folder, 'README.md');
  const before = readFileSync(file, 'utf8');
  const [head, rest] = [before.split(BEGIN)[0]!, before.split(END)[1]];
  if (rest === undefined) throw new Error(`infra/terraform/${folder}/README.md has no lines ${BEGIN} and ${END}`);
  const after = `${head}${BEGIN}\n${tables(folder)}\n${END}${rest}`;
  if (write && after !== before) writeFileSync(file, after);
  return { folder, isCurrent: after === before };
}

if (import.meta.main)
  for (const folder of [...MODULES, ...ENVIRONMENTS])
    if (!moduleDocs(folder, true).isCurrent) console.log(`${folder}/README.md written`);
