// Cases written by hand for the SLO rules: what goes wrong with burn-rate rules elsewhere, and what can happen to an exporter.
// A page of 20 min and 4 min at k = 9, and 99 %: theta is 0.09, so 8 bad of 40 fire (8 - 3.6 > 1.96 x 1.81) and 7 do not.
import { packGroups } from '../../src/generate/pack.ts';
import type { RuleGroup } from '../../src/generate/rule.ts';
import { sloRules } from '../../src/generate/slo/groups.ts';
import { shop, slo, validSpec } from '../spec/specs.ts';
import { type Case, served } from './served.ts';

export const SPEC = validSpec({
  targets: [shop, { ...shop, name: 'blog', interval: '1m' }],
  slos: [
    slo({ window: '6h', objective: '99%' }),
    slo({ name: 'b', window: '12h', objective: '99.9%', sli: { kind: 'probe', target: 'blog' } }),
  ],
  policies: ['6h', '12h'].map((window) => ({
    window,
    tiers: [{ tier: 'page', severity: 'page', long: '20m', short: '4m', budget: '50%' }],
  })),
});
export const GROUPS: readonly RuleGroup[] = packGroups(sloRules(SPEC).groups);

/** Good until 25:00 (51 samples), then bad: the page fires with the eighth bad event at 29:00. */
const GOOD = '1000+1x50 1050+0x100';
const BAD = '5+0x50 6+1x99';
const BURNS = { good: GOOD, bad: BAD };
const FINE = { good: '1000+1x200', bad: 5 };
/** The same for an SLO whose exporter is there no longer than 26:00 (53 samples). */
const page = ['burn a page'];

export const CASES: Readonly<Record<string, Case>> = {
  outage: {
    name: 'an outage pages with the bad event that makes it enough',
    series: [...served(BURNS), ...served(FINE, { slo: 'b', instance: 'i:2' }), ...served(FINE, { cluster: 'd' })],
    fires: { '28m30s': [], '29m': page, '40m': page },
  },
  T3: {
    name: 'T3 the first failure of an SLO that was born with it is seen: all results begin at 0, and with the SLO',
    series: served({ good: '_x10 0+0x100', bad: '_x10 1+1x100' }, {}, { created: 285, shape: '_x10 1x150' }),
    // Half of the short window is known after four events.
    fires: { '6m': [], '6m30s': page },
  },
  T4: {
    name: 'T4 an SLO without traffic is not green: it is said that nothing is measured',
    series: served({ good: '1000+1x20 1020+0x100', unmeasured: '0+0x20 1+1x100' }),
    fires: { '11m30s': [], '12m': ['lost a'], '40m': ['lost a'] },
  },
  T6: {
    name: 'T6 windows are compared by cluster and slo alone, whatever other labels and SLOs there are',
    series: [
      ...served(BURNS, { location: 'fra', target: 'shop', team: 'web' }),
      ...served(BURNS, { slo: 'b', instance: 'i:2', location: 'ber', team: 'data', service: 'blog' }),
    ],
    fires: { '28m30s': [], '29m': ['burn a page', 'burn b page team=data service=blog'] },
  },
  T7: {
    name: 'T7 ratios are never added: two SLOs that both burn a little below the threshold are quiet',
    series: [
      ...served({ good: '1000+1x200', bad: '5+0x50 6+1x6 12+0x100' }),
      ...served({ good: '1000+1x200', bad: '5+0x50 6+1x6 12+0x100' }, { slo: 'b', instance: 'i:2' }),
    ],
    fires: { '28m': [], '28m30s': [], '29m': [], '33m': [] },
  },
  T9: {
    name: 'T9 events are whole: six bad ones of 37 stay six over a gap and at every evaluation, and are not enough',
    series: served({ good: '1000+1x50 1050+0x5 _x3 1051+1x99', bad: '5+0x50 6+1x5 _x3 11+0x99' }),
    fires: { '28m': [], '30m': [], '30m30s': [], '33m': [] },
  },
  T10: {
    name: 'T10 a counter that falls invents no events: a restored store does not page',
    series: served({ good: '100000+1x50 90000+1x100', bad: '9000+0x50 100+0x100' }),
    fires: { '25m30s': [], '26m': [], '30m': [], '40m': [], '46m': [] },
  },
  T11: {
    name: 'T11 nothing is counted five times: seven bad events stay seven in each of 40 evaluations',
    series: served({ good: '1000+1x43 1043+0x7 1044+1x100', bad: '5+0x43 6+1x6 12+0x100' }),
    fires: { '25m': [], '26m': [], '30m': [], '45m': [] },
  },
  T14: {
    name: 'T14 a hundred SLOs are judged by the same rules, each for itself',
    series: Array.from({ length: 100 }, (_, i) =>
      served(i === 37 ? BURNS : FINE, { slo: `s-${i}`, instance: 'i:1' }),
    ).flat(),
    fires: { '28m30s': [], '29m': ['burn s-37 page'] },
  },
  T16: {
    name: 'T16 a pair of Prometheis or exporters that scrape the same is counted once',
    series: [...served(BURNS), ...served(BURNS, { instance: 'i:2' })],
    fires: { '28m30s': [], '29m': page },
  },
  T18: {
    name: 'T18 one scrape that is missing neither delays the page nor ends it',
    series: served({ good: '1000+1x50 1050+0x6 stale 1050+0x100', bad: '5+0x50 6+1x5 stale 12+1x20 stale 34+1x100' }),
    fires: { '28m30s': [], '29m': page, '39m': page, '39m30s': page, '40m': page },
  },
  T19: {
    name: 'T19 a total outage at night, with a fortieth of the traffic of the day, pages all the same',
    series: served({ good: '100000+40x40 101600+1x20 101620+0x100', bad: '5+0x60 6+1x100' }, {}, {}),
    fires: { '30m': [], '43m': page },
  },
  teams: {
    name: 'an SLO that changes its team fires once for each while both are there, and stops nothing else',
    series: [
      ...served(BURNS),
      ...served(BURNS, { team: 'data', instance: 'i:2' }),
      ...served(BURNS, { slo: 'b', instance: 'i:3' }),
    ],
    fires: { '29m': ['burn a page', 'burn a page team=data', 'burn b page'] },
  },
  objectives: {
    name: 'an SLO with two objectives goes by the stricter one and stops nothing else',
    series: [
      ...served(BURNS),
      ...served(BURNS, { instance: 'i:2' }, { objective: 0.5 }),
      ...served(BURNS, { slo: 'b', instance: 'i:3' }),
    ],
    fires: { '28m30s': [], '29m': ['burn a page', 'burn b page'] },
  },
  locations: {
    name: 'two locations add up, and one that dies keeps the verdict of the other',
    series: [
      ...served(
        { good: '1000+1x50 1050+0x2 stale', bad: '5+0x50 6+1x1 stale' },
        { location: 'fra', instance: 'i:2' },
        { shape: '1x53 stale' },
      ),
      ...served(BURNS, { location: 'ber' }),
    ],
    fires: { '28m30s': [], '32m': page, '40m': page },
  },
  arrives: {
    name: 'a location that comes with an old store makes no jump',
    series: [
      ...served(FINE),
      ...served(
        { good: '_x50 90000+1x100', bad: '_x50 9000+0x100' },
        { location: 'ber', instance: 'i:2' },
        { shape: '_x50 1x100' },
      ),
    ],
    fires: { '25m30s': [], '27m': [], '30m': [], '46m': [] },
  },
  lostStore: {
    name: 'a lost store pages for nothing of its own, and for a real outage right after',
    series: served(
      { good: '100000+1x50 1+1x9 10+0x100', bad: '9000+0x50 0+0x9 1+1x100' },
      {},
      { created: `-9999999x50 1525x100` },
    ),
    fires: { '26m': [], '30m': [], '31m30s': [], '32m': page },
  },
  young: {
    name: 'a young SLO pages in its first minutes, when half of its short window is known',
    series: [
      ...served(FINE, { slo: 'b' }),
      ...served({ good: '_x20 0+0x100', bad: '_x20 0+1x100' }, {}, { created: 600, shape: '_x20 1x100' }),
    ],
    fires: { '11m30s': [], '12m': page },
  },
  rare: {
    name: 'three bad events are the fewest, however strict the objective',
    series: [
      ...served({ good: '1000+1x40 1040+0x2 1040+1x100', bad: '5+0x40 6+1x1 7+0x100' }, {}, { objective: 0.999 }),
      ...served(
        { good: '1000+1x40 1040+0x3 1040+1x100', bad: '5+0x40 6+1x2 8+0x100' },
        { slo: 'b', instance: 'i:2' },
        { objective: 0.999 },
      ),
    ],
    fires: { '21m': [], '21m30s': ['burn b page'] },
  },
  factor: {
    name: 'the factor is that of the period of each SLO',
    series: [...served(BURNS), ...served(BURNS, { slo: 'b', window: '12h', instance: 'i:2' })],
    // theta 0.18: 7.2 + 1.96 x 2.43 = 11.96, 12 bad.
    fires: { '30m30s': page, '31m': ['burn a page', 'burn b page'] },
  },
  unknown: {
    name: 'an SLO with a period of no policy has no page',
    series: served(BURNS, { window: '3h' }),
    fires: { '29m': [], '40m': [] },
  },
  fresh: {
    name: 'a Prometheus without history lets the short window stand in for the long one',
    series: served({ good: '90000+1x7 90007+0x100', bad: '900+0x7 901+1x100' }),
    fires: { '3m30s': [], '5m30s': page },
  },
  slow: {
    name: 'a step of a minute has half as many events',
    series: served(
      { good: '1000+0x1 1001+0x1 1002+0x1 1003+0x1 1004+0x1 1005+0x100', bad: '5+0x11 6+0x1 7+0x1 8+0x100' },
      { slo: 'b', target: 'blog' },
      { stepSeconds: 60, objective: 0.999 },
    ),
    fires: { '7m30s': [], '8m': ['burn b page'] },
  },
  blind: {
    name: 'while less than half of the short window is known nothing new is said, and then that it is lost',
    series: served(
      { good: '1000+1x50 1050+0x100', bad: '5+0x50 6+0x2 7+0x3 8+0x100', unmeasured: '0+0x50 1+1x100' },
      {},
      { objective: 0.999 },
    ),
    fires: { '29m': [], '29m30s': [], '30m30s': [], '31m': ['lost a'] },
  },
};
