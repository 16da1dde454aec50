// SLIs that Prometheus counts: what check says of them, and where.
import { expect, it } from 'vitest';
import { parseSpec } from '../../src/spec/parse.ts';
import { covers, isPromqlSlo, targetOf } from '../../src/spec/spec.ts';
import { ports, rulesIn, shop, slo, text, validSpec } from './specs.ts';

const of = (sli: object, change: object = {}) => ({ slos: [slo({ sli, ...change })] });
const ratio = (change: object) => ({ kind: 'ratio', bad: 'err{a="b"}', total: 'req', ...change });
const histogram = (metric: string) => ({ kind: 'histogram', metric, below: '400ms' });
const gauge = (query: string, change: object = { above: 1 }) => ({ kind: 'gauge', query, ...change });
/** "rule path: message" */
const found = (spec: object) =>
  parseSpec([{ file: 's.yaml', text: text(spec) }], ports()).findings.map((f) => `${f.rule} ${f.path}: ${f.message}`);

it.each([
  ['a ratio of bad events, without any target', of(ratio({})), []],
  ['a ratio of good events', of(ratio({ bad: undefined, good: 'fine' })), []],
  ['neither good nor bad', of(ratio({ bad: undefined })), ['one-of-two']],
  ['both good and bad', of(ratio({ good: 'fine' })), ['one-of-two']],
  ['no total', of(ratio({ total: undefined })), ['missing-key']],
  ['a rate', of(ratio({ bad: 'rate(err[5m])' })), ['promql-selector']],
  ['a sum', of(ratio({ total: 'sum(req)' })), ['promql-selector']],
  ['a range', of(ratio({ total: 'req[5m]' })), ['promql-selector']],
  ['an offset', of(ratio({ total: 'req offset 5m' })), ['promql-selector']],
  ['a sum of two', of(ratio({ total: 'req + other' })), ['promql-selector']],
  ['a comment after it', of(ratio({ total: 'req # all' })), ['promql-selector']],
  ['no name', of(ratio({ total: '{job="web"}' })), ['promql-selector']],
  ['two names', of(ratio({ total: '{__name__=~"a|b"}' })), ['promql-selector']],
  ['a name in the braces', of(ratio({ total: '{__name__="req"}' })), []],
  ['a brace that is not closed', of(ratio({ bad: 'err{a="b"' })), ['promql-syntax']],
  ['a regular expression that RE2 refuses', of(ratio({ bad: 'err{a=~"(?=x)"}' })), ['promql-syntax']],
  ['a boundary that Prometheus 3 writes differently', of(ratio({ bad: 'h_bucket{le="1"}' })), ['promql-syntax']],
  ['a histogram', of(histogram('took_seconds{job="web"}')), []],
  ['a histogram by its buckets', of(histogram('took_seconds_bucket')), ['promql-selector']],
  ['a histogram by its count', of(histogram('took_seconds_count{job="web"}')), ['promql-selector']],
  ['a histogram with a boundary', of(histogram('took_seconds{le="0.4"}')), ['promql-selector']],
  ['a gauge', of(gauge('min by (cluster) (pods) / 2')), []],
  ['a gauge with a comment', of(gauge('pods # of the shop')), []],
  ['a gauge without a limit', of(gauge('pods', {})), ['one-of-two']],
  ['a gauge with two limits', of(gauge('pods', { above: 1, below: 2 })), ['one-of-two']],
  ['a gauge above 0 is a limit', of(gauge('pods', { above: 0 })), []],
  ['a gauge that does not parse', of(gauge('sum(')), ['promql-syntax']],
  ['a gauge that is a scalar', of(gauge('time()')), ['promql-syntax']],
  ['a gauge that is a range', of(gauge('pods[5m]')), ['promql-syntax']],
  ['a gauge without its cluster', of(gauge('sum(pods)')), ['promql-cluster']],
  ['a gauge by something else', of(gauge('sum by (zone) (pods)')), ['promql-cluster']],
  ['a gauge by cluster and more', of(gauge('sum by (zone, cluster) (rate(x[5m]))')), []],
  ['a calendar month', of(ratio({}), { window: { calendar: 'month' } }), ['promql-calendar']],
  ['evaluate: exporter', { ...of(ratio({})), alerting: { evaluate: 'exporter' } }, ['promql-evaluate']],
  ['evaluate: exporter, and probes', { targets: [shop], slos: [slo()], alerting: { evaluate: 'exporter' } }, []],
  ['a window beyond what the exporter keeps', { ...of(ratio({})), exporter: { retention: '10d' } }, []],
  ['dependsOn a target', { targets: [shop], ...of(ratio({}), { dependsOn: ['shop'] }) }, []],
  ['dependsOn an unknown target', of(ratio({}), { dependsOn: ['shop'] }), ['unknown-target']],
  [
    'evaluate: exporter, and no gauges',
    { targets: [shop], slos: [slo()], alerting: { evaluate: 'exporter' }, exporter: { windowGauges: false } },
    ['window-gauges'],
  ],
  ['no gauges, which Prometheus needs not', { targets: [shop], slos: [slo()], exporter: { windowGauges: false } }, []],
  ['a target named promql', { targets: [{ ...shop, name: 'promql' }] }, ['reserved-name']],
  ['a location named prometheus', { targets: [shop], exporter: { location: 'prometheus' } }, ['reserved-name']],
  ['two that are alike', { slos: [slo({ sli: ratio({}) }), slo({ name: 'b', sli: ratio({}) })] }, ['duplicate-slo']],
  ['two that differ', { slos: [slo({ sli: ratio({}) }), slo({ name: 'b', sli: ratio({ total: 'x' }) })] }, []],
])('%s gives %3$j', (_name, spec, rules) => {
  expect(rulesIn(spec)).toEqual(rules);
});

it('says where it is, what is wrong and what to write instead', () => {
  const sli = ratio({ bad: undefined, good: 'sum(rate(fine{a="b"}[5m]))' });
  const [finding] = parseSpec([{ file: 's.yaml', text: text(of(sli)) }], ports()).findings;
  expect(finding).toMatchObject({ path: 'slos[0].sli.good', line: 1, severity: 'error' });
  expect(finding?.hint).toContain('fine{label="value"}');
  expect(found(of(histogram('took_bucket')))).toEqual([
    'promql-selector slos[0].sli.metric: took_bucket is a part of a histogram',
  ]);
});

it('one mistake hides no other', () => {
  expect(
    found(of({ kind: 'ratio', bad: 'sum(x)', totl: 'y' }, { objective: '100%' })).map((f) => f.split(':')[0]),
  ).toEqual(['objective-100 slos[0].objective', 'promql-selector slos[0].sli.bad', 'unknown-key slos[0].sli.totl']);
});

it('has no target; maintenance covers it by its service, or if it names none', () => {
  const [mine] = validSpec(of(ratio({}))).slos;
  expect([targetOf(mine!.sli), isPromqlSlo(mine!)]).toEqual([undefined, true]);
  const window = { from: 0, for: 1, reason: 'r', by: 'b' };
  expect([
    covers(window, mine!),
    covers({ ...window, services: ['shop'] }, mine!),
    covers({ ...window, services: ['other'] }, mine!),
    covers({ ...window, targets: ['shop'] }, mine!),
  ]).toEqual([true, true, false, false]);
});

it('costs the exporter 3 series, and one of probes 28', () => {
  const many = (sli: object) =>
    Array.from({ length: 30 }, (_, i) => slo({ name: `s${i}`, sli, objective: 0.9 + i / 1000 }));
  const limit = { exporter: { maxSeries: 500 } };
  expect(rulesIn({ ...limit, slos: many(ratio({})) })).not.toContain('too-many-series');
  expect(rulesIn({ ...limit, targets: [shop], slos: many({ kind: 'probe', target: 'shop' }) })).toContain(
    'too-many-series',
  );
});
