// When the alerts speak that burn alerts rest on: lost measurement, maintenance, used-up budgets, the Watchdog.
import { type Case, served } from './served.ts';

/** A measurement that ends with the 21st sample, at 10:00. It is lost three steps and a scrape later. */
const LOST = { good: '1000+1x20 1020x300', unmeasured: '0x20 0+1x300' };
const FINE = { good: '1000+1x300' };
const firing = (alert: string, more = '') => `ALERTS{alertname="${alert}", alertstate="firing"${more}}`;

type Series = ReturnType<typeof served>[number];
const only = (series: readonly Series[], ...names: string[]) =>
  series.filter(({ series: one }) => names.some((name) => one.startsWith(`${name}{`)));
const without = (series: readonly Series[], ...names: string[]) =>
  series.filter(({ series: one }) => !names.some((name) => one.startsWith(`${name}{`)));

export const UPKEEP: readonly Case[] = [
  {
    name: 'lost measurement is that of its cluster and of its step',
    series: [
      ...served(LOST),
      ...served(FINE, { slo: 'b', instance: 'i:2' }),
      ...served(FINE, { cluster: 'd' }),
      // The same target in another cluster, with a step of a minute: 3 min and a scrape.
      ...served(LOST, { cluster: 'e' }, { stepSeconds: 60 }),
      // Somebody else's alert.
      {
        series:
          'ALERTS{alertname="Other", alertstate="firing", step="30s", cluster="e", slo="a", service="shop", team="web", target="shop"}',
        values: '1x300',
      },
    ],
    fires: {
      '11m30s': ['Other a cluster=e'],
      '12m': ['Other a cluster=e', 'lost a'],
      '13m': ['Other a cluster=e', 'lost a'],
      '13m30s': ['Other a cluster=e', 'lost a', 'lost a cluster=e'],
      '20m': ['Other a cluster=e', 'lost a', 'lost a cluster=e'],
    },
    records: {
      '20m': {
        [firing('SLOMeasurementLost', ', step="30s", target="shop"')]: { a: 1 },
        [firing('SLOMeasurementLost', ', step="1m", target="shop"')]: { 'a@e': 1 },
      },
    },
  },
  {
    name: 'lost measurement goes on about an exporter that is gone, with all that it said of the SLO',
    series: served({ good: '1000+1x20 stale', bad: '5x20 stale' }, {}, { shape: '1x20 stale' }),
    fires: { '11m30s': [], '12m': ['lost a'], '60m': ['lost a'] },
    records: { '60m': { [firing('SLOMeasurementLost', ', step="30s", target="shop"')]: { a: 1 } } },
  },
  {
    name: 'what an exporter said of an SLO or a target is remembered for ten minutes',
    series: [
      // Measured until 17:00; slo_info or the interval ended at 10:00. Others: until 22:00.
      ...without(served({ good: '1000+1x34 1034x100' }), 'slo_info'),
      ...only(served(FINE, { instance: 'i:7' }, { shape: '1x20 stale' }), 'slo_info'),
      ...without(served({ good: '1000+1x34 1034x100' }, { slo: 'ai', target: 't' }), 'probe_interval_seconds'),
      ...only(served(FINE, { target: 't' }, { shape: '1x20 stale' }), 'probe_interval_seconds'),
      ...without(served({ good: '1000+1x44 1044x100' }, { slo: 'al' }), 'slo_info'),
      ...only(served(FINE, { slo: 'al', instance: 'i:7' }, { shape: '1x20 stale' }), 'slo_info'),
      ...without(served({ good: '1000+1x44 1044x100' }, { slo: 'am', target: 'u' }), 'probe_interval_seconds'),
      ...only(served(FINE, { target: 'u' }, { shape: '1x20 stale' }), 'probe_interval_seconds'),
    ].filter((one, i, all) => all.findIndex(({ series }) => series === one.series) === i),
    fires: { '18m30s': [], '19m': ['lost a', 'lost ai'], '25m': ['lost a', 'lost ai'] },
  },
  {
    name: 'an SLO that comes back unmeasured within the hour is lost at once, and later when it was gone longer',
    series: [
      ...served(FINE, { slo: 'b' }),
      ...served(
        { good: '1000+1x20 stale _x61 1020x300', unmeasured: '0x20 stale _x61 0+1x300' },
        {},
        { shape: '1x20 stale _x61 1x300' },
      ),
      ...served(FINE, { cluster: 'd', slo: 'b' }),
      ...served(
        { good: '1000+1x20 stale _x139 1020x300', unmeasured: '0x20 stale _x139 0+1x300' },
        { cluster: 'd' },
        { shape: '1x20 stale _x139 1x300' },
      ),
    ],
    fires: { '40m30s': [], '42m': ['lost a'], '81m': ['lost a'], '83m30s': ['lost a', 'lost a cluster=d'] },
  },
  {
    name: 'maintenance is that of the targets of one service in one cluster',
    series: [
      ...served(FINE),
      ...served(FINE, { slo: 'b', service: 'blog', target: 'blog', instance: 'i:2' }),
      ...served(FINE, { cluster: 'd' }, { maintenance: '0x9 1x20 0x300' }),
      ...served(FINE, { cluster: 'd', slo: 'b', target: 'blog', service: 'blog' }),
    ],
    fires: { '4m': [], '6m': ['maintenance shop cluster=d'], '16m': [] },
    records: {
      '6m': { [firing('MaintenanceActive', ', target="shop", service="shop"')]: { '@d': 1 } },
    },
  },
  {
    name: 'a used-up budget is that of one SLO in one cluster',
    series: [
      ...served(FINE),
      ...served(FINE, { slo: 'b', instance: 'i:2' }),
      ...served(FINE, { cluster: 'd' }, { budget: '0.1x9 0x20 0.01x300' }),
      ...served(FINE, { cluster: 'd', slo: 'b', instance: 'i:2' }),
    ],
    fires: { '4m': [], '8m': ['exhausted a cluster=d'], '40m': [] },
    records: {
      '8m': { [firing('SLOBudgetExhausted', ', target="shop", team="web", service="shop"')]: { 'a@d': 1 } },
    },
  },
  {
    name: 'the Watchdog speaks for each cluster that has something to judge',
    series: [...served(FINE), ...served({ good: '1000+1x20 stale' }, { cluster: 'd' }, { shape: '1x20 stale' })].filter(
      ({ series }) => !/result="(bad|unmeasured|excluded)"/.test(series) || series.includes('cluster="c"'),
    ),
    records: {
      '5m': { [firing('Watchdog')]: { '@c': 1, '@d': 1 } },
      '15m': { [firing('Watchdog')]: { '@c': 1 } },
    },
  },
];
