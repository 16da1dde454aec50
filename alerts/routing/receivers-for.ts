// Who gets an alert, by a tree of routes: what Alertmanager does with it, without the clock. Pure.
import type { AmRoute } from './config.ts';
import type { Labels } from './labels.ts';
import { matchAll } from './matcher.ts';

/** A route that takes the alert, with the receiver that it has or inherits. */
export interface Taken {
  readonly receiver: string;
  readonly route: AmRoute;
}

/** Routes that take an alert with these labels, in the order of the tree; never empty, as the root takes everything. */
export function routesFor(root: AmRoute, labels: Labels, inherited = root.receiver ?? ''): readonly Taken[] {
  const receiver = root.receiver ?? inherited;
  const taken: Taken[] = [];
  for (const route of root.routes ?? []) {
    if (!matchAll(route.matchers ?? [], labels)) continue;
    taken.push(...routesFor(route, labels, receiver));
    if (route.continue !== true) break;
  }
  return taken.length > 0 ? taken : [{ receiver, route: root }];
}

/** Names of the receivers, each once, in the order of the tree. */
export const receiversFor = (root: AmRoute, labels: Labels): readonly string[] => [
  ...new Set(routesFor(root, labels).map(({ receiver }) => receiver)),
];
