// Checks of the section notify: names that nobody has, routes that get nothing, hours that lose alerts.
// Pure; every problem at once; nothing follows from a null (part.ts).
import type { Path, Problem } from './finding.ts';
import { didYouMean, nearest } from './nearest.ts';
import type { Hours, Notify, Route } from './notify.ts';
import type { Part } from './part.ts';
import type { RuleId } from './rules.ts';
import { checkTimeZone } from './time-zone.ts';

type KnownNotify = Part<Notify>;

/** What the rest of the spec has; null if some names could not be read. */
export interface KnownOwners {
  readonly teams: readonly string[] | null;
  readonly services: readonly string[] | null;
}

/** Problems of the section, found at `path`. */
export function checkNotify(notify: KnownNotify | null, path: Path, owners: KnownOwners): Problem[] {
  if (notify === null) return [];
  return [
    ...required(notify, path),
    ...references(notify, path),
    ...duplicates(notify, path),
    ...(notify.hours ?? []).flatMap((hours, i) => (hours === null ? [] : checkHours(hours, [...path, 'hours', i]))),
    ...(notify.routes ?? []).flatMap((route, i) =>
      route === null ? [] : checkRoute(route, [...path, 'routes', i], owners),
    ),
    ...shadowed(notify.routes ?? [], path),
    ...unused(notify, path),
    ...unheard(notify, path, owners),
  ];
}

/** The names in a list, or null if one of them, or one of the items, is not known. */
function namesOf(list: readonly (Part<{ name: string }> | null)[] | null): readonly string[] | null {
  const names = (list ?? [null]).map((item) => item?.name ?? null);
  return names.every((name) => name !== null) ? names : null;
}

/** Keys that are needed because of others. */
function required(notify: KnownNotify, path: Path): Problem[] {
  const problems: Problem[] = [];
  const isUsed = Object.values(notify).some((value) => (Array.isArray(value) ? value.length > 0 : value !== undefined));
  if (isUsed && notify.default === undefined)
    problems.push({
      rule: 'missing-key',
      path,
      atKey: true,
      message: 'notify needs default: the receiver of everything that no route takes',
      hint: 'name one of the receivers, e.g. default: ops-mail',
    });
  for (const [i, receiver] of (notify.receivers ?? []).entries()) {
    if (receiver?.kind !== 'email' || notify.smtp !== undefined) continue;
    problems.push({
      rule: 'missing-key',
      path: [...path, 'receivers', i, 'kind'],
      message: 'a receiver of kind email needs notify.smtp',
      hint: 'smtp: { server: mail.example.org:587, from: slo@example.org }',
    });
  }
  if (isUsed && notify.deadman === undefined)
    problems.push({
      rule: 'no-deadman',
      path,
      atKey: true,
      message: "no dead-man's switch: nobody is told when rules or Alertmanager itself stop",
      hint: 'deadman: { urlFile: /etc/alertmanager/secrets/deadman }, with the URL of a service outside the platform',
    });
  return problems;
}

/** What one of the list is called in a sentence. */
const ONE_OF = { receivers: 'receiver', hours: 'business hours' } as const;

/** Names of receivers and hours that do not exist. */
function references(notify: KnownNotify, path: Path): Problem[] {
  const receivers = namesOf(notify.receivers);
  const hours = namesOf(notify.hours);
  const unknown = (
    rule: RuleId,
    what: keyof typeof ONE_OF,
    known: readonly string[] | null,
    name: string | null,
    at: Path,
  ) =>
    name === null || known === null || known.includes(name)
      ? []
      : [
          {
            rule,
            path: at,
            message: `unknown ${ONE_OF[what]} "${name}"`,
            hint: didYouMean(name, known, what) ?? `notify has no ${what === 'hours' ? ONE_OF.hours : what}`,
          },
        ];
  const routes = (notify.routes ?? []).flatMap((route, i): Problem[] => [
    ...(route?.to ?? []).flatMap((name, j) =>
      unknown('unknown-receiver', 'receivers', receivers, name, [...path, 'routes', i, 'to', j]),
    ),
    ...unknown('unknown-hours', 'hours', hours, route?.hours ?? null, [...path, 'routes', i, 'hours']),
  ]);
  return [
    ...unknown('unknown-receiver', 'receivers', receivers, notify.default ?? null, [...path, 'default']),
    ...routes,
  ];
}

function duplicates(notify: KnownNotify, path: Path): Problem[] {
  return (['receivers', 'hours'] as const).flatMap((list) => {
    const seen = new Set<string>();
    return (notify[list] ?? []).flatMap((item, i): Problem[] => {
      const name = item?.name ?? null;
      const isTwice = name !== null && seen.has(name);
      if (name !== null) seen.add(name);
      if (!isTwice) return [];
      const at = [...path, list, i, 'name'];
      return [
        {
          rule: 'duplicate-name',
          path: at,
          message: `the name "${name}" is used twice in ${list}`,
          hint: 'rename one of them',
        },
      ];
    });
  });
}

function checkHours(hours: Part<Hours>, path: Path): Problem[] {
  const problems = hours.timeZone === null ? [] : checkTimeZone(hours.timeZone, [...path, 'timeZone']);
  if (hours.from !== null && hours.to !== null && hours.from >= hours.to)
    problems.push({
      rule: 'hours-range',
      path: [...path, 'to'],
      message: `business hours end at ${hours.to}, which is not after ${hours.from}`,
      hint: 'they end on the same day, at "24:00" at the latest',
    });
  return problems;
}

function checkRoute(route: Part<Route>, path: Path, owners: KnownOwners): Problem[] {
  const problems: Problem[] = [];
  if (route.hours !== undefined && (route.severity === undefined || route.severity === 'page'))
    problems.push({
      rule: 'route-hours',
      path: [...path, 'hours'],
      message: 'business hours on a route that takes pages',
      hint: 'a page wakes someone at any hour; business hours need severity: ticket',
    });
  const unknown = (rule: RuleId, key: 'teams' | 'services', known: readonly string[] | null, isWrong = isUnknown) =>
    (route[key] ?? []).flatMap((name, i): Problem[] =>
      name === null || known === null || !isWrong(name, known)
        ? []
        : [
            {
              rule,
              path: [...path, key, i],
              message: `no SLO has the ${key.slice(0, -1)} "${name}"`,
              hint: didYouMean(name, known, key) ?? 'the spec has no SLOs',
            },
          ],
    );
  return [
    ...problems,
    // Components may belong to teams without an SLO, so only what looks misspelt is a problem.
    ...unknown(
      'unknown-team',
      'teams',
      owners.teams,
      (name, known) => isUnknown(name, known) && !!nearest(name, known),
    ),
    ...unknown('unknown-service', 'services', owners.services),
  ];
}

const isUnknown = (name: string, known: readonly string[]): boolean => !known.includes(name);

const KEYS = ['severity', 'teams', 'services'] as const;

/** Routes that get nothing, as one above them takes all that they would match. */
function shadowed(routes: readonly (Part<Route> | null)[], path: Path): Problem[] {
  return routes.flatMap((route, i): Problem[] => {
    const above = route === null ? -1 : routes.slice(0, i).findIndex((other) => other !== null && takes(other, route));
    if (above < 0) return [];
    const at = [...path, 'routes', i];
    return [
      {
        rule: 'route-shadowed',
        path: at,
        message: `no alert comes here: routes[${above}] takes all of them`,
        hint: 'the first route that matches takes the alert: put this one above it, or its receivers into it',
      },
    ];
  });
}

/** Does `above` match everything that `below` matches? Not, if something of either is not known. */
function takes(above: Part<Route>, below: Part<Route>): boolean {
  return KEYS.every((key) => {
    const [wide, narrow] = [above[key], below[key]].map((value) => (typeof value === 'string' ? [value] : value));
    if (wide === undefined) return true;
    return wide !== null && !!narrow && narrow.every((name) => name !== null && wide.includes(name as never));
  });
}

/** Teams whose pages go to the default receiver, while some route is for pages. */
function unheard({ default: fallback, routes }: KnownNotify, path: Path, { teams }: KnownOwners): Problem[] {
  if (teams === null || typeof fallback !== 'string' || routes == null || routes.includes(null)) return [];
  const known = routes as readonly Part<Route>[];
  if (!known.some(({ severity }) => severity === 'page')) return [];
  const takes = ({ severity, teams: of }: Part<Route>, team: string): boolean =>
    (severity === undefined || severity === 'page') && ((of ?? []).length === 0 || of!.includes(team));
  return [...new Set(teams)]
    .filter((team) => !known.some((route) => takes(route, team)))
    .map((team) => ({
      rule: 'page-to-default',
      path: [...path, 'default'],
      message: `pages of the team "${team}" take no route and go to "${fallback}"`,
      hint: `add a route: { severity: page, teams: [${team}], to: [${team}-pager] }`,
    }));
}

function unused(notify: KnownNotify, path: Path): Problem[] {
  const named = [notify.default ?? null, ...(notify.routes ?? [null]).flatMap((route) => route?.to ?? [null])];
  // With a name that is wrong or not known, the receiver may be the one that is meant.
  const known = namesOf(notify.receivers);
  if (known === null || named.some((name) => name === null || !known.includes(name))) return [];
  return known.flatMap((name, i): Problem[] =>
    named.includes(name)
      ? []
      : [
          {
            rule: 'unused-receiver',
            path: [...path, 'receivers', i, 'name'],
            message: `nothing is sent to the receiver "${name}"`,
            hint: 'name it in a route, or remove it',
          },
        ],
  );
}
