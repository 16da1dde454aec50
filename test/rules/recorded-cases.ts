// What the SLO rules record, by itself: totals that are carried on, who is young, removed or not covered.
import { type Case, served } from './served.ts';

const [BAD, VALID, KNOWN] = ['slo:bad_events:total', 'slo:valid_events:total', 'slo:known_steps:total'] as const;
const YOUNG = 'slo:young_created:timestamp';
// Its value says nothing.
const UNCOVERED = 'slo:uncovered:info * 0 + 1';
const REMOVED = 'slo:removed:info{seen="30m"}';

/** Until 10:00 (21 samples), one event in each step. */
const ENDS = { good: '100+1x20 stale', bad: '5x20 stale', unmeasured: '0x20 stale', excluded: '1x20 stale' };
const ended = (labels: Parameters<typeof served>[1]) => served(ENDS, labels, { shape: '1x20 stale' });
/** For as long as the tests take. */
const GOES_ON = { good: '100+1x300', bad: '5x300', excluded: '1x300', unmeasured: '0x300' };
const served300 = (labels: Parameters<typeof served>[1]) => served(GOES_ON, labels, { shape: '1x300' });
/** The exporter ends with what it serves after `minutes`. */
const alive = (labels: Parameters<typeof served>[1], minutes: number) =>
  served(
    { good: `100+1x${2 * minutes} stale`, bad: `5x${2 * minutes} stale`, excluded: `1x${2 * minutes} stale` },
    labels,
    { shape: `1x${2 * minutes} stale` },
  );

export const RECORDED: readonly Case[] = [
  {
    name: 'totals are carried on while their exporter is gone',
    series: [
      ...ended({}),
      ...ended({ slo: 'e', instance: 'i:4' }),
      ...served300({ slo: 'b', instance: 'i:2' }),
      ...ended({ cluster: 'd' }),
    ],
    records: {
      '5m': {
        [BAD]: { 'a main': 5, 'e main': 5, 'b main': 5, 'a main@d': 5 },
        [VALID]: { 'a main': 115, 'e main': 115, 'b main': 115, 'a main@d': 115 },
        [KNOWN]: { 'a main': 116, 'e main': 116, 'b main': 116, 'a main@d': 116 },
      },
      '45m': {
        [BAD]: { 'a main': 5, 'e main': 5, 'b main': 5, 'a main@d': 5 },
        [VALID]: { 'a main': 125, 'e main': 125, 'b main': 195, 'a main@d': 125 },
        [KNOWN]: { 'a main': 126, 'e main': 126, 'b main': 196, 'a main@d': 126 },
        [REMOVED]: {},
      },
    },
  },
  {
    name: 'totals of a removed SLO end, and only its own',
    series: [
      ...ended({}),
      ...alive({ slo: 'b' }, 15),
      ...ended({ slo: 'e', instance: 'i:4' }),
      ...ended({ cluster: 'd' }),
    ],
    records: {
      '12m': {
        [BAD]: { 'e main': 5, 'b main': 5, 'a main@d': 5 },
        [VALID]: { 'e main': 125, 'b main': 129, 'a main@d': 125 },
        [KNOWN]: { 'e main': 126, 'b main': 130, 'a main@d': 126 },
        [REMOVED]: { a: 1 },
      },
      // Its exporter is gone as well, within 10 min: what was removed and what was lost are not told apart now.
      '16m': {
        [BAD]: { 'a main': 5, 'e main': 5, 'b main': 5, 'a main@d': 5 },
        [VALID]: { 'a main': 125, 'e main': 125, 'b main': 135, 'a main@d': 125 },
        [KNOWN]: { 'a main': 126, 'e main': 126, 'b main': 136, 'a main@d': 126 },
        [REMOVED]: {},
      },
    },
  },
  {
    name: 'totals of a removed SLO do not come back once it was gone for 10 min',
    series: [...ended({}), ...alive({ slo: 'b' }, 25)],
    records: {
      '26m': { [BAD]: { 'b main': 5 }, [VALID]: { 'b main': 155 }, [KNOWN]: { 'b main': 156 }, [REMOVED]: {} },
    },
  },
  {
    name: 'totals that Prometheus counts itself are not carried on',
    series: [
      ...served300({}),
      ...[BAD, VALID, KNOWN].map((name) => ({
        series: `${name}{cluster="c", slo="p", location="prometheus"}`,
        values: '7x10 stale',
      })),
    ],
    records: { '8m': { [BAD]: { 'a main': 5 }, [VALID]: { 'a main': 121 }, [KNOWN]: { 'a main': 122 } } },
  },
  {
    name: 'an SLO is young for as long as the longest window',
    series: [
      ...served({ good: '0+1x200' }, {}, { created: '60x200', shape: '1x200' }),
      ...served({ good: '0+1x200', bad: '0x200', excluded: '0x200' }, { cluster: 'd' }, { created: '0x200' }),
      ...served300({ slo: 'b', instance: 'i:2' }),
    ],
    records: {
      '59m30s': { [YOUNG]: { 'a main': 60, 'a main@d': 0 } },
      '60m': { [YOUNG]: { 'a main': 60 } },
      '61m': { [YOUNG]: {} },
    },
  },
  {
    name: 'the first minutes of an SLO are covered from its creation on, and not longer',
    series: [
      // Four events in the first two minutes, and none after.
      ...served({ good: '0+1x4 4x100', unmeasured: '0x4 0+1x100' }, {}, { created: 0 }),
      // One when it is seen first, and three until 4:00.
      ...served({ good: '1x5 2 3 4 4x100' }, { cluster: 'd' }, { created: 0 }),
    ],
    records: {
      '1m30s': { [UNCOVERED]: { a: 1, 'a@d': 1 } },
      '3m': { [UNCOVERED]: { 'a@d': 1 } },
      '3m30s': { [UNCOVERED]: { 'a@d': 1 } },
      '4m': { [UNCOVERED]: { 'a@d': 1 } },
      '6m': { [UNCOVERED]: { a: 1, 'a@d': 1 } },
    },
  },
  {
    name: 'a location whose counters fell takes nothing from what the other knows',
    series: [
      ...served({ good: '1000+1x10 500x100' }, { location: 'fra' }),
      ...served({ good: '1000+1x300' }, { location: 'ber' }),
      ...served({ good: '1000x300' }, { cluster: 'd' }),
      ...served300({ cluster: 'd', slo: 'b' }),
      ...served300({ slo: 'b', instance: 'i:2' }),
    ],
    records: { '8m': { [UNCOVERED]: { 'a@d': 1 } } },
  },
  {
    name: 'the far edge of a window may lie in a gap that is no longer than the window',
    series: [
      // Away from 10:30 to 16:00, while its exporter serves b.
      ...served({ good: '1000+1x20 stale _x10 1041+1x100' }, {}, { shape: '1x20 stale _x10 1x100' }),
      ...served300({ slo: 'b' }),
    ],
    records: {
      '12m': { [KNOWN]: { 'b main': 130 }, [REMOVED]: { a: 1 } },
      '17m': { [UNCOVERED]: {} },
      '19m': { [UNCOVERED]: { a: 1 } },
    },
  },
  {
    name: 'a removed SLO is known as such for half an hour, in its cluster alone',
    series: [...ended({}), ...served300({ slo: 'b' }), ...served300({ cluster: 'd' })],
    records: { '11m': { [REMOVED]: { a: 1 } }, '39m': { [REMOVED]: { a: 1 } }, '41m': { [REMOVED]: {} } },
  },
  {
    name: 'exporters in two namespaces or jobs do not take each other’s SLOs for removed',
    series: [
      ...ended({ namespace: 'web' }),
      ...served300({ slo: 'b', namespace: 'data' }),
      ...ended({ cluster: 'd', job: 'plimsoll-web' }),
      ...served300({ cluster: 'd', slo: 'b', job: 'plimsoll-data' }),
    ],
    records: { '12m': { [REMOVED]: {} } },
  },
];

/** Takes a day. */
export const FORGOTTEN: Case = {
  name: 'an SLO that nobody has served for a day is taken for removed, in its cluster alone',
  series: [
    ...['a', 'b'].flatMap((slo) =>
      ['c', 'd'].map((cluster) => ({
        series: `slo:known_steps:total{cluster="${cluster}", slo="${slo}", location="prometheus"}`,
        values: '7x3000',
      })),
    ),
    { series: 'slo_info{cluster="c", slo="a"}', values: '1x20 stale' },
    { series: 'slo_info{cluster="d", slo="a"}', values: '1x3000' },
    { series: 'slo_info{cluster="c", slo="b"}', values: '1x3000' },
    { series: 'slo_info{cluster="d", slo="b"}', values: '1x2000 stale' },
  ],
  records: {
    '1d8m': { 'slo:removed:info{seen="not for 1d"}': {} },
    '1d16m': { 'slo:removed:info{seen="not for 1d"}': { a: 7 } },
  },
};
