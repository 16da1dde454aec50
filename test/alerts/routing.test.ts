// Routing from a spec: who gets what, by our own reading and by amtool's; inhibition and its growth; the three forms.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to secrets are written so
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { alertmanagerConfig } from '../../alerts/routing/alertmanager.ts';
import type { AlertmanagerConfig } from '../../alerts/routing/config.ts';
import { alertmanagerFiles } from '../../alerts/routing/files.ts';
import { DIFFERENCES } from '../../alerts/routing/forms.ts';
import { BURN_LABELS, type Labels } from '../../alerts/routing/labels.ts';
import { matchAll } from '../../alerts/routing/matcher.ts';
import { receiversFor, routesFor } from '../../alerts/routing/receivers-for.ts';
import { routeTree } from '../../alerts/routing/route-tree.ts';
import { amtool, writeConfig } from '../services/alertmanager.ts';
import { privateFolder } from '../services/process.ts';
import { validSpec } from '../spec/specs.ts';
import { burn, NOTIFY, routedSpec, SECRETS, SLOS, TARGETS } from './routing-samples.ts';

const config = alertmanagerConfig(routedSpec())!;
const files = alertmanagerFiles(routedSpec());
const textOf = (form: string) => files.find(({ path }) => path === `alertmanager/${form}.yaml`)!.text;
const rules = (slos: readonly object[], change: object = {}) =>
  alertmanagerConfig(routedSpec(change, slos))!.inhibit_rules;

/** Labels of an alert, and who gets it: the first route that matches, all of its receivers. */
const ROUTES: readonly [Labels, string][] = [
  [burn('db-writes', 'page-fast').labels, 'web-pager,web-slack'],
  [burn('db-writes', 'ticket-slow').labels, 'desk'],
  [burn('shop-admin', 'ticket-slow').labels, 'web-slack,ops-mail'],
  [burn('blog-availability', 'page-fast').labels, 'press-slack'],
  [burn('blog-availability', 'ticket-fast').labels, 'press-slack'],
  [
    { alertname: 'MariaDBDown', severity: 'ticket', team: 'web', cluster: 'prod', target: 'shop-db' },
    'web-slack,ops-mail',
  ],
  [{ alertname: 'MariaDBDown', severity: 'ticket', team: 'platform', cluster: 'prod' }, 'ops-mail'],
  [{ alertname: 'SLOMeasurementLost', severity: 'page', team: 'web', slo: 'shop-admin' }, 'web-pager,web-slack'],
  [{ alertname: 'KubePodCrashLooping', severity: 'warning', namespace: 'shop' }, 'ops-mail'],
  [{ alertname: 'Watchdog', heartbeat: 'plimsoll', severity: 'none' }, '_deadman'],
  [{ alertname: 'Watchdog', severity: 'none' }, '_nowhere'],
  [{ alertname: 'MaintenanceActive', severity: 'none', service: 'blog', cluster: 'prod' }, '_nowhere'],
  [{ alertname: 'InfoInhibitor', severity: 'none' }, '_nowhere'],
  [{ instance: 'a' }, 'ops-mail'],
];

describe('routes', () => {
  const folder = privateFolder('routes');
  const secrets = privateFolder('secrets');
  beforeAll(() => {
    const own = JSON.parse(JSON.stringify(files).replaceAll(SECRETS, secrets.path)) as typeof files;
    for (const name of ['desk', 'deadman']) writeFileSync(join(secrets.path, name), `https://${name}.example.org/`);
    for (const { path, text } of own) {
      mkdirSync(dirname(join(secrets.path, path)), { recursive: true });
      writeFileSync(join(secrets.path, path), text);
    }
    writeConfig(join(secrets.path, 'alertmanager'), 'alertmanager-0.25.yaml', folder.path);
  });
  afterAll(() => {
    folder.remove();
    secrets.remove();
  });
  const file = join(folder.path, 'alertmanager-0.25.yaml');
  it.each(ROUTES)('%o goes to %s; amtool says the same', (labels, receivers) => {
    expect(receiversFor(config.route, labels).join(',')).toBe(receivers);
    const pairs = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
    const test = ['config', 'routes', 'test', `--config.file=${file}`, `--verify.receivers=${receivers}`, ...pairs];
    const { code, answer } = amtool(test);
    expect(answer).toBe(receivers);
    expect(code).toBe(0);
  });
  it('the form for Debian passes amtool check-config, with all templates', () => {
    const { code, output } = amtool(['check-config', file]);
    expect(output).toContain('SUCCESS');
    expect(output).toContain(`${config.inhibit_rules.length} inhibit rules`);
    expect(code).toBe(0);
    writeFileSync(join(folder.path, 'bad.yaml'), `${textOf('alertmanager')}`);
    // The shipped form is not one for 0.25: the check can fail.
    expect(amtool(['check-config', join(folder.path, 'bad.yaml')]).code).toBe(1);
  });
  it('nothing is generated without the section notify', () => {
    expect(alertmanagerFiles(validSpec({ targets: TARGETS, slos: SLOS }))).toEqual([]);
  });
  it('of a route with hours exactly one side is told at any time, and the default never twice', () => {
    const sides = config.route.routes!.filter((r) => r.active_time_intervals ?? r.mute_time_intervals);
    expect(
      sides.map(({ receiver, active_time_intervals: on, mute_time_intervals: off }) => [receiver, on, off]),
    ).toEqual([
      ['web-slack', ['office'], undefined],
      ['ops-mail', undefined, ['office']],
    ]);
    const to = { severity: 'ticket', to: ['ops-mail', 'web-slack'], hours: 'office' };
    const { routes } = alertmanagerConfig(
      routedSpec({ routes: [to, { to: ['desk', 'press-slack', 'web-pager'] }] }),
    )!.route;
    expect(routes!.filter((r) => r.receiver === 'ops-mail')).toMatchObject([{ matchers: ['severity="ticket"'] }]);
    expect(routes!.find((r) => r.receiver === 'ops-mail')).not.toHaveProperty('mute_time_intervals');
  });
  it('a page makes an incident for each SLO, everything else a message for each service', () => {
    const groups = (labels: Labels) => groupsOf(config, labels);
    expect(groups(burn('db-writes', 'page-fast').labels)).toEqual(['alertname', 'cluster', 'slo']);
    expect(groups({ ...burn('db-writes', 'page-fast').labels, team: 'nobody' })).toEqual([
      'alertname',
      'cluster',
      'slo',
    ]);
    expect(groups(burn('shop-admin', 'ticket-slow').labels)).toEqual(['alertname', 'cluster', 'service']);
    expect(groups(ROUTES[7]![0])).toEqual(['alertname', 'cluster', 'service']);
  });
});

describe('whatever the routes, an alert', () => {
  const teams = ['web', 'press'];
  const services = ['shop', 'blog'];
  const some = (values: readonly string[]) => fc.option(fc.subarray([...values], { minLength: 1 }), { nil: undefined });
  const route = fc
    .record({
      severity: fc.constantFrom('page' as const, 'ticket' as const, undefined),
      teams: some(teams),
      services: some(services),
      to: fc.subarray(['ops-mail', 'web-pager', 'desk'], { minLength: 1 }),
      hours: fc.option(fc.constantFrom('office', 'night'), { nil: undefined }),
    })
    .map((own) => ({ ...own, hours: own.severity === 'ticket' ? own.hours : undefined }));
  const labels = fc.record({
    severity: fc.constantFrom('page', 'ticket', 'warning', ''),
    team: fc.constantFrom(...teams, ''),
    service: fc.constantFrom(...services, ''),
  });
  const on = fc.subarray(['office', 'night']);
  const { notify } = routedSpec();
  it('is told to all receivers of the first route that matches; outside of its hours, and without a route, to the default', () => {
    fc.assert(
      fc.property(fc.array(route, { maxLength: 5 }), labels, on, (routes, alert, open) => {
        const tree = routeTree({ ...notify, routes: JSON.parse(JSON.stringify(routes)) });
        const told = routesFor(tree, alert)
          .filter(({ route: { active_time_intervals: active, mute_time_intervals: muted } }) => {
            const isOpen = (names: readonly string[]) => names.some((name) => open.includes(name));
            return (active === undefined || isOpen(active)) && (muted === undefined || !isOpen(muted));
          })
          .map(({ receiver }) => receiver);
        const first = routes.find(
          (own) =>
            (own.severity ?? alert.severity) === alert.severity &&
            (own.teams ?? [alert.team]).includes(alert.team) &&
            (own.services ?? [alert.service]).includes(alert.service),
        );
        const isClosed = first?.hours !== undefined && !open.includes(first.hours);
        const expected = first === undefined || isClosed ? ['ops-mail'] : first.to;
        expect(told.toSorted()).toEqual(expected.toSorted());
      }),
      { numRuns: 2_000 },
    );
  });
});

/** By what the last route that takes the alert groups. */
function groupsOf({ route }: AlertmanagerConfig, labels: Labels): readonly string[] | undefined {
  let here = route;
  let by = here.group_by;
  for (;;) {
    const next = here.routes?.find((child) => matchAll(child.matchers ?? [], labels));
    if (next === undefined) return by;
    here = next;
    by = here.group_by ?? by;
  }
}

describe('inhibition', () => {
  const named = (name: string) => config.inhibit_rules.find((rule) => rule.name === name)!;
  /** Would the rule silence `target` because of `source`? As Alertmanager does. */
  const silences = (name: string, source: Labels, target: Labels) => {
    const { source_matchers, target_matchers, equal } = named(name);
    return (
      matchAll(source_matchers, source) &&
      matchAll(target_matchers, target) &&
      equal.every((label) => (source[label] ?? '') === (target[label] ?? ''))
    );
  };
  const page = burn('db-writes', 'page-fast').labels;
  const ticket = burn('db-writes', 'ticket-fast').labels;
  it('an alert of an SLO has every label that the rules ask for', () => {
    expect(Object.keys(page)).toEqual(expect.arrayContaining([...BURN_LABELS]));
    expect(silences('page-over-ticket', page, ticket)).toBe(true);
  });
  it.each(['slo', 'cluster'])('without the label %s on both sides nothing is silenced', (label) => {
    const [source, target] = [page, ticket].map((labels) => ({ ...labels, [label]: '' })) as [Labels, Labels];
    expect(silences('page-over-ticket', source, target)).toBe(false);
  });
  it('the dependency of another team silences only where all receivers of the page hear of it', () => {
    const blog = [...SLOS.slice(0, 3), { ...SLOS[3]!, team: 'press' }];
    const dependants = (change: object) =>
      rules(blog, change).find((rule) => rule.name === 'shop-db-over-dependants')!.target_matchers[2];
    expect(dependants({})).toBe('slo="shop-availability"');
    const routes = [{ severity: 'page', to: ['web-pager', 'web-slack'] }];
    expect(dependants({ routes })).toBe('slo=~"blog-availability|shop-availability"');
    const more = [{ teams: ['press'], to: ['web-pager', 'press-slack'] }, ...routes];
    expect(dependants({ routes: more })).toBe('slo="shop-availability"');
    const fewer = [{ teams: ['press'], to: ['web-slack'] }, ...routes];
    expect(dependants({ routes: fewer })).toBe('slo=~"blog-availability|shop-availability"');
  });
  it('a team that hears of the dependency by another receiver hears of it', () => {
    const routes = [
      { services: ['db'], to: ['desk'] },
      { services: ['shop'], to: ['web-slack'] },
    ];
    const rule = rules(SLOS, { routes }).find(({ name }) => name === 'shop-db-over-dependants');
    expect(rule?.target_matchers[2]).toBe('slo="shop-availability"');
  });
  it('targets that depend on each other silence neither of both; a third one still is', () => {
    const both = [
      { ...SLOS[0]!, name: 'a', dependsOn: ['shop-db'] },
      { ...SLOS[2]!, name: 'b', dependsOn: ['shop'] },
      { ...SLOS[1]!, name: 'c', sli: { kind: 'probe', target: 'blog' }, dependsOn: ['shop', 'shop-db'] },
    ];
    const found = rules(both, { routes: [] }).filter((rule) => rule.name!.includes('dependants'));
    expect(found.map(({ name, source_matchers: s, target_matchers: t }) => [name, s[2], t[2]])).toEqual([
      ['shop-over-dependants', 'slo="a"', 'slo="c"'],
      ['shop-db-over-dependants', 'slo="b"', 'slo="c"'],
    ]);
  });
  it('an SLO that depends on its own target silences nothing', () => {
    const own = [
      { ...SLOS[0]!, dependsOn: ['shop'] },
      { ...SLOS[1]!, objective: '99%' },
    ];
    expect(rules(own, { routes: [] }).filter((rule) => rule.name!.includes('dependants'))).toEqual([]);
  });
  it('tiers of two policies in opposite order are never a circle', () => {
    const tier = (name: string, long: string, short: string) => ({
      tier: name,
      severity: 'page',
      long,
      short,
      budget: '2%',
    });
    const policies = [
      { window: '14d', tiers: [tier('x', '1h', '5m'), tier('y', '6h', '30m')] },
      { window: '60d', tiers: [tier('y', '1h', '5m'), tier('x', '6h', '30m')] },
    ];
    const slos = [
      { ...SLOS[0]!, window: '14d' },
      { ...SLOS[1]!, window: '60d' },
    ];
    const spec = validSpec({ targets: TARGETS, slos, policies, notify: { ...NOTIFY, routes: [] } });
    const slower = alertmanagerConfig(spec)!.inhibit_rules.filter((rule) => rule.name!.endsWith('-over-slower'));
    expect(slower.map(({ name, target_matchers }) => [name, target_matchers[2]])).toEqual([
      ['x-over-slower', 'tier="y"'],
    ]);
  });
  const byTeam = [
    { teams: ['web'], to: ['web-pager'] },
    { teams: ['press'], to: ['press-slack'] },
  ];
  it('their number grows with the targets that something depends on, and not with the SLOs', () => {
    const many = (count: number) => [
      SLOS[2]!,
      ...Array.from({ length: count }, (_, i) => ({
        ...SLOS[0]!,
        name: `shop-${i}`,
        service: `s-${i}`,
        objective: `99.${String(i).padStart(4, '0')}%`,
        team: i % 2 === 0 ? 'web' : 'press',
      })),
    ];
    expect(rules(many(2), { routes: byTeam }).length).toBe(5);
    expect(rules(many(1_000), { routes: byTeam }).length).toBe(5);
  });
});

describe('the forms', () => {
  it('are stable to the byte, one document each', () => {
    expect(alertmanagerFiles(routedSpec())).toEqual(files);
    expect(files.map(({ path }) => path)).toEqual([
      'alertmanager/alertmanager.yaml',
      'alertmanager/alertmanager-0.25.yaml',
      'alertmanager/mimir.yaml',
      ...['email', 'pagerduty', 'slack', 'words'].map((name) => `alertmanager/templates/${name}.tmpl`),
    ]);
    for (const form of ['alertmanager', 'alertmanager-0.25', 'mimir']) expect(parse(textOf(form))).toBeTypeOf('object');
  });
  it.each([
    ['alertmanager-0.25', []],
    ['mimir', ['templates']],
  ] as const)('%s differs from the shipped one only in the fields of the table', (form, also) => {
    const differing = new Set(differences(parse(textOf('alertmanager')), parse(textOf(form))));
    const listed = DIFFERENCES.filter(({ forms }) => forms.includes(form)).flatMap(({ field, inline }) =>
      inline === undefined ? [field] : [field, field.replace(/[^.]+$/, inline)],
    );
    expect([...differing].sort()).toEqual([...listed, ...also].sort());
  });
  it('for Mimir names no file at all', () => {
    expect(textOf('mimir')).not.toMatch(/_file\b/);
    expect(textOf('alertmanager').match(/_file\b/g)!.length).toBeGreaterThan(4);
    expect(parse(textOf('mimir')).templates).toEqual(['email.tmpl', 'pagerduty.tmpl', 'slack.tmpl', 'words.tmpl']);
  });
  it('secrets that stand in the file are references to files, and a file that is missing is named', () => {
    const references = [...textOf('mimir').matchAll(/\$\{file:([^}]+)\}/g)].map((m) => m[1]);
    const names = ['smtp', 'pagerduty', 'slack-web', 'slack-press', 'desk', 'deadman'];
    expect(references.slice(1)).toEqual(names.map((name) => `${SECRETS}/${name}`));
    const folder = privateFolder('missing');
    writeFileSync(join(folder.path, 'mimir.yaml'), textOf('mimir'));
    expect(() => writeConfig(folder.path, 'mimir.yaml', folder.path)).toThrow(`file ${SECRETS}/desk cannot be read`);
    folder.remove();
  });
});

/** Fields in which two values differ, with [] for every entry of a list; keys that only one of them has count. */
function differences(a: unknown, b: unknown, at = ''): string[] {
  if (Object.is(a, b)) return [];
  const isSame =
    Array.isArray(a) === Array.isArray(b) && typeof a === 'object' && typeof b === 'object' && a !== null && b !== null;
  if (!isSame || (Array.isArray(a) && a.some((own) => typeof own !== 'object')))
    return JSON.stringify(a) === JSON.stringify(b) ? [] : [at];
  const keys = new Set([...Object.keys(a as object), ...Object.keys(b as object)]);
  return [...keys].flatMap((key) => {
    const here = Array.isArray(a) ? `${at}[]` : at === '' ? key : `${at}.${key}`;
    return differences((a as never)[key], (b as never)[key], here);
  });
}
