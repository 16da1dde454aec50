// Alertmanager's whole configuration from a spec, in the shipped form: Alertmanager 0.34. Pure. Other forms are in forms.ts.
import type { Spec } from '../../src/spec/spec.ts';
import { deadman } from '../channels/deadman.ts';
import { mailServer } from '../channels/email.ts';
import { channelOf } from '../channels/list.ts';
import type { AlertmanagerConfig } from './config.ts';
import { inhibitRules } from './inhibit.ts';
import { timeIntervals } from './intervals.ts';
import { NOWHERE, routeTree, TIMING, type Timing } from './route-tree.ts';

/** Undefined if the section notify is empty: nobody can be told, and a configuration would only lose alerts. */
export function alertmanagerConfig(spec: Spec, timing: Timing = TIMING): AlertmanagerConfig | undefined {
  const { notify } = spec;
  if (notify.default === undefined) return undefined;
  const route = routeTree(notify, timing);
  return {
    ...(notify.smtp !== undefined && { global: mailServer(notify.smtp) }),
    // Beside the configuration, whatever folder both are mounted into.
    templates: ['templates/*.tmpl'],
    route,
    inhibit_rules: inhibitRules(spec, route),
    ...(notify.hours.length > 0 && { time_intervals: timeIntervals(notify.hours) }),
    receivers: [
      ...notify.receivers.map(channelOf),
      ...(notify.deadman === undefined ? [] : [deadman(notify.deadman)]),
      { name: NOWHERE },
    ],
  };
}
