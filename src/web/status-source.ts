// The data of the status page from the engine and the store. The store is read rarely, and once for all who wait: the page is open to all.
import { performance } from 'node:perf_hooks';
import type { Spec } from '../spec/spec.ts';
import { type DayCounts, dayCounts, dayEdges } from './days.ts';
import type { Sources } from './sources.ts';
import { type StatusData, type StatusSlo, statusData } from './status-data.ts';
import { Turns } from './turns.ts';

const DAYS = 90;
const KEEP_MS = 60_000;
/** At most this share of the time goes into reading the store for it. */
const COST_SHARE = 0.01;
/** What the view of an SLO costs, in counts that are read. */
const VIEW_COST = 1_000;

interface Kept {
  readonly spec: Spec;
  readonly untilMs: number;
  readonly edges: readonly number[];
  readonly counts: DayCounts;
}

export class StatusSource {
  readonly #sources: Sources;
  #kept: Kept | undefined;
  #reading: Promise<Kept> | undefined;

  constructor(sources: Sources) {
    this.#sources = sources;
  }

  /** undefined: the spec has no status page. */
  async data(): Promise<StatusData | undefined> {
    const { engine } = this.#sources;
    if (engine.spec.statusPage.components.length === 0) return undefined;
    const { spec, edges, counts } = await this.#days();
    const slos = new Map<string, StatusSlo>();
    const turns = new Turns();
    for (const name of namesOf(spec)) {
      if (turns.isOverAfter(VIEW_COST)) await turns.next();
      const [view, plan, entry] = [engine.view(name), engine.plan(name), engine.entry(name)];
      if (view === undefined || plan === undefined || entry === undefined) continue;
      const { stepMs, maintenance } = plan;
      slos.set(name, { view, stepMs, maintenance, episodes: entry.episodes, days: counts.get(name) ?? [] });
    }
    return statusData(spec.statusPage, slos, edges, engine.evaluatedAt());
  }

  /** SLOs that the page stands on. */
  get names(): ReadonlySet<string> {
    return namesOf(this.#sources.engine.spec);
  }

  async #days(): Promise<Kept> {
    const { spec } = this.#sources.engine;
    if (this.#kept?.spec === spec && performance.now() < this.#kept.untilMs) return this.#kept;
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    const kept = await this.#reading;
    // A spec that was loaded meanwhile may have other components.
    return kept.spec === this.#sources.engine.spec ? kept : this.#days();
  }

  async #read(): Promise<Kept> {
    const { engine, store } = this.#sources;
    const { spec } = engine;
    const edges = dayEdges(engine.evaluatedAt(), DAYS);
    const subjects = [...namesOf(spec)].flatMap((name) => {
      const [plan, entry] = [engine.plan(name), engine.entry(name)];
      return plan === undefined || entry === undefined ? [] : [{ plan, entry }];
    });
    const turns = new Turns();
    const counts = await dayCounts(subjects, store, edges, turns);
    const untilMs = performance.now() + Math.max(KEEP_MS, turns.busyMs / COST_SHARE);
    this.#kept = { spec, untilMs, edges, counts };
    return this.#kept;
  }
}

const namesOf = ({ statusPage }: Spec): ReadonlySet<string> =>
  new Set(statusPage.components.flatMap(({ slos }) => slos));
