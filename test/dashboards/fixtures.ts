// Series for what the demo does not have, made from the catalogue and the selectors that ask for them. Values are made up; labels
// are such that every selector finds something.
import { entryOf } from '../../src/generate/catalogue/catalogue.ts';
import type { CatalogueEntry } from '../../src/generate/catalogue/entry.ts';
import { selectorsOf } from '../../src/promql/check.ts';
import { matchesWhole } from '../../src/promql/regex.ts';
import type { Matcher, Selector } from '../../src/promql/syntax.ts';
import type { WrittenSeries } from '../services/remote-write.ts';

/** Values that joins between exporters need, and those that a regular expression does not show. */
const LABELS: Readonly<Record<string, readonly string[]>> = {
  cluster: ['test'],
  namespace: ['wordpress'],
  pod: ['wordpress-6d5f-a'],
  node: ['node-a'],
  deployment: ['wordpress'],
  rule_group: ['/etc/rules.yml;slo-burn'],
  condition: ['true'],
  le: ['+Inf'],
};

/** Series and their samples, one a second over the last `seconds` before `nowMs`. */
export function fixturesFor(exprs: readonly string[], nowMs: number, seconds: number): WrittenSeries[] {
  const wanted = new Map<string, WrittenSeries>();
  for (const selector of exprs.flatMap(selectorsOf)) {
    const entry = entryOf(selector.metric);
    if (entry === undefined || entry.type === 'recorded') continue;
    // Served by the demo itself, but for visitors: there are none.
    if (/^(plimsoll|prometheus$)/.test(entry.exporter) && !entry.name.startsWith('rum_')) continue;
    for (const series of seriesOf(entry, selector, nowMs, seconds)) wanted.set(JSON.stringify(series.labels), series);
  }
  return [...wanted.values()];
}

function seriesOf(entry: CatalogueEntry, { matchers }: Selector, nowMs: number, seconds: number): WrittenSeries[] {
  const names = new Set([...entry.labels, 'cluster', ...matchers.map(({ label }) => label)]);
  names.delete('le');
  if (/^(kube|phpfpm|certmanager|thanos|container)_/.test(entry.name))
    for (const one of ['namespace', 'pod']) names.add(one);
  const labels = Object.fromEntries(
    [...names].map((label) => [
      label,
      valueFor(
        label,
        matchers.filter((m) => m.label === label),
      ),
    ]),
  );
  const one = (name: string, value: (i: number) => number, more: Record<string, string> = {}): WrittenSeries => ({
    labels: { __name__: name, ...labels, ...more },
    samples: Array.from({ length: seconds }, (_, i) => [nowMs - (seconds - i) * 1000, value(i)] as const),
  });
  if (entry.type !== 'histogram') return [one(entry.name, sampleOf(entry, nowMs))];
  const buckets = [
    ['0.1', 6],
    ['1', 9],
    ['10', 10],
    ['+Inf', 10],
  ] as const;
  return [
    ...buckets.map(([le, n]) => one(`${entry.name}_bucket`, (i) => n * i, { le })),
    one(`${entry.name}_count`, (i) => 10 * i),
    one(`${entry.name}_sum`, (i) => 3 * i),
  ];
}

const sampleOf = ({ name, type, unit }: CatalogueEntry, nowMs: number): ((i: number) => number) => {
  if (type === 'counter') return (i) => 100 + 10 * i;
  if (/(_timestamp(_seconds)?|_created|_successful_time|_start_time_seconds)$/.test(name))
    return () => nowMs / 1000 - 600;
  if (unit === 'ratio') return () => 0.5;
  return () => (unit === 'bytes' ? 5e6 : 1);
};

function valueFor(label: string, matchers: readonly Matcher[]): string {
  const alternatives = matchers.flatMap(({ value }) =>
    value.split('|').flatMap((one) => {
      const plain = one.replaceAll(/[()^$]/g, '').replaceAll(/\\(.)/g, '$1');
      return [plain.replaceAll(/\.[*+]|\[[^\]]*\][*+]?/g, 'x'), plain.replaceAll(/\.[*+]/g, '')];
    }),
  );
  const found = [...(LABELS[label] ?? []), 'x', ...alternatives].find((value) =>
    matchers.every((m) => holds(m, value)),
  );
  if (found === undefined)
    throw new Error(
      `no value of ${label} for ${matchers.map((m) => `${m.op}"${m.value}"`).join(', ')}: add one to LABELS`,
    );
  return found;
}

const holds = ({ op, value }: Matcher, text: string): boolean =>
  op === '=' ? text === value : op === '!=' ? text !== value : matchesWhole(value, text) === (op === '=~');
