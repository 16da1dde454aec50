// What outsiders may know, as data: components in plain words, 90 days, disturbances, planned work. No name of an SLO, a target or
// an outcome is in it. Pure.
import type { SloView } from '../engine/view.ts';
import type { Episode } from '../slo/episodes.ts';
import { type Counts, ZERO } from '../slo/history.ts';
import type { StatusPage } from '../spec/status-page.ts';

export type ComponentState = 'works' | 'errors' | 'down' | 'maintenance' | 'unknown';

/** Words for outsiders. */
export const STATE_WORDS: Readonly<Record<ComponentState, string>> = {
  works: 'works',
  errors: 'works with errors',
  down: 'does not work',
  maintenance: 'planned work',
  unknown: 'not known just now',
};

export interface Day {
  /** Begin of the day (UTC), ms since 1970. */
  readonly atMs: number;
  /** null: not measured. */
  readonly goodRatio: number | null;
  readonly badMinutes: number;
  /** Share of the day that is known. */
  readonly knownRatio: number;
}

export interface Component {
  readonly name: string;
  readonly state: ComponentState;
  /** Oldest first; of each day the SLO with the most errors. */
  readonly days: readonly Day[];
  /** Of the measured time of all days; null if nothing was measured. */
  readonly goodRatio: number | null;
}

export interface Incident {
  readonly component: string;
  readonly fromMs: number;
  /** null: it goes on. */
  readonly toMs: number | null;
}

export interface Planned {
  readonly fromMs: number;
  readonly toMs: number;
  readonly components: readonly string[];
}

export interface StatusData {
  readonly title: string;
  readonly atMs: number;
  readonly overall: ComponentState;
  readonly components: readonly Component[];
  /** Newest first. */
  readonly incidents: readonly Incident[];
  readonly planned: readonly Planned[];
  readonly messages: StatusPage['messages'];
}

/** What is known of one SLO of the page. */
export interface StatusSlo {
  readonly view: SloView;
  readonly episodes: readonly Episode[];
  readonly maintenance: readonly { readonly fromMs: number; readonly toMs: number }[];
  readonly stepMs: number;
  readonly days: readonly Counts[];
}

const BAD_SHARE = 0.5;
/** Fewer bad events than this are not told to outsiders as a disturbance: as few never fire an alert. */
const FEWEST_BAD = 3;
const MOST_INCIDENTS = 20;
const WORST: readonly ComponentState[] = ['down', 'errors', 'unknown', 'maintenance', 'works'];

/** `edges` of the days; `slos` by name. */
export function statusData(
  page: StatusPage,
  slos: ReadonlyMap<string, StatusSlo>,
  edges: readonly number[],
  nowMs: number,
): StatusData {
  const parts = page.components.map(({ name, slos: names }) => ({
    name,
    of: names.flatMap((slo) => slos.get(slo) ?? []),
  }));
  const components = parts.map(({ name, of }): Component => {
    const days = edges.slice(0, -1).map((atMs, i) => worstDay(atMs, edges[i + 1]! - atMs, of, i));
    const total = of.map(({ days: d }) => ratioOf(d)).filter((r) => r !== null);
    return {
      name,
      state: worst(of.map((slo) => stateOf(slo, nowMs))),
      days,
      goodRatio: total.length === 0 ? null : Math.min(...total),
    };
  });
  return {
    title: page.title,
    atMs: nowMs,
    overall: worst(components.map(({ state }) => state)),
    components,
    incidents: parts
      .flatMap(({ name, of }) => incidentsOf(name, of, edges[0] ?? 0, nowMs))
      .sort((a, b) => b.fromMs - a.fromMs)
      .slice(0, MOST_INCIDENTS),
    planned: plannedOf(parts, nowMs),
    messages: page.messages.toSorted((a, b) => b.at - a.at),
  };
}

const worst = (states: readonly ComponentState[]): ComponentState => WORST.find((s) => states.includes(s)) ?? 'unknown';

/** Of the window that means now: a share of a half that fails is down; a condition of an alert that holds is errors. */
function stateOf({ view, episodes, stepMs }: StatusSlo, nowMs: number): ComponentState {
  if (view.state === 'maintenance') return 'maintenance';
  if (view.state === 'no-data' || view.currentBurnRate === null) return 'unknown';
  const badShare = view.currentBurnRate * (1 - view.objective);
  const newest = episodes.at(-1);
  const goesOn = newest !== undefined && newest.bad >= FEWEST_BAD && nowMs - newest.lastBadMs <= 2.5 * stepMs;
  if (goesOn && badShare >= BAD_SHARE) return 'down';
  if (goesOn || (view.firing.length > 0 && badShare > 0)) return 'errors';
  return 'works';
}

const ratioOf = (days: readonly Counts[]): number | null => {
  const [good, bad] = [days.reduce((n, d) => n + d.good, 0), days.reduce((n, d) => n + d.bad, 0)];
  return good + bad === 0 ? null : good / (good + bad);
};

function worstDay(atMs: number, lengthMs: number, of: readonly StatusSlo[], i: number): Day {
  const days = of.map(({ days: counts, stepMs }) => {
    const { good, bad, excludedGood, excludedBad } = counts[i] ?? ZERO;
    const known = good + bad + excludedGood + excludedBad;
    return {
      goodRatio: good + bad === 0 ? null : good / (good + bad),
      badMinutes: (bad * stepMs) / 60_000,
      knownRatio: Math.min(1, known / Math.max(1, lengthMs / stepMs)),
    };
  });
  const measured = days.filter((d) => d.goodRatio !== null).sort((a, b) => b.badMinutes - a.badMinutes);
  return { atMs, ...(measured[0] ?? { goodRatio: null, badMinutes: 0, knownRatio: 0 }) };
}

/** Episodes of the SLOs of a component; those that overlap are one. */
function incidentsOf(component: string, of: readonly StatusSlo[], fromMs: number, nowMs: number): Incident[] {
  const found = of
    .flatMap(({ episodes, stepMs }) =>
      episodes
        .filter((e) => e.bad >= FEWEST_BAD && e.lastBadMs >= fromMs)
        .map((e) => ({ from: e.startMs, to: e.lastBadMs + stepMs, goesOn: nowMs - e.lastBadMs <= 2.5 * stepMs })),
    )
    .sort((a, b) => a.from - b.from);
  const joined: typeof found = [];
  for (const each of found) {
    const last = joined.at(-1);
    if (last === undefined || each.from > last.to) joined.push({ ...each });
    else Object.assign(last, { to: Math.max(last.to, each.to), goesOn: last.goesOn || each.goesOn });
  }
  return joined.map(({ from, to, goesOn }) => ({ component, fromMs: from, toMs: goesOn ? null : to }));
}

/** Work to come, and work that goes on. Reasons and names of people stay inside. */
function plannedOf(parts: readonly { name: string; of: readonly StatusSlo[] }[], nowMs: number): Planned[] {
  const all = parts.flatMap(({ name, of }) =>
    of.flatMap(({ maintenance }) =>
      maintenance.filter(({ toMs }) => toMs > nowMs).map(({ fromMs, toMs }) => ({ name, fromMs, toMs })),
    ),
  );
  return [...Map.groupBy(all, ({ fromMs, toMs }) => `${fromMs} ${toMs}`).values()]
    .map((same) => ({
      fromMs: same[0]!.fromMs,
      toMs: same[0]!.toMs,
      components: [...new Set(same.map((s) => s.name))],
    }))
    .sort((a, b) => a.fromMs - b.fromMs);
}
