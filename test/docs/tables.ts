// The tables of the README that are made from the code. `npm run docs` writes them; docs.test.ts compares.
import { readFileSync, writeFileSync } from 'node:fs';
import { METRICS } from '../../src/spec/names.ts';
import { RULES } from '../../src/spec/rules.ts';
import { outcomeTable, specReference } from './reference.ts';

const README = new URL('../../README.md', import.meta.url);
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** By the name in the markers `<!-- name -->` and `<!-- /name -->`. */
export const TABLES: Readonly<Record<string, () => string>> = {
  metrics: () =>
    table(
      ['metric', 'type', 'labels', 'meaning'],
      Object.entries(METRICS).map(([name, { type, labels, help }]) => [`\`${name}\``, type, labels.join(', '), help]),
    ),
  outcomes: () => outcomeTable().trim(),
  rules: () =>
    table(
      ['rule', 'severity', 'finds'],
      Object.entries(RULES).map(([id, { severity, summary }]) => [`\`${id}\``, severity, summary]),
    ),
  spec: () => specReference().trim(),
};

/** The README, and what stands between the markers of a section. */
export const readme = (): string => readFileSync(README, 'utf8');
export const section = (name: string): string =>
  readme().split(`<!-- ${name} -->\n`)[1]?.split(`\n<!-- /${name} -->`)[0] ?? '';

if (import.meta.main) {
  let text = readme();
  for (const [name, made] of Object.entries(TABLES))
    text = text.replace(`<!-- ${name} -->\n${section(name)}\n`, () => `<!-- ${name} -->\n${made()}\n`);
  writeFileSync(README, text);
}
