// Each trap of Alertmanager has a check: what is generated passes, and with one thing changed the check says which.
import { describe, expect, it } from 'vitest';
import { alertmanagerConfig } from '../../alerts/routing/alertmanager.ts';
import type { AlertmanagerConfig } from '../../alerts/routing/config.ts';
import { readTemplates } from '../../alerts/routing/files.ts';
import { has, is, isNot, isOneOf, matches, parseMatcher } from '../../alerts/routing/matcher.ts';
import { TIMING } from '../../alerts/routing/route-tree.ts';
import { trapsIn } from '../../alerts/routing/traps.ts';
import { routedSpec } from './routing-samples.ts';

const templates = readTemplates();
const fine = alertmanagerConfig(routedSpec())!;
/** A configuration that may be changed. */
// biome-ignore lint/suspicious/noExplicitAny: tests write what the types forbid
type Loose = any;
const withChange = (change: (config: Loose) => void): string[] => {
  const config = structuredClone(fine) as AlertmanagerConfig;
  change(config);
  return trapsIn(config, templates);
};
const receiver = (config: Loose, name: string) => config.receivers.find((own: Loose) => own.name === name);
const slack = (config: Loose) => receiver(config, 'web-slack').slack_configs[0];
const mail = (config: Loose) => receiver(config, 'ops-mail').email_configs[0];
const pager = (config: Loose) => receiver(config, 'web-pager').pagerduty_configs[0];
const rule = (config: Loose, name: string) => config.inhibit_rules.find((own: Loose) => own.name === name);
const watchdog = (config: Loose) => config.route.routes[0];
const hours = (config: Loose) => config.route.routes.find((own: Loose) => own.active_time_intervals);

it('what is generated is in no trap', () => {
  expect(trapsIn(fine, templates)).toEqual([]);
  const bare = routedSpec({
    routes: [],
    deadman: undefined,
    receivers: [{ name: 'ops-mail', kind: 'email', to: ['a@b.cc'] }],
  });
  expect(trapsIn(alertmanagerConfig(bare)!, templates)).toEqual([]);
});

it.each<[string, (config: Loose) => void, string]>([
  [
    'Slack without send_resolved',
    (c) => delete slack(c).send_resolved,
    'receiver web-slack, slack_configs: send_resolved is not set',
  ],
  [
    'mail without send_resolved',
    (c) => delete mail(c).send_resolved,
    'receiver ops-mail, email_configs: send_resolved is not set',
  ],
  [
    'PagerDuty without send_resolved',
    (c) => delete pager(c).send_resolved,
    'receiver web-pager, pagerduty_configs: send_resolved is not set',
  ],
  ['Slack without text', (c) => delete slack(c).text, 'receiver web-slack, slack_configs: text is empty'],
  [
    'Slack whose title leads to a pod',
    (c) => delete slack(c).title_link,
    'receiver web-slack, slack_configs: title_link is empty',
  ],
  ['mail without a text part', (c) => delete mail(c).text, 'receiver ops-mail, email_configs: text is empty'],
  [
    'mail with an empty subject',
    (c) => Object.assign(mail(c).headers, { Subject: '' }),
    'receiver ops-mail, email_configs: the subject is empty',
  ],
  [
    'a template that is not there',
    (c) => Object.assign(slack(c), { text: '{{ template "plimsoll.slck" . }}' }),
    'receiver web-slack, slack_configs: there is no template plimsoll.slck',
  ],
  [
    'a default that tells nobody',
    (c) => Object.assign(c.route, { receiver: '_nowhere' }),
    'route: the default receiver tells nobody',
  ],
  [
    'a root that takes not everything',
    (c) => Object.assign(c.route, { matchers: [is('team', 'web')] }),
    'route: the root must take everything at every hour',
  ],
  [
    'a root that sleeps',
    (c) => Object.assign(c.route, { active_time_intervals: ['office'] }),
    'route: the root must take everything at every hour',
  ],
  [
    'a receiver that is not there',
    (c) => Object.assign(c.route.routes[2], { receiver: 'x' }),
    'route.routes[2]: there is no receiver x',
  ],
  [
    'a matcher without quotes',
    (c) => Object.assign(c.route.routes[2], { matchers: ['team=web'] }),
    'route.routes[2]: the matcher team=web is not in the form name="value"',
  ],
  [
    'a second receiver without continue',
    (c) => delete c.route.routes[2].continue,
    'route.routes[3]: never reached, a route above takes all of it',
  ],
  [
    'a repeat between two group intervals',
    (c) => Object.assign(c.route.routes[2], { repeat_interval: '7m' }),
    'route.routes[2]: repeat_interval 7m is no multiple of 5m',
  ],
  [
    'hours without the rest of the day',
    (c) => delete hours(c).continue,
    'route.routes[5]: loses what comes outside of office',
  ],
  [
    'hours whose other side has other hours',
    (c) => Object.assign(c.route.routes[6], { mute_time_intervals: ['night'] }),
    'route.routes[5]: loses what comes outside of office',
  ],
  [
    'a heartbeat that repeats at the interval',
    (c) => Object.assign(watchdog(c), { repeat_interval: '1m' }),
    'Watchdog: repeat_interval must be just below group_interval',
  ],
  [
    'a heartbeat of 12 hours',
    (c) => Object.assign(watchdog(c), { repeat_interval: '12h' }),
    'Watchdog: repeat_interval must be just below group_interval',
  ],
  [
    'a heartbeat that waits',
    (c) => Object.assign(watchdog(c), { group_wait: '30s' }),
    'Watchdog: the first beat waits',
  ],
  [
    'a heartbeat by mail',
    (c) => Object.assign(watchdog(c), { receiver: 'ops-mail' }),
    'Watchdog: its receiver is no webhook',
  ],
  [
    'an inhibit rule without a name',
    (c) => delete c.inhibit_rules[0].name,
    'inhibit rule without a name: metrics tell rules apart by their names',
  ],
  [
    'two inhibit rules of one name',
    (c) => Object.assign(c.inhibit_rules[1], { name: 'page-over-ticket' }),
    'inhibit rule page-over-ticket: the name is used twice',
  ],
  [
    'equal that is empty',
    (c) => Object.assign(c.inhibit_rules[0], { equal: [] }),
    'inhibit rule page-over-ticket: equal is empty',
  ],
  [
    'a target without the label of equal',
    (c) => rule(c, 'page-over-ticket').target_matchers.splice(2, 1),
    'inhibit rule page-over-ticket: without the label slo on both sides it would silence everything',
  ],
  [
    'a source without the label of equal',
    (c) => rule(c, 'maintenance-over-target').source_matchers.pop(),
    'inhibit rule maintenance-over-target: without the label target on both sides it would silence everything',
  ],
  [
    'an alert that silences itself',
    (c) => rule(c, 'maintenance-over-target').target_matchers.shift(),
    'inhibit rule maintenance-over-target: an alert can be source and target',
  ],
  [
    'pages that silence pages',
    (c) => Object.assign(rule(c, 'page-over-ticket').target_matchers, { 1: is('severity', 'page') }),
    'inhibit rule page-over-ticket: an alert can be source and target',
  ],
  [
    'an inhibit rule with a matcher that is none',
    (c) => rule(c, 'page-over-ticket').target_matchers.push('slo'),
    'inhibit rule page-over-ticket: the matcher slo is not in the form name="value"',
  ],
])('%s', (_name, change, trap) => {
  expect(withChange(change)).toContain(trap);
});

describe('timing', () => {
  it('of what is shipped repeats at multiples of the group interval', () => {
    expect(TIMING.repeatMs % TIMING.groupIntervalMs).toBe(0);
    expect(TIMING.repeatTicketMs % TIMING.groupIntervalMs).toBe(0);
  });
  it.each(['5s', '61s', '1h'])(
    'a heartbeat every %s is looked at once per interval, and is then always due',
    (every) => {
      const spec = routedSpec({ deadman: { urlFile: '/x', every } });
      expect(trapsIn(alertmanagerConfig(spec)!, templates)).toEqual([]);
    },
  );
});

describe('matchers', () => {
  it('are in the form that both parsers read alike, whatever the value', () => {
    const odd = 'a"b\\c\nd';
    expect(is('x', odd)).toBe('x="a\\"b\\\\c\\nd"');
    expect(parseMatcher(is('x', odd))).toEqual({ label: 'x', op: '=', value: odd });
    for (const bad of ['x=a', "x='a'", 'x="a', '"x"="a"', 'x == "a"', 'x="a\\d"'])
      expect(parseMatcher(bad)).toBeUndefined();
  });
  it('of one value are plain, of several a regular expression of literals in order', () => {
    expect(isOneOf('x', ['a'])).toBe('x="a"');
    expect(isOneOf('x', ['b.c', 'a', 'a'])).toBe('x=~"a|b\\\\.c"');
    expect(() => isOneOf('x', [])).toThrow('x: a matcher needs a value');
  });
  it.each([
    [is('x', 'a'), { x: 'a' }, true],
    [is('x', ''), {}, true],
    [isNot('x', 'a'), {}, true],
    [has('x'), {}, false],
    [has('x'), { x: 'a' }, true],
    [isOneOf('x', ['a', 'b']), { x: 'b' }, true],
    [isOneOf('x', ['a', 'b']), { x: 'ab' }, false],
    ['x!~"a|b"', { x: 'a' }, false],
    ['x!~"a|b"', {}, true],
  ])('%s on %o: %s', (matcher, labels, isMatch) => {
    expect(matches(matcher, labels as Record<string, string>)).toBe(isMatch);
  });
});
