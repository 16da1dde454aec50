// Small specs for tests.
import { parseSpec, type SpecPorts } from '../../src/spec/parse.ts';
import type { Spec } from '../../src/spec/spec.ts';

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
/** Rule ids of everything found in one text, but for that it measures nothing: many tests write only the part they are about. */
export const rulesOf = (yaml: string): string[] =>
  parseSpec([{ file: 's.yaml', text: yaml }], ports())
    .findings.map((f) => f.rule)
    .filter((rule) => rule !== 'nothing-measured');
/** The same for a spec as data. */
export const rulesIn = (spec: object): string[] => rulesOf(text(spec));

/** The spec of one or more texts or values; throws with what is wrong if it would not start. */
export function validSpec(...sources: readonly (string | object)[]): Spec {
  const texts = sources.map((source, i) => ({
    file: `${i}.yaml`,
    text: typeof source === 'string' ? source : JSON.stringify(source),
  }));
  const result = parseSpec(texts, ports());
  if (!result.ok) throw new Error(result.findings.map((f) => `${f.path}: ${f.message}`).join('\n'));
  return result.spec;
}
