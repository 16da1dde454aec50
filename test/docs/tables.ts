// The tables of README.md and alerts/README.md that are made from the code. `npm run docs` writes them; docs.test.ts compares.
import { readFileSync, writeFileSync } from 'node:fs';
import { COMPONENT_ALERTS } from '../../alerts/rules/families.ts';
import { METRICS } from '../../src/spec/names.ts';
import { RULES } from '../../src/spec/rules.ts';
import { outcomeTable, specReference } from './reference.ts';

const FILES = ['README.md', 'alerts/README.md'].map((path) => new URL(`../../${path}`, import.meta.url));
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
  alerts: () =>
    table(
      ['alert', 'owner', 'needs', 'says'],
      COMPONENT_ALERTS.flatMap(({ alerts }) => alerts).map(({ alert, owner, needs, summary }) => [
        `[\`${alert}\`](runbooks/${alert}.md)`,
        owner,
        needs ?? '',
        summary
          .replaceAll(/\{\{ ?\$labels\.(\w+) ?\}\}/g, (_, label) => label.toUpperCase())
          .replaceAll(/\{\{.*?\}\}/g, 'N'),
      ]),
    ),
};

/** What stands between the markers of a section, in whichever file has it. */
export const section = (name: string): string =>
  FILES.map((file) => between(readFileSync(file, 'utf8'), name)).find((text) => text !== undefined) ?? '';

const between = (text: string, name: string): string | undefined =>
  text.split(`<!-- ${name} -->\n`)[1]?.split(`\n<!-- /${name} -->`)[0];

if (import.meta.main) {
  for (const file of FILES) {
    let text = readFileSync(file, 'utf8');
    for (const [name, made] of Object.entries(TABLES))
      text = text.replace(`<!-- ${name} -->\n${between(text, name)}\n`, () => `<!-- ${name} -->\n${made()}\n`);
    writeFileSync(file, text);
  }
}
