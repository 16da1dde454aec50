// The verdicts on expressions, beside those of Debian's promtool 2.42: they agree, or the difference is listed with its reason.
import { beforeAll, describe, expect, it } from 'vitest';
import { problemsOf, selectorsOf } from '../../src/promql/check.ts';
import { checkRules } from '../services/promtool.ts';

const GOOD = [
  'up',
  'up == 0',
  'a{x="y",z!~"q|r"}',
  '{__name__="a"}',
  '{x=~".+"}',
  '{x!=""}',
  '{x=~".+", y=~".*"}',
  'a{x=""}',
  'rate(a_total[5m])',
  'rate(a_total[1h30m])',
  'rate(a_total{x="]"}[5m] offset 1h)',
  'rate(a_total[5m] offset -5m)',
  'rate(a_total[5m] @ 1609746000)',
  'a @ start()',
  'sum by (cluster) (rate(a_total[5m])) / sum by (cluster) (rate(b_total[5m])) > 0.1',
  'sum without (instance) (a)',
  'sum(a) by (cluster)',
  'a / on (cluster) group_left (team) b',
  'a and on (cluster) b unless on (cluster) c',
  'a or 0 * b',
  'a > bool 1',
  '1 == bool 1',
  'max_over_time(rate(a_total[5m])[1h:5m])',
  'avg_over_time((a > 0)[1h:])',
  'max_over_time(max by (x) (a)[1h:1m] offset 5m)',
  'histogram_quantile(0.95, sum by (le, cluster) (rate(a_bucket[5m])))',
  'histogram_fraction(0, 0.4, rate(a[5m]))',
  'a_bucket{le=~"1(\\\\.0)?"}',
  'a_bucket{le="0.5"}',
  'a_bucket{le="+Inf"}',
  'quantile(0.9, a)',
  'topk(5, a)',
  'count_values("version", a)',
  'label_replace(a, "x", "$1", "y", "(.*)")',
  'absent(a{x="y"})',
  'absent_over_time(a[5m])',
  'time() - a',
  'vector(1)',
  'scalar(a) * b',
  '-a',
  'a ^ 2 % 3 atan2 b',
  'day_of_week()',
  'hour(a)',
  'round(a, 0.1)',
  'clamp(a, 0, 1)',
  'predict_linear(a[1h], 3600)',
  'changes(a[30m])',
  'a{x=`y`}',
  "a{x='y'}",
  'a{x="\\u00e9"}',
  'a{x=~"(?i)foo"}',
  'a{x=~"(?P<n>b)"}',
  'a{x=~"[[:alpha:]]+"}',
  'a{x=~"\\\\d{1,3}"}',
  'a # a comment',
  'a:b:c',
  'limitk',
  'info{x="y"}',
  'a > 1e3',
  'a > 0x1F',
  'a > Inf',
  'a == NaN',
] as const;

const BAD = [
  '',
  'sum(',
  'a{x="y"',
  'a{x=y}',
  'a{"x"}',
  'a b',
  'a +',
  '(a',
  'a)',
  'nosuch(a)',
  'rate(a)',
  'rate(a[5m], 1)',
  'rate(sum(a)[5m])',
  'rate(rate(a[5m])[5m])',
  '(a)[1h]',
  'max_over_time((a)[1h])',
  'a offset 5m [1h]',
  'sum(a[5m])',
  'a[5m] + 1',
  'a[5m] > 1',
  '-a[5m]',
  'a[0s]',
  'a[0s:1m]',
  'a[5m:0s]',
  'a[5x]',
  'a[-5m]',
  'a[30m1h]',
  'a[5]',
  'a offset 5',
  'a > 5m',
  'a[5m+1m]',
  'a[1.5h]',
  '{}',
  '{job=~".*"}',
  '{x=""}',
  '{x="", y=~".*"}',
  '{x!="y"}',
  '{x!~".+"}',
  'a{x=~"["}',
  'a{x=~"("}',
  'a{x=~"*"}',
  'a{x=~"(?=b)"}',
  'a{x=~"(?!b)c"}',
  'a{x=~"(?<=b)c"}',
  'a{x=~"(a)\\\\1"}',
  'a{x=~"\\\\y"}',
  'a{x=~"a{1001}"}',
  'a{x=~"a++"}',
  'a{__name__="b"}',
  'a{"b.c"="d"}',
  '{"a.b"}',
  '1 == 1',
  'a and 1',
  '1 or a',
  'a + bool b',
  'a / on (x) group_left (x) b',
  'a and on (x) group_left b',
  'a + "b"',
  'sum by (a b) (x)',
  'sum by cluster (x)',
  'topk(a)',
  'topk(a, b)',
  'quantile("0.9", a)',
  'count_values(5, a)',
  'label_replace(a, "x")',
  'histogram_quantile(0.9)',
  'time(a)',
  'limitk(1, a)',
  'info(a)',
  'mad_over_time(a[5m])',
  'sort_by_label(a, "x")',
  'double_exponential_smoothing(a[5m], 0.1, 0.1)',
  'rate(a[5m] smoothed)',
  'a + fill(0) b',
  'a >/ 5',
  'a @ "x"',
  '1 @ 5',
  'a[5m][5m]',
  'a[5m:1m][5m]',
  "a{x='y}",
] as const;

/** Where ours is not promtool's verdict, and why. */
const DIFFERENT: Readonly<Record<string, { ours: 'good' | 'bad'; reason: string }>> = {
  'holt_winters(a[5m], 0.1, 0.1)': { ours: 'bad', reason: 'renamed in Prometheus 3.0' },
  'a_bucket{le="1"}': { ours: 'bad', reason: '3.x writes le="1.0"' },
  'a_bucket{le="1.0"}': { ours: 'bad', reason: '2.x keeps le="1" of the exposition' },
  'a_bucket{le=~"1|2.5"}': { ours: 'bad', reason: 'the same within a regular expression' },
  'a{quantile="1"}': { ours: 'bad', reason: '3.x writes quantile="1.0"' },
  'sum_over_time(a[5m:5m])': { ours: 'bad', reason: 'one point in 3.x, two in 2.x: ranges are left-open' },
};

/** Of all expressions, those that promtool refuses. One call: it reports every rule by its name. */
async function refused(expressions: readonly string[]): Promise<Set<string>> {
  const rules = expressions.map((expr, i) => ({ record: `rule:${i}:x`, expr }));
  const lines = await checkRules(JSON.stringify({ groups: [{ name: 'g', rules }] }));
  return new Set(expressions.filter((_, i) => lines.some((line) => line.includes(`"rule:${i}:x"`))));
}

describe('verdicts beside promtool', () => {
  const all = [...GOOD, ...BAD, ...Object.keys(DIFFERENT)];
  let byPromtool: ReadonlySet<string>;
  // Not while tests are collected, which has no time limit.
  beforeAll(async () => {
    byPromtool = await refused(all);
  });
  it('promtool refused some and took others', () => {
    expect(byPromtool.size).toBeGreaterThan(50);
    expect(all.length - byPromtool.size).toBeGreaterThan(50);
  });
  it.each(GOOD)('both take %j', (expr) => {
    expect({ ours: problemsOf(expr), promtool: byPromtool.has(expr) }).toEqual({ ours: [], promtool: false });
  });
  it.each(BAD)('both refuse %j', (expr) => {
    expect(problemsOf(expr)).not.toEqual([]);
    expect(byPromtool.has(expr)).toBe(true);
  });
  it.each(Object.entries(DIFFERENT))('%j: another verdict than promtool 2.42, because of %j', (expr, { ours }) => {
    expect(problemsOf(expr).length > 0 ? 'bad' : 'good').toBe(ours);
    expect(byPromtool.has(expr)).toBe(ours === 'good');
  });
});

describe('what a problem says', () => {
  it.each([
    ['', 'the expression is empty'],
    ['rate(sum(a)[5m])', 'sum(a)[5m]: a range needs a selector before it; use a subquery like [1h:1m]'],
    ['{job=~".*"}', '{job=~".*"}: selects every series; name the metric'],
    ['a[5]', '5: Prometheus 2.42 wants a unit, as in 5m'],
    ['a{x=~"(?!b)c"}', 'x=~"(?!b)c": RE2 has no look-around'],
    ['a{x=~"(a)\\\\1"}', 'x=~"(a)\\1": RE2 has no back-references'],
    ['a{le="1"}', 'le="1": Prometheus 3.x writes 1.0 where 2.x kept the text; use le=~"1(\\\\.0)?"'],
    [
      'holt_winters(a[5m], 0.1, 0.1)',
      'holt_winters() is double_exponential_smoothing() in Prometheus 3.x: use neither',
    ],
  ])('%j', (expr, problem) => {
    expect(problemsOf(expr)).toContain(problem);
  });
  it('is said once, whatever the number of checks that see it', () => {
    const problems = problemsOf('a[5m:5m] or a[5m:5m]');
    expect(new Set(problems).size).toBe(problems.length);
  });
  it('of a long expression is found to its end', () => {
    const long = Array.from({ length: 150 }, (_, i) => `metric_${i}{label="${'v'.repeat(200)}"}`).join(' + ');
    expect(problemsOf(long)).toEqual([]);
    expect(problemsOf(`${long} + rate(a)`)).not.toEqual([]);
  });
});

describe('selectors', () => {
  it('come in the order of the text, with escapes resolved', () => {
    expect(selectorsOf('rate(a{x="y\\n", z!~`q\\n`}[5m]) / on (c) b unless {__name__="d"}')).toEqual([
      {
        metric: 'a',
        matchers: [
          { label: 'x', op: '=', value: 'y\n' },
          { label: 'z', op: '!~', value: 'q\\n' },
        ],
      },
      { metric: 'b', matchers: [] },
      { metric: 'd', matchers: [{ label: '__name__', op: '=', value: 'd' }] },
    ]);
  });
  it('are none in an expression without any', () => {
    expect(selectorsOf('vector(1) + time()')).toEqual([]);
  });
});
