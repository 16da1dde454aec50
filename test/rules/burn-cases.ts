// The edges of the windows of burn alerts, and of what keeps them firing: each case is there because a rule that is wrong in one
// place passes all others. A page of 20 min and 4 min; theta is 0.09 at 99 % in a period of 6 h, and 0.18 in one of 12 h.
import { ALERT } from '../../src/generate/slo/names.ts';
import { type Case, served } from './served.ts';

type Phase = readonly [perSample: number | '_' | 'stale', samples: number];

/** Samples of a counter, one every 30 s: the first at 0:00, then phases of so much more with each sample. "_": none. */
function line(start: number, ...phases: readonly Phase[]): string {
  let value = start;
  const later = phases.flatMap(([step, samples]) =>
    Array.from({ length: samples }, () => {
      if (typeof step !== 'number') return step;
      value += step;
      return String(value);
    }),
  );
  return [String(start), ...later].join(' ');
}
/** Nothing until the sample of that number, then a line. */
const from = (sample: number, start: number, ...phases: readonly Phase[]): string =>
  `${Array.from({ length: sample }, () => '_').join(' ')} ${line(start, ...phases)}`;

const FINE = { good: '1000+1x200' };
const page = ['burn a page'];
const firing = (more: string) => `ALERTS{alertname="${ALERT.burn}", alertstate="firing"${more}}`;
/** Somebody else's firing alert about SLO a. */
const other = (labels: Record<string, string>, values: string) => ({
  series: `ALERTS{${Object.entries({
    alertname: ALERT.burn,
    alertstate: 'firing',
    cluster: 'c',
    slo: 'a',
    service: 'shop',
    team: 'web',
    target: 'shop',
    tier: 'page',
    long: '20m',
    short: '4m',
    ...labels,
  })
    .map(([name, value]) => `${name}="${value}"`)
    .join(', ')}}`,
  values,
});

/**
 * 22 bad events that are too few for any short window (half of 24 are known at least), then 24 good or bad ones in the last 4 min:
 * `bad` of them in each of the last four samples, the last of them at 21:00. The step is 10 s.
 */
const longOnly = (bad: readonly number[]) => ({
  good: line(1000, [0, 32], [3, 6], ...bad.map((count) => [3 - count, 1] as const), [3, 60]),
  bad: line(5, [0, 8], [11, 1], [0, 14], [11, 1], [0, 14], ...bad.map((count) => [count, 1] as const), [0, 60]),
  unmeasured: line(0, [3, 32], [0, 70]),
});

/** Sample 20 is at 10:00, and the next one at 28:00. */
const gap = (start: number, ...after: readonly Phase[]): string =>
  line(start, [start === 1000 ? 1 : 0, 20], ['stale', 1], ['_', 34], ...after);
const GAP = '1x20 stale _x33 1x200';

/** One step of three is known. */
const UNSURE = {
  good: line(
    1000,
    ...Array.from(
      { length: 60 },
      () =>
        [
          [1, 1],
          [0, 2],
        ] as const,
    ).flat(),
  ),
  unmeasured: line(
    0,
    ...Array.from(
      { length: 60 },
      () =>
        [
          [0, 1],
          [1, 2],
        ] as const,
    ).flat(),
  ),
};

export const BURNS: readonly Case[] = [
  {
    name: 'an SLO that is younger than its short window is judged from its creation on',
    series: [
      ...served(FINE, { slo: 'b' }),
      ...served({ good: 0, bad: from(1, 0, [1, 60]) }, {}, { created: 30, shape: '_ 1x60' }),
    ],
    fires: { '2m': [], '2m30s': page, '3m': page },
  },
  {
    name: 'an SLO that is older than its short window is no longer judged from its creation on',
    series: [
      ...served(FINE, { slo: 'b' }),
      // Three bad ones, nothing known, and then good ones.
      ...served(
        {
          bad: from(20, 0, [1, 3], [0, 60]),
          good: from(20, 0, [0, 8], [1, 60]),
          unmeasured: from(20, 0, [0, 3], [1, 5], [0, 60]),
        },
        { slo: 'aq' },
        { created: 600, shape: `${'_ '.repeat(20)}1x100` },
      ),
      // And a bad one when those have left: 1 of 7 in the short window, and not of 10.
      ...served(
        {
          bad: from(20, 0, [1, 3], [0, 11], [1, 4], [0, 60]),
          good: from(20, 0, [0, 8], [1, 6], [0, 4], [1, 60]),
          unmeasured: from(20, 0, [0, 3], [1, 5], [0, 60]),
        },
        { slo: 'ar' },
        { created: 600, objective: 0.988, shape: `${'_ '.repeat(20)}1x100` },
      ),
    ],
    fires: { '16m': [], '17m': [], '17m30s': ['burn ar page'] },
  },
  {
    name: 'what was counted when an SLO was created leaves a window with that moment',
    series: [
      ...served(FINE, { slo: 'b' }),
      // In the short one: 3 bad at 10:00, 4 good at 14:00.
      ...served(
        { bad: from(20, 3, [0, 60]), good: from(20, 0, [0, 7], [4, 1], [1, 60]) },
        { slo: 'aq' },
        { created: 600, shape: `${'_ '.repeat(20)}1x100` },
      ),
      // 8 of 58 at 10:00, then 4 of 4 at 14:00, which are not compared with all 62.
      ...served(
        { bad: from(20, 8, [0, 7], [4, 1], [0, 60]), good: from(20, 50, [0, 8], [1, 60]) },
        { slo: 'ar' },
        { created: 600, shape: `${'_ '.repeat(20)}1x100` },
      ),
      // In the long one: 8 of 58 at 10:00, and 1 of 40 at 30:00.
      ...served(
        { bad: from(20, 8, [0, 39], [1, 1], [0, 60]), good: from(20, 50, [1, 39], [0, 1], [1, 60]) },
        { slo: 'as' },
        { created: 600, shape: `${'_ '.repeat(20)}1x200` },
      ),
      // 1000 at 10:00, and 10 of 40 at 30:00.
      ...served(
        { bad: from(20, 0, [0, 30], [1, 10], [0, 60]), good: from(20, 1000, [1, 30], [0, 10], [1, 60]) },
        { slo: 'at' },
        { created: 600, shape: `${'_ '.repeat(20)}1x200` },
      ),
    ],
    fires: { '13m30s': ['lost aq', 'lost ar'], '14m': ['burn ar page'], '29m30s': [], '30m': ['burn at page'] },
  },
  {
    name: 'an SLO that is older than its long window is judged by that window, and a younger one by all its life',
    series: [
      ...served(FINE, { slo: 'b' }),
      // 25 min old at 25:00, with 50 bad ones in its first minutes and 2 now.
      ...served(
        { bad: line(50, [0, 48], [1, 2], [0, 60]), good: line(500, [1, 48], [0, 2], [1, 60]) },
        { slo: 'aq' },
        { created: 0 },
      ),
      // 100,000 in its first minutes, and 8 of 40 now.
      ...served(
        { bad: line(0, [0, 42], [1, 60]), good: line(99_900, [100, 1], [1, 41], [0, 60]) },
        { slo: 'ar' },
        { created: 0 },
      ),
      // 15 min old at 25:00: 5 of 30.
      ...served(
        { bad: from(20, 0, [0, 25], [1, 5], [0, 60]), good: from(20, 0, [1, 25], [0, 5], [1, 60]) },
        { slo: 'as' },
        { created: 600, shape: `${'_ '.repeat(20)}1x100` },
      ),
    ],
    fires: { '24m30s': [], '25m': ['burn ar page'], '27m': ['burn ar page'] },
  },
  {
    name: 'the far edge of the long window may lie in a gap of 15 min, and in no longer one',
    series: [
      ...served({ good: '1000+1x300' }, { slo: 'b' }),
      // All are gone from 10:30 to 27:30. 12 of 52 were bad meanwhile, and one is at 36:00.
      ...served(
        { good: gap(1000, [40, 1], [1, 15], [0, 1], [1, 60]), bad: gap(5, [12, 1], [0, 15], [1, 1], [0, 60]) },
        { slo: 'aq' },
        { shape: GAP },
      ),
      // 2 of 16, and three until 36:00: 5 of 32.
      ...served(
        { good: gap(1000, [14, 1], [1, 13], [0, 3], [1, 60]), bad: gap(5, [2, 1], [0, 13], [1, 3], [0, 60]) },
        { slo: 'ar' },
        { shape: GAP },
      ),
      // Many, too long ago to know when, and one at 46:00.
      ...served(
        { good: gap(1000, [0, 1], [1, 35], [0, 1], [1, 60]), bad: gap(5, [20, 1], [0, 35], [1, 1], [0, 60]) },
        { slo: 'as' },
        { shape: GAP },
      ),
      // 100,000 good ones too long ago to know when, and all bad since 42:30.
      ...served(
        { good: gap(1000, [100_000, 1], [1, 28], [0, 60]), bad: gap(5, [0, 1], [0, 28], [1, 60]) },
        { slo: 'at' },
        { shape: GAP },
      ),
    ],
    fires: {
      '35m30s': [],
      '36m': ['burn aq page'],
      '45m': [],
      '45m30s': ['burn at page'],
      '46m': ['burn at page'],
      '47m30s': ['burn at page'],
    },
  },
  {
    name: 'the far edge of the short window may lie in a gap of 4 min',
    series: [
      ...served({ good: '1000+1x300' }, { slo: 'b' }),
      // Known since 10:00, gone from 10:30 to 13:30; three bad ones until 16:30.
      ...served(
        {
          good: from(20, 1000, ['stale', 1], ['_', 6], [4, 1], [0, 60]),
          bad: from(20, 5, ['stale', 1], ['_', 6], [0, 3], [1, 60]),
          unmeasured: from(20, 0, ['stale', 1], ['_', 6], [0, 1], [1, 2], [0, 60]),
        },
        {},
        { shape: `${'_ '.repeat(20)}1 stale _x5 1x100` },
      ),
    ],
    fires: { '16m': [], '16m30s': page },
  },
  {
    name: 'counters that fall in one location leave those of the other alone',
    series: [
      ...['a', 'aq', 'ar'].flatMap((slo) =>
        served(
          {
            good: line(100_000, [0, slo === 'ar' ? 39 : 50], [-10_000, 1], [0, 80]),
            bad: line(9000, [0, 50], [-8900, 1], [0, 80]),
          },
          { slo, location: 'fra', ...(slo === 'ar' && { target: 'blog' }) },
          { stepSeconds: slo === 'ar' ? 10 : 30 },
        ),
      ),
      // 8 of 40 at 29:00; 7 of 40; enough in the long window alone.
      ...served({ good: line(1000, [1, 50], [0, 80]), bad: line(5, [0, 50], [1, 80]) }, { location: 'ber' }),
      ...served(
        { good: line(1000, [1, 50], [0, 7], [1, 80]), bad: line(5, [0, 50], [1, 7], [0, 80]) },
        { slo: 'aq', location: 'ber' },
      ),
      ...served(longOnly([1, 1, 0, 0]), { slo: 'ar', target: 'blog', location: 'ber' }, { stepSeconds: 10 }),
    ].filter((one, i, all) => all.findLastIndex(({ series }) => series === one.series) === i),
    fires: { '20m': [], '28m30s': [], '29m': page, '30m': page },
  },
  {
    name: 'a burn that is over is quiet: the short window is judged with the same factor',
    series: [
      ...served(longOnly([1, 1, 0, 0]), {}, { stepSeconds: 10 }),
      // theta is twice as high: 4 of 24 are too few, and 5 are not.
      ...served(
        longOnly([2, 2, 1, 0]),
        { slo: 'b', window: '12h', target: 'blog', instance: 'i:2' },
        { stepSeconds: 10 },
      ),
    ],
    fires: { '19m30s': [], '20m': [], '20m30s': ['burn b page'] },
  },
  {
    name: 'a fresh Prometheus judges the long window by the events of the short one',
    // 4 of 24 in 4 min.
    series: served(
      { good: line(90_000, [3, 4], [2, 4], [3, 80]), bad: line(900, [0, 4], [1, 4], [0, 80]) },
      {},
      { stepSeconds: 10 },
    ),
    fires: { '4m': [], '6m': [] },
  },
  {
    name: 'chance is judged by theta of each period: 957 of 10,000 are enough, and 1876',
    series: [
      ...served({
        good: line(10_000, [250, 50], [114, 6], [110, 1], [249, 1], [250, 60]),
        bad: line(5, [0, 50], [136, 6], [140, 1], [1, 1], [0, 60]),
      }),
      ...served(
        {
          good: line(10_000, [250, 49], [17, 7], [11, 1], [243, 1], [250, 60]),
          bad: line(5, [0, 49], [233, 7], [239, 1], [7, 1], [0, 60]),
        },
        { slo: 'b', window: '12h', instance: 'i:2' },
      ),
    ],
    fires: { '28m30s': [], '29m': ['burn a page', 'burn b page'] },
  },
  {
    name: 'SLOs and clusters of which too little is known neither hold back nor keep up the alerts of others',
    series: [
      ...served({ good: line(1000, [1, 50], [0, 10], [1, 80]), bad: line(5, [0, 50], [1, 10], [0, 80]) }),
      // One of three steps is known.
      ...served(UNSURE, { cluster: 'd' }),
      ...served(UNSURE, { slo: 'b', instance: 'i:2' }),
      // Of another window.
      { series: 'slo:uncovered:info{cluster="c", slo="a", window="1h"}', values: '1x200' },
    ],
    fires: { '28m30s': [], '29m': page, '42m': [] },
    records: { '29m': { [firing(', severity="page", target="shop", team="web"')]: { a: 1 } } },
  },
  {
    name: 'what fires goes on with all its labels when its exporter is gone',
    series: served(
      { good: line(1000, [1, 50], [0, 10], ['stale', 1]), bad: line(5, [0, 50], [1, 10], ['stale', 1]) },
      {},
      { shape: '1x60 stale' },
    ),
    fires: { '31m30s': page, '55m': ['burn a page', 'lost a'] },
    records: { '55m': { [firing(', severity="page", target="shop", team="web"')]: { a: 1 } } },
  },
  {
    name: 'what fires of other tiers, windows and alerts does not go on as this one',
    series: [
      ...served(UNSURE),
      ...[{ tier: 'other' }, { long: '1h' }, { short: '5m' }, { alertname: 'Other' }].map((labels) =>
        other(labels, '1x200'),
      ),
    ],
    records: { '20m': { [firing(', severity="page"')]: {} } },
  },
];
