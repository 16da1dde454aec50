// Lint beyond the schema; boundaries in pairs: the last that is fine and the first that is not.
import { expect, it } from 'vitest';
import { parseSpec } from '../../src/spec/parse.ts';
import { RULES } from '../../src/spec/rules.ts';
import { ports, rulesIn, shop, slo, text } from './specs.ts';

const one = (change: object, target: object = {}, rest: object = {}) =>
  rulesIn({ targets: [{ ...shop, ...target }], slos: [slo(change)], ...rest });
const maintenance = (time: string) => ({
  maintenance: [{ from: '2026-12-01T22:00:00Z', for: time, services: ['shop'], reason: 'r', by: 'b' }],
});

it.each([
  // k = 14.4, so 1 - 1/14.4 = 93.06 % is the lowest objective that can page
  ['at 93.1 % it could, but not with 120 events', one({ objective: '93.1%' }), ['interval-too-long']],
  ['at 94 % it does', one({ objective: '94%' }), []],
  ['an objective of 93.0 % cannot', one({ objective: '93%' }), ['tier-never-fires']],
  ['an interval of 75 s fills the short window', one({ objective: '99%' }, { interval: '75s' }), []],
  ['an interval of 76 s does not', one({ objective: '99%' }, { interval: '76s' }), ['short-window']],
  // 0.05 % of 30 d at 30 s is 43.2 events, 3 to 4 page; 0.01 % is 8.6, and 3 are 35 %
  ['99.95 % works with 30 s', one({ objective: '99.95%' }), []],
  ['99.99 % needs less than 30 s', one({ objective: '99.99%' }), ['interval-too-long']],
  ['99.99 % works with 15 s', one({ objective: '99.99%' }, { interval: '15s' }), []],
  ['30 d fit a retention of 30 d', one({}, {}, { exporter: { retention: '30d' } }), []],
  ['30 d do not fit a retention of 29 d', one({}, {}, { exporter: { retention: '29d' } }), ['window-retention']],
  ['28 d have a policy', one({ window: '28d' }), []],
  ['27 d have none', one({ window: '27d' }), ['period-policy']],
  ['a calendar quarter needs one', one({ window: { calendar: 'quarter' } }), ['period-policy']],
  ['a calendar week has the one of 7 d', one({ window: { calendar: 'week' } }), []],
  ['3 d of maintenance are 10 % of 30 d', one({}, {}, maintenance('72h')), []],
  ['a minute more is too long', one({}, {}, maintenance('72h1m')), ['maintenance-too-long']],
  [
    'a twin of another name is a duplicate',
    rulesIn({ targets: [shop], slos: [slo(), slo({ name: 'b' })] }),
    ['duplicate-slo'],
  ],
  [
    'another objective is no duplicate',
    rulesIn({ targets: [shop], slos: [slo(), slo({ name: 'b', objective: '99.8%' })] }),
    [],
  ],
  ['the estimate of 239 series fits 239', one({}, {}, { exporter: { maxSeries: 239 } }), []],
  ['and not 238', one({}, {}, { exporter: { maxSeries: 238 } }), ['too-many-series']],
  ['series for boards are 15 more: they fit 254', one({}, {}, { exporter: { maxSeries: 254, boardSeries: true } }), []],
  ['and not 253', one({}, {}, { exporter: { maxSeries: 253, boardSeries: true } }), ['too-many-series']],
])('%s', (_name, rules, expected) => {
  expect(rules).toEqual(expected);
});

it('says of maintenance that is too long what happens: the whole window excludes nothing', () => {
  const spec = { targets: [shop], slos: [slo()], ...maintenance('72h1m') };
  const { findings } = parseSpec([{ file: 's.yaml', text: text(spec) }], ports());
  expect(findings[0]!.hint).toContain('the whole window is not applied');
  expect(RULES['maintenance-too-long'].explanation).toContain('the whole window is not applied');
});
