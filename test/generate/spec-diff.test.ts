// What a change of the spec means, in words; and the pages that two specs make of the same events.
import { describe, expect, it } from 'vitest';
import { diffSpecs } from '../../src/generate/spec-diff.ts';
import { fieldChanges, isSame } from '../../src/generate/spec-fields.ts';
import { alertedDifferently, alertsOn, pagesText, type Recorded } from '../../src/generate/spec-pages.ts';
import type { Spec } from '../../src/spec/spec.ts';
import { shop, slo, validSpec } from '../spec/specs.ts';

const spec = (change: object = {}): Spec => validSpec({ targets: [shop], slos: [slo()], ...change });
const nobody = () => [];
const diff = (before: object, after: object, told: Parameters<typeof diffSpecs>[2] = nobody) =>
  diffSpecs(spec(before), spec(after), told);
const slos = (...list: object[]) => ({ slos: list.map((change) => slo(change)) });

describe('a change of an SLO', () => {
  it('that is none says nothing, in whatever order and form it is written', () => {
    const again = { ...slo(), window: '720h', objective: 0.999 };
    expect(diff({}, { slos: [Object.fromEntries(Object.entries(again).reverse())] })).toEqual([]);
  });
  it('of the objective says what it does to the budget and to each threshold', () => {
    expect(diff({}, slos({ objective: '99.5%' }))).toEqual([
      'SLO a: objective 99.9% -> 99.5%: budget 43.2 min per 30d -> 216 min per 30d (172.8 min more)',
      'SLO a: page-fast fires at 5 bad of 120 in 1h -> 15 bad of 120 in 1h',
      'SLO a: page-slow fires at 9 bad of 720 in 6h -> 31 bad of 720 in 6h',
      'SLO a: ticket-fast fires at 15 bad of 2880 in 1d -> 56 bad of 2880 in 1d',
      'SLO a: ticket-slow fires at 15 bad of 8640 in 3d -> 57 bad of 8640 in 3d',
    ]);
    expect(diff(slos({ objective: '99.5%' }), {})[0]).toContain('216 min per 30d -> 43.2 min per 30d (172.8 min less)');
  });
  it('of the window compares budgets by the day', () => {
    const [budget, fast] = diff({}, slos({ window: '7d' }));
    expect(budget).toBe('SLO a: window 30d -> 7d: budget 43.2 min per 30d -> 10.08 min per 7d (as much)');
    // 13.44 instead of 14.4: the same fifth event; the tiers of 6 h and more differ.
    expect(fast).toBe('SLO a: page-slow fires at 9 bad of 720 in 6h -> 6 bad of 720 in 6h');
    const zone = (timeZone: string) => slos({ window: { calendar: 'month', timeZone } });
    expect(diff(zone('UTC'), zone('Europe/Berlin'))[0]).toContain(
      'window month (UTC) -> month (Europe/Berlin): budget 43.2',
    );
  });
  it('of the interval of its target moves its thresholds', () => {
    const changes = diff({}, { targets: [{ ...shop, interval: '1m' }] });
    expect(changes).toContain('SLO a: page-fast fires at 5 bad of 120 in 1h -> 3 bad of 60 in 1h');
    expect(changes).toContain('target shop: interval 30s -> 1m');
    expect(changes).toContain('alert SLOMeasurementLost{severity="page", step="30s"}: is removed');
    expect(changes).toContain('alert SLOMeasurementLost{severity="page", step="1m"}: is new');
  });
  it('to where a tier can never fire, and back, says so and why', () => {
    const [strict, lax] = [{}, slos({ objective: '90%' })];
    expect(diff(strict, lax)).toContain(
      'SLO a: page-fast fires at 5 bad of 120 in 1h -> can never fire, as at 90% even a full outage burns too slowly for it',
    );
    expect(diff(lax, strict)).toContain(
      'SLO a: page-fast could never fire, as at 90% even a full outage burns too slowly for it -> fires at 5 bad of 120 in 1h',
    );
    expect(diff(lax, slos({ objective: '85%' }))).toContain(
      'SLO a: page-fast can still never fire, as at 85% even a full outage burns too slowly for it',
    );
    expect(diff(lax, slos({ objective: '90%', team: 'ops' })).join('\n')).not.toContain('never');
    const seldom = { targets: [{ ...shop, interval: '30m' }] };
    expect(diff(strict, seldom)).toContain(
      'SLO a: page-fast fires at 5 bad of 120 in 1h -> can never fire, as 2 events in 1h are too few to judge by',
    );
    expect(diff(strict, { targets: [{ ...shop, interval: '1h' }] })).toContain(
      'SLO a: page-fast fires at 5 bad of 120 in 1h -> can never fire, as one event in 1h is too few to judge by',
    );
  });
  it('that is new with a tier that can never fire says so', () => {
    const [added] = diff({ slos: [] }, slos({ objective: '90%' }));
    expect(added).toContain(
      '; page-fast can never fire, as at 90% even a full outage burns too slowly for it; page-slow at 458 bad of 720 in 6h;',
    );
    const policy = (...tiers: object[]) => ({
      policies: [
        { window: '10d', tiers: [{ tier: 'one', severity: 'page', long: '1h', short: '5m', budget: '1%' }, ...tiers] },
      ],
      slos: [slo({ window: '10d', objective: '99%' })],
    });
    const dead = { tier: 'dead', severity: 'ticket', long: '2h', short: '10m', budget: '90%' };
    expect(diff(policy(), policy(dead))).toContain(
      'SLO a: dead is new: a ticket that can never fire, as at 99% even a full outage burns too slowly for it',
    );
  });
  it('of an SLI that counts requests says thresholds as shares, as their number is not known', () => {
    const requests = (objective: string) =>
      slos({ objective, sli: { kind: 'ratio', bad: 'e_total', total: 'r_total' } });
    const changes = diff(requests('99.9%'), requests('90%'));
    expect(changes).toContain(
      'SLO a: page-fast fires at more than 1.44% bad in 1h -> can never fire, as at 90% even a full outage burns too slowly for it',
    );
    expect(changes).toContain('SLO a: page-slow fires at more than 0.6% bad in 6h -> more than 60% bad in 6h');
    const gauge = slos({ sli: { kind: 'gauge', query: 'up', above: 0 } });
    expect(diff(gauge, { ...gauge, alerting: { interval: '1m' } })).toContain(
      'SLO a: page-fast fires at 5 bad of 120 in 1h -> 3 bad of 60 in 1h',
    );
  });
  it('that adds one says what it promises, when it alerts and whom', () => {
    expect(diff({}, slos({}, { name: 'b', window: '7d' }), (_, __, severity) => [`${severity}r`])).toEqual([
      'SLO b: is new; 99.9% over 7d, a budget of 10.08 min; page-fast at 5 bad of 120 in 1h; page-slow at 6 bad of 720 in 6h; ticket-fast at 8 bad of 2880 in 1d; ticket-slow at 15 bad of 8640 in 3d; pages go to pager; tickets go to ticketr',
    ]);
  });
  it('that removes one says which alerts go', () => {
    expect(diff(slos({}, { name: 'b', window: '12h' }), {})).toEqual(['SLO b: is removed, with no alerts']);
    expect(diff({}, { slos: [] })[0]).toBe(
      'SLO a: is removed, with its alerts page-fast, page-slow, ticket-fast, ticket-slow',
    );
  });
  it('of its policy says which tiers come and go, and which rules', () => {
    const tier = { tier: 'soon', severity: 'page', long: '10m', short: '1m', budget: '5%' };
    const policy = (...tiers: object[]) => ({ ...slos({ window: '1d' }), policies: [{ window: '1d', tiers }] });
    const other = { ...tier, severity: 'ticket', short: '2m', tier: 'soon' };
    expect(diff(policy(tier), policy(other, { ...tier, tier: 'later' }))).toEqual([
      'SLO a: soon: page -> ticket',
      'SLO a: soon: short 1m -> 2m',
      'SLO a: later is new: a page at 3 bad of 20 in 10m',
      'alert SLOErrorBudgetBurn{severity="page", tier="soon", long="10m", short="1m"}: is removed',
      'alert SLOErrorBudgetBurn{severity="page", tier="later", long="10m", short="1m"}: is new',
      'alert SLOErrorBudgetBurn{severity="ticket", tier="soon", long="10m", short="2m"}: is new',
      'policy for 1d: tiers { tier: soon, severity: page, long: 10m, short: 1m, budget: 5% } -> { tier: soon, severity: ticket, long: 10m, short: 2m, budget: 5% }, { tier: later, severity: page, long: 10m, short: 1m, budget: 5% }',
    ]);
    expect(diff(policy(tier), { ...policy(tier), policies: [] })).toContain('SLO a: soon is removed');
  });
  it('of team or routes says who is told then', () => {
    const told: Parameters<typeof diffSpecs>[2] = (_, { team }, severity) =>
      severity === 'page' ? [`${team}-pager`] : ['mail'];
    expect(diff({}, slos({ team: 'ops' }), told)).toEqual([
      'SLO a: team web -> ops',
      'SLO a: pages go to web-pager -> ops-pager',
    ]);
  });
  it('of what counts names the fields', () => {
    const steps = (...names: string[]) => slos({ sli: { kind: 'probe', target: 'shop', steps: names } });
    expect(diff(steps('front', 'rest'), steps('front'))).toEqual(['SLO a: sli.steps front, rest -> front']);
    expect(diff({}, slos({ sli: { kind: 'latency', target: 'shop', step: 'front', below: '400ms' } }))).toEqual([
      'SLO a: sli.kind probe -> latency',
      'SLO a: sli.step is new: front',
      'SLO a: sli.below is new: 400ms',
    ]);
  });
});

describe('a change of what stands beside', () => {
  it('maintenance names what it excludes', () => {
    const work = { from: '2026-12-01T22:00:00Z', for: '2h', services: ['shop'], reason: 'update', by: 'web' };
    expect(diff({}, { maintenance: [work] })).toEqual([
      'maintenance 2026-12-01T22:00:00Z for 2h (update, by web) of a: is new, its events are excluded',
    ]);
    expect(diff({ maintenance: [work] }, { maintenance: [{ ...work, for: '1h' }] })).toEqual([
      'maintenance 2026-12-01T22:00:00Z for 2h (update, by web) of a: is removed, its events count',
      'maintenance 2026-12-01T22:00:00Z for 1h (update, by web) of a: is new, its events are excluded',
    ]);
  });
  it('settings and targets name the fields', () => {
    const db = { name: 'db', kind: 'mariadb', url: 'mysql://u@h:3306/d', interval: '10s' };
    expect(diff({}, { targets: [shop, db], alerting: { interval: '15s' }, exporter: { maxExcluded: '20%' } })).toEqual([
      'target db: is new, mariadb every 10s',
      'alerting.interval 30s -> 15s',
      'exporter.maxExcluded 10% -> 20%',
    ]);
  });
  it('routing names receivers, routes and hours', () => {
    const ops = { name: 'ops', kind: 'webhook', urlFile: '/etc/am/ops' };
    const notify = (change: object) => ({ notify: { default: 'ops', receivers: [ops], ...change } });
    const hours = [{ name: 'day', timeZone: 'Europe/Berlin', from: '08:00', to: '18:00' }];
    const more = {
      receivers: [
        { ...ops, urlFile: '/etc/am/new' },
        { ...ops, name: 'b' },
      ],
      hours,
      routes: [{ severity: 'page', to: ['b'] }],
    };
    expect(diff(notify({}), notify(more))).toEqual([
      'receiver ops: urlFile /etc/am/ops -> /etc/am/new',
      'receiver b: is new, webhook',
      'route 1: is new, { severity: page, to: b }',
      'hours day: is new',
    ]);
    expect(diff(notify(more), {}).slice(0, 3)).toEqual([
      'receiver ops: is removed',
      'receiver b: is removed',
      'route 1: is removed',
    ]);
  });
  it('that is only the order of fields is none, and of items is one', () => {
    expect(isSame({ a: { x: 1, y: [1, 2] }, b: undefined }, { a: { y: [1, 2], x: 1 } })).toBe(true);
    expect(isSame([1, 2], [2, 1])).toBe(false);
  });
  it('a secret is never shown', () => {
    const db = (password: string, headers: object = {}) => ({ password, headers, url: 'x' });
    expect(fieldChanges(db('canary-1'), db('canary-2', { a: 'canary-3' }))).toEqual([
      'password changed',
      'headers changed',
    ]);
    expect(fieldChanges({ target: { url: 'x' } }, { target: db('canary-4') }).join()).not.toContain('canary');
    expect(fieldChanges({}, { target: db('canary-5') })).toEqual([
      'target is new: { password: ***, headers: ***, url: x }',
    ]);
  });
});

describe('pages on recorded events', () => {
  /** One cluster in rows of 30 s from one letter each: g good, b bad, x not measured. */
  const recorded = (text: string, change: Partial<Recorded> = {}): Recorded => {
    const totals = (kinds: string) => {
      let sum = 0;
      return Float64Array.from(text, (kind) => (sum += kinds.includes(kind) ? 1 : 0));
    };
    return {
      cluster: 'prod',
      fromMs: Date.UTC(2026, 0, 1),
      rowMs: 30_000,
      judgedFrom: 0,
      measuredRows: text.length,
      bad: totals('b'),
      valid: totals('gb'),
      known: totals('gb'),
      ...change,
    };
  };
  const good = (hours: number) => 'g'.repeat(hours * 120);
  const strict = spec();
  const lax = spec(slos({ objective: '99%' }));
  const [pair] = alertedDifferently(strict, lax);
  const events = `${good(7)}${'b'.repeat(10)}${good(8)}${'b'.repeat(60)}${good(8)}`;

  it('are counted for both, with the times of those that go', () => {
    expect(pagesText(pair!, [recorded(events)], strict, lax)).toEqual([
      'SLO a in prod: 2 -> 1 pages (no longer 2026-01-01T07:02Z); 2 -> 1 tickets',
    ]);
  });
  it('come new with a stricter objective', () => {
    const [back] = alertedDifferently(lax, strict);
    expect(pagesText(back!, [recorded(events)], lax, strict)[0]).toContain(
      '1 -> 2 pages (new 2026-01-01T07:02Z); 1 -> 2 tickets',
    );
  });
  it('of two tiers at the same time are one, and those that follow within the time that alerts are kept', () => {
    const twice = `${good(7)}${'b'.repeat(5)}${'g'.repeat(16)}${'b'.repeat(1)}${good(8)}`;
    expect(alertsOn(recorded(twice), strict.slos[0]!, strict, 'page', 30_000)).toHaveLength(1);
    const apart = `${good(7)}${'b'.repeat(5)}${'g'.repeat(30)}${'b'.repeat(1)}${good(8)}`;
    expect(alertsOn(recorded(apart), strict.slos[0]!, strict, 'page', 30_000)).toHaveLength(2);
  });
  it('before what is judged do not count', () => {
    expect(pagesText(pair!, [recorded(events, { judgedFrom: 8 * 120 })], strict, lax)[0]).toContain('1 -> 1 pages');
  });
  it('where little was measured are none, and it says how much is recorded', () => {
    const blind = `${good(7)}${'x'.repeat(70)}${'xxxb'.repeat(20)}${'x'.repeat(70)}${good(1)}`;
    const [line] = pagesText(pair!, [recorded(blind, { measuredRows: 5 * 120 })], strict, lax);
    expect(line).toMatch(/: 0 -> 0 pages; \d -> \d tickets; only 5h of 10h are recorded$/);
  });
  it('know rows that are longer than the step: two events each', () => {
    const half = recorded(events);
    const rows = {
      rowMs: 60_000,
      bad: half.bad.map((n) => 2 * n),
      valid: half.valid.map((n) => 2 * n),
      known: half.known.map((n) => 2 * n),
    };
    expect(alertsOn(recorded(events, rows), strict.slos[0]!, strict, 'page', 30_000)).toHaveLength(2);
  });
  it('are none where a quarter of the events of a row is known', () => {
    const rows = { rowMs: 120_000 };
    expect(alertsOn(recorded(events, rows), strict.slos[0]!, strict, 'page', 30_000)).toEqual([]);
    expect(alertsOn(recorded(events, rows), strict.slos[0]!, strict, 'page', 60_000)).not.toEqual([]);
  });
  it('are none on the side that has no such SLO', () => {
    const [gone] = alertedDifferently(strict, spec({ slos: [] }));
    expect(pagesText(gone!, [recorded(events, { cluster: '' })], strict, spec({ slos: [] }))[0]).toMatch(
      /^SLO a: 2 -> none pages/,
    );
  });
  it('are asked for only where alerts differ', () => {
    expect(alertedDifferently(strict, spec(slos({ team: 'ops', description: 'x' })))).toEqual([]);
    expect(alertedDifferently(strict, spec(slos({ window: '7d' }))).map(({ name }) => name)).toEqual(['a']);
    expect(alertedDifferently(strict, spec(slos({}, { name: 'b' }))).map(({ name }) => name)).toEqual(['b']);
  });
});
