// Small specs for the tests of this room.
import { parseSpec, type SpecPorts } from '../../src/spec/parse.ts';

export const shop = { name: 'shop', kind: 'wordpress', url: 'https://shop.example.org/' };
/** An SLO that passes, with changes. */
export const slo = (change: object = {}) => ({
  name: 'a',
  service: 'shop',
  team: 'web',
  objective: '99.9%',
  window: '30d',
  sli: { kind: 'probe', target: 'shop' },
  ...change,
});
/** JSON is YAML. */
export const text = (spec: object): string =>
  `${Object.entries(spec)
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}`)
    .join('\n')}\n`;
export const ports = (env: Readonly<Record<string, string>> = {}): SpecPorts => ({
  env: (name) => env[name],
  readFile: () => undefined,
});
/** Rule ids of everything found in one text. */
export const rulesOf = (yaml: string): string[] =>
  parseSpec([{ file: 's.yaml', text: yaml }], ports()).findings.map((f) => f.rule);
/** The same for a spec as data. */
export const rulesIn = (spec: object): string[] => rulesOf(text(spec));
