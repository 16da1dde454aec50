// The tree of routes: heartbeat first, then alerts that are for nobody, then the routes of the spec, and the default at the root.
// Pure. What nobody takes is told to the default receiver, so nothing is lost.
import type { Notify, Route } from '../../src/spec/notify.ts';
import { formatDuration } from '../../src/spec/scalars.ts';
import { DEADMAN } from '../channels/deadman.ts';
import type { AmRoute } from './config.ts';
import { BURN, SILENT, WATCHDOG } from './labels.ts';
import { is, isOneOf } from './matcher.ts';

/** Gets alerts that are for nobody. No receiver of a spec can have this name: those have no underscore. */
export const NOWHERE = '_nowhere';

/** When notifications go out, in ms. Repeats are multiples of the group interval: Alertmanager looks only then. */
export interface Timing {
  /** How long the first notification of a group waits for more alerts, and for those that inhibit. */
  readonly groupWaitMs: number;
  readonly groupIntervalMs: number;
  readonly repeatMs: number;
  readonly repeatTicketMs: number;
}
const MINUTE = 60_000;
export const TIMING: Timing = {
  groupWaitMs: MINUTE / 2,
  groupIntervalMs: 5 * MINUTE,
  repeatMs: 4 * 60 * MINUTE,
  repeatTicketMs: 24 * 60 * MINUTE,
};

/** Throws an Error if the section has no default receiver. */
export function routeTree(notify: Notify, timing: Timing = TIMING): AmRoute {
  const { default: fallback, deadman } = notify;
  if (fallback === undefined) throw new Error('notify has no default receiver');
  return {
    receiver: fallback,
    group_by: ['alertname', 'cluster', 'service'],
    group_wait: formatDuration(timing.groupWaitMs),
    group_interval: formatDuration(timing.groupIntervalMs),
    repeat_interval: formatDuration(timing.repeatMs),
    routes: [
      ...(deadman === undefined ? [] : [heartbeat(deadman.every)]),
      { receiver: NOWHERE, matchers: [isOneOf('alertname', SILENT)] },
      ...notify.routes.flatMap((route) => routesOf(route, fallback, timing)),
      burnPages,
    ],
  };
}

/**
 * Below every route that takes pages: an incident for each SLO, as one that joins an incident that was acknowledged wakes nobody.
 * All other alerts of a service come together, so that an exporter that is gone is one message and not one for each SLO.
 */
const burnPages: AmRoute = {
  matchers: [is('alertname', BURN), is('severity', 'page')],
  group_by: ['alertname', 'cluster', 'slo'],
};

/**
 * Every group interval one beat: the group is looked at once in `everyMs`, and the repeat interval is then always over. Were both
 * the same, every second beat would be left out, as the last one was a moment less than the interval ago.
 */
function heartbeat(everyMs: number): AmRoute {
  const repeatMs = Math.floor((everyMs * 5) / 6 / 1000) * 1000;
  return {
    receiver: DEADMAN,
    matchers: Object.entries(WATCHDOG).map(([label, value]) => is(label, value)),
    group_by: ['alertname'],
    group_wait: '0s',
    group_interval: formatDuration(everyMs),
    repeat_interval: formatDuration(repeatMs),
  };
}

/**
 * Siblings with the same matchers, one per receiver; all but the last go on to the next. With business hours the default receiver
 * is the last one and is told in all other hours: Alertmanager would only hold a notification back, and an alert that is over
 * before the morning would never be told.
 */
function routesOf(route: Route, fallback: string, timing: Timing): AmRoute[] {
  const matchers = matchersOf(route);
  const own = {
    ...(matchers.length > 0 && { matchers }),
    ...(route.severity === 'ticket'
      ? { repeat_interval: formatDuration(timing.repeatTicketMs) }
      : { routes: [burnPages] }),
  };
  const to = [...new Set(route.to)];
  const { hours } = route;
  const routes: AmRoute[] =
    hours === undefined
      ? to.map((receiver) => ({ receiver, ...own }))
      : [
          ...to
            .filter((receiver) => receiver !== fallback)
            .map((receiver) => ({ receiver, ...own, active_time_intervals: [hours] })),
          to.includes(fallback)
            ? { receiver: fallback, ...own }
            : { receiver: fallback, ...own, mute_time_intervals: [hours] },
        ];
  return routes.map((sibling, i) => (i < routes.length - 1 ? { ...sibling, continue: true } : sibling));
}

const matchersOf = ({ severity, teams, services }: Route): string[] => [
  ...(severity === undefined ? [] : [is('severity', severity)]),
  ...(teams === undefined ? [] : [isOneOf('team', teams)]),
  ...(services === undefined ? [] : [isOneOf('service', services)]),
];
