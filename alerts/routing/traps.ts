// Checks of a configuration for what Alertmanager accepts and then loses alerts by. Pure; looks at the result, not at the spec,
// and shares nothing with what made it but the reading of matchers.
import type { GeneratedFile } from '../../src/generate/file.ts';
import { parseDuration } from '../../src/spec/scalars.ts';
import type { AlertmanagerConfig, AmReceiver, AmRoute, Integration } from './config.ts';
import { inhibitTraps } from './inhibit-traps.ts';
import { WATCHDOG } from './labels.ts';
import { parseMatcher } from './matcher.ts';
import { routesFor } from './receivers-for.ts';

/** What is wrong, one text each. Empty if nothing is. */
export function trapsIn(config: AlertmanagerConfig, templates: readonly GeneratedFile[]): string[] {
  const { route, receivers } = config;
  return [
    ...receivers.flatMap((receiver) => receiverTraps(receiver, templates)),
    ...rootTraps(route, receivers),
    ...routeTraps(route, route, 'route', new Set(receivers.map(({ name }) => name))),
    ...watchdogTraps(route, receivers),
    ...inhibitTraps(config.inhibit_rules),
  ];
}

const integrationsOf = (receiver: AmReceiver): [kind: string, integration: Integration][] =>
  Object.entries(receiver).flatMap(([key, value]) =>
    Array.isArray(value) ? value.map((own): [string, Integration] => [key, own]) : [],
  );

/** Texts whose default is empty, or leads to the host name of a pod. */
const TEXTS: Readonly<Record<string, readonly string[]>> = {
  slack_configs: ['title', 'title_link', 'text', 'fallback'],
  email_configs: ['html', 'text', 'headers'],
  pagerduty_configs: ['description', 'client_url'],
};

function receiverTraps(receiver: AmReceiver, templates: readonly GeneratedFile[]): string[] {
  const defined = new Set(
    templates.flatMap(({ text }) => [...text.matchAll(/{{-?\s*define "([^"]+)"/g)].map((m) => m[1]!)),
  );
  return integrationsOf(receiver).flatMap(([kind, integration]) => {
    const where = `receiver ${receiver.name}, ${kind}`;
    const used = [...JSON.stringify(integration).matchAll(/template \\"([^"\\]+)\\"/g)].map((m) => m[1]!);
    const headers = (integration.headers ?? {}) as { Subject?: string };
    return [
      // Its default differs: true for PagerDuty and webhooks, false for Slack and e-mail.
      ...(typeof integration.send_resolved === 'boolean' ? [] : [`${where}: send_resolved is not set`]),
      ...(TEXTS[kind] ?? []).filter((key) => !integration[key]).map((key) => `${where}: ${key} is empty`),
      ...(kind !== 'email_configs' || headers.Subject ? [] : [`${where}: the subject is empty`]),
      ...used.filter((name) => !defined.has(name)).map((name) => `${where}: there is no template ${name}`),
    ];
  });
}

function rootTraps(root: AmRoute, receivers: readonly AmReceiver[]): string[] {
  const fallback = receivers.find(({ name }) => name === root.receiver);
  return [
    ...(fallback === undefined || integrationsOf(fallback).length === 0
      ? ['route: the default receiver tells nobody']
      : []),
    ...(root.matchers !== undefined ||
    root.active_time_intervals !== undefined ||
    root.mute_time_intervals !== undefined
      ? ['route: the root must take everything at every hour']
      : []),
  ];
}

function routeTraps(route: AmRoute, parent: AmRoute, where: string, known: ReadonlySet<string>): string[] {
  const interval = route.group_interval ?? parent.group_interval;
  const effective: AmRoute = { ...parent, ...route, ...(interval !== undefined && { group_interval: interval }) };
  const children = route.routes ?? [];
  return [
    ...(route.receiver !== undefined && !known.has(route.receiver)
      ? [`${where}: there is no receiver ${route.receiver}`]
      : []),
    ...(route.matchers ?? [])
      .filter((matcher) => parseMatcher(matcher) === undefined)
      .map((matcher) => `${where}: the matcher ${matcher} is not in the form name="value"`),
    ...repeatTraps(effective, where),
    ...children.flatMap((child, i) => [
      ...routeTraps(child, effective, `${where}.routes[${i}]`, known),
      // One without a receiver only groups otherwise.
      ...(child.receiver !== undefined &&
      children.slice(0, i).some((above) => above.continue !== true && takesAll(above, child))
        ? [`${where}.routes[${i}]: never reached, a route above takes all of it`]
        : []),
      ...hoursTraps(child, children[i + 1], `${where}.routes[${i}]`),
    ]),
  ];
}

const isWatchdog = ({ matchers = [] }: AmRoute) => matchers.includes(`alertname="${WATCHDOG.alertname}"`);

/** A group is looked at once in a group interval: a repeat interval between two of them is as long as the next. */
function repeatTraps(route: AmRoute, where: string): string[] {
  const [repeat, interval] = [route.repeat_interval, route.group_interval].map((text) => parseDuration(text ?? ''));
  if (repeat === undefined || interval === undefined || interval === 0)
    return [`${where}: repeat_interval and group_interval are needed`];
  // The heartbeat has a rule of its own, in watchdogTraps.
  if (isWatchdog(route) || repeat % interval === 0) return [];
  return [`${where}: repeat_interval ${route.repeat_interval} is no multiple of ${route.group_interval}`];
}

/** Every matcher of `above` stands in `below` too, so nothing gets past it. */
const takesAll = (above: AmRoute, below: AmRoute): boolean =>
  (above.matchers ?? []).every((matcher) => (below.matchers ?? []).includes(matcher));

/** Alertmanager drops what is over before the hours begin, so the route after this one must take the other hours. */
function hoursTraps(route: AmRoute, next: AmRoute | undefined, where: string): string[] {
  const { active_time_intervals: active = [] } = route;
  if (active.length === 0) return [];
  const hasNext = route.continue === true && next !== undefined && takesAll(next, route) && takesAll(route, next);
  const goesOn = hasNext && (next.active_time_intervals ?? []).join() === active.join();
  const covers =
    hasNext &&
    next.active_time_intervals === undefined &&
    (next.mute_time_intervals === undefined || next.mute_time_intervals.join() === active.join());
  return goesOn || covers ? [] : [`${where}: loses what comes outside of ${active.join(', ')}`];
}

/** The heartbeat must leave by webhook, at once, once per group interval: a repeat interval as long would skip every second one. */
function watchdogTraps(root: AmRoute, receivers: readonly AmReceiver[]): string[] {
  const [taken] = routesFor(root, WATCHDOG);
  const receiver = receivers.find(({ name }) => name === taken?.receiver);
  if (taken === undefined || receiver === undefined || integrationsOf(receiver).length === 0) return [];
  const { route } = taken;
  const [repeat = 0, interval = 0] = [route.repeat_interval, route.group_interval].map((t) => parseDuration(t ?? ''));
  return [
    ...(receiver.webhook_configs === undefined ? ['Watchdog: its receiver is no webhook'] : []),
    ...(repeat > 0 && repeat < interval && repeat * 2 > interval
      ? []
      : ['Watchdog: repeat_interval must be just below group_interval']),
    ...(route.group_wait === '0s' ? [] : ['Watchdog: the first beat waits']),
    ...(route.continue === true ? ['Watchdog: goes on to other receivers'] : []),
  ];
}
