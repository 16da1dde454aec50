// Labels are followed through an expression: what is left of them, and what is named but not there.
import { describe, expect, it } from 'vitest';
import { labelReport } from '../../src/promql/labels.ts';

const SERIES: Readonly<Record<string, readonly string[]>> = {
  a: ['cluster', 'x', 'y'],
  b: ['cluster', 'x', 'team'],
  h_bucket: ['cluster', 'le'],
};
const report = (expr: string) => labelReport(expr, (metric) => SERIES[metric]);

describe('labels that are kept', () => {
  it.each([
    ['a', 'cluster x y'],
    ['rate(a[5m])', 'cluster x y'],
    ['max_over_time(rate(a[5m])[1h:5m] offset 1m)', 'cluster x y'],
    ['(a) > 1', 'cluster x y'],
    ['1 - a', 'cluster x y'],
    ['time() - a', 'cluster x y'],
    ['sum(a)', ''],
    ['sum by (x) (a)', 'x'],
    ['sum without (x) (a)', 'cluster y'],
    ['topk by (x) (1, a)', 'cluster x y'],
    ['count_values("v", a)', 'v'],
    ['a / b', 'cluster x'],
    ['a / on (x) b', 'x'],
    ['a / ignoring (y) b', 'cluster x'],
    ['a * on (x) group_left (team) b', 'cluster team x y'],
    ['b * on (x) group_right (team) a', 'cluster team x y'],
    ['a and on (x) b', 'cluster x y'],
    ['a unless b', 'cluster x y'],
    ['a or b', 'cluster team x y'],
    ['label_replace(a, "new", "$1", "x", "(.*)")', 'cluster new x y'],
    ['label_replace(a, "new", "same", "", "")', 'cluster new x y'],
    ['label_join(a, "new", "-", "x", "y")', 'cluster new x y'],
    ['histogram_quantile(0.9, sum by (le, cluster) (rate(h_bucket[5m])))', 'cluster'],
    ['absent(a{x="1", y=~"2"})', 'x'],
    ['sum(b) or absent(a{cluster="c"})', 'cluster'],
    ['vector(1)', ''],
    ['scalar(a)', ''],
  ])('%s: %j', (expr, kept) => {
    expect(report(expr)).toEqual({ kept: kept.split(' ').filter(Boolean), problems: [] });
  });
});

describe('what is not there', () => {
  it.each([
    ['nosuch', 'nosuch: no such series in the catalogue'],
    ['rate(nosuch[5m]) > 1', 'nosuch: no such series in the catalogue'],
    ['{x="1"}', '{x="1"}: name the series, so that it can be looked up'],
    ['a{z="1"}', 'a: there is no label z'],
    ['sum by (team) (a)', 'sum by (team) (a): there is no label team'],
    ['sum by (y) (sum by (x) (a))', 'sum by (y) (sum by (x) (a)): there is no label y'],
    ['sum without (team) (a)', 'sum without (team) (a): there is no label team'],
    ['a / on (team) b', 'on (team), left side: there is no label team'],
    ['a / on (y) b', 'on (y), right side: there is no label y'],
    ['a * on (x) group_left (y) b', 'on (x) group_left (y): there is no label y'],
    ['label_replace(a, "new", "$1", "z", "(.*)")', 'label_replace(a, "new", "$1", "z", "(.*)"): there is no label z'],
    ['1 + nosuch', 'nosuch: no such series in the catalogue'],
    ['absent(nosuch)', 'nosuch: no such series in the catalogue'],
  ])('%s: %s', (expr, problem) => {
    expect(report(expr).problems).toEqual([problem]);
  });
});
