// The data of the status page from the engine and the store. The store is read rarely: the page is open to all.
import { performance } from 'node:perf_hooks';
import type { Spec } from '../spec/spec.ts';
import { type DayCounts, dayCounts, dayEdges } from './days.ts';
import type { Sources } from './sources.ts';
import { type StatusData, type StatusSlo, statusData } from './status-data.ts';

const DAYS = 90;
const KEEP_MS = 60_000;
/** At most this share of the time goes into reading the store for it. */
const COST_SHARE = 0.01;

export class StatusSource {
  readonly #sources: Sources;
  #kept:
    | { readonly spec: Spec; readonly untilMs: number; readonly edges: number[]; readonly counts: DayCounts }
    | undefined;

  constructor(sources: Sources) {
    this.#sources = sources;
  }

  /** undefined: the spec has no status page. */
  data(): StatusData | undefined {
    const { engine } = this.#sources;
    const { statusPage } = engine.spec;
    if (statusPage.components.length === 0) return undefined;
    const nowMs = engine.evaluatedAt();
    const { edges, counts } = this.#days(nowMs);
    const slos = new Map<string, StatusSlo>();
    for (const name of this.names) {
      const [view, plan, entry] = [engine.view(name), engine.plan(name), engine.entry(name)];
      if (view === undefined || plan === undefined || entry === undefined) continue;
      const { stepMs, maintenance } = plan;
      slos.set(name, { view, stepMs, maintenance, episodes: entry.episodes, days: counts.get(name) ?? [] });
    }
    return statusData(statusPage, slos, edges, nowMs);
  }

  /** SLOs that the page stands on. */
  get names(): ReadonlySet<string> {
    return new Set(this.#sources.engine.spec.statusPage.components.flatMap(({ slos }) => slos));
  }

  #days(nowMs: number): { edges: number[]; counts: DayCounts } {
    const { engine, store } = this.#sources;
    const kept = this.#kept;
    const at = performance.now();
    if (kept !== undefined && kept.spec === engine.spec && at < kept.untilMs) return kept;
    const edges = dayEdges(nowMs, DAYS);
    const subjects = [...this.names].flatMap((name) => {
      const [plan, entry] = [engine.plan(name), engine.entry(name)];
      return plan === undefined || entry === undefined ? [] : [{ plan, entry }];
    });
    const counts = dayCounts(subjects, store(), edges);
    const tookMs = performance.now() - at;
    this.#kept = { spec: engine.spec, untilMs: at + Math.max(KEEP_MS, tookMs / COST_SHARE), edges, counts };
    return this.#kept;
  }
}
