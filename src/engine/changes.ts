// Changes of the platform: takes in what is told and what runs show, and serves them. Never decides whether who tells may.
import { type Family, labelText, startOf } from '../metrics/series.ts';
import type { Run } from '../probe/runner.ts';
import {
  type ChangePlace,
  type ChangeQuery,
  changeServices,
  OWN_SERVICE,
  servicesOf,
  type ToldChange,
} from '../spec/change.ts';
import { CHANGE_KINDS, METRICS } from '../spec/names.ts';
import type { Spec } from '../spec/spec.ts';
import type { ChangeLog } from '../store/change-log.ts';
import type { Change, ChangeStore } from '../store/change-tables.ts';
import { Circulation } from './circulation.ts';
import { sightOf } from './sights.ts';
import { whatChanged, withoutSecrets } from './spec-change.ts';

export interface ChangesPorts {
  readonly changeLog: ChangeLog;
  readonly log: { info(facts: object, text: string): void };
  /** Time line of the history, ms since 1970. */
  now(): number;
}

const DEFAULT_LIMIT = 100;
const SEEN = 'seen/';
const SPEC_KEY = 'spec';
const STARTED = 'started with another spec';

export class Changes {
  readonly #ports: ChangesPorts;
  #spec: Spec;
  #services: readonly string[] = [];
  /** By key of what is kept; the texts are those of the change log. */
  readonly #circulations = new Map<string, { place: string; circulation: Circulation }>();

  constructor(spec: Spec, ports: ChangesPorts) {
    this.#ports = ports;
    this.#spec = spec;
    this.load(spec, STARTED);
  }

  /** Takes over a spec. If it says something else than the one before, also one of an earlier process, that is a change. */
  load(spec: Spec, what = 'spec reloaded'): void {
    const before = this.#spec;
    this.#spec = spec;
    this.#services = changeServices(spec);
    const targets = new Set(spec.targets.map(({ name }) => name));
    for (const key of this.#ports.changeLog.keysBelow(SEEN)) if (!targets.has(key.split('/')[2]!)) this.#forget(key);
    const after = withoutSecrets(spec);
    if (!this.#ports.changeLog.keepDigest(SPEC_KEY, after)) return;
    // Of an earlier process nothing is known but the digest.
    const which = before === spec ? '' : `: ${whatChanged(withoutSecrets(before), after)}`;
    const text = `${what}${which} (targets: ${spec.targets.length}, SLOs: ${spec.slos.length})`;
    this.#see({ kind: 'config_reload', service: OWN_SERVICE, atMs: this.#ports.now(), text });
  }

  #forget(key: string): void {
    this.#ports.changeLog.keep(key, undefined);
    this.#circulations.delete(key);
  }

  /** What a change can belong to, and when it may have happened. */
  get place(): ChangePlace {
    return {
      services: this.#services,
      targets: this.#spec.targets.map(({ name }) => name),
      nowMs: this.#ports.now(),
      retentionMs: this.#spec.exporter.retention,
    };
  }

  /**
   * Records what was told. `isStored`: it is on disk; else it will be once the store can be written. `isNew`: the same change,
   * of the same time, was not told before: a pipeline may repeat what it got no answer to.
   */
  tell(told: ToldChange): { change: Change; isStored: boolean; isNew: boolean } {
    const change: Change = { ...told, source: 'api' };
    const { changeLog, log } = this.#ports;
    const text = JSON.stringify(ordered(change));
    const isNew = ![...changeLog.changes].some(
      (other) => other.atMs === change.atMs && JSON.stringify(ordered(other)) === text,
    );
    const { kind, service } = change;
    if (isNew) log.info({ kind, service }, 'a change was reported');
    return { change, isNew, isStored: isNew ? changeLog.add(change) : !changeLog.flush() };
  }

  #see(seen: Omit<Change, 'source'>): void {
    this.#ports.log.info(seen, 'a change was seen');
    this.#ports.changeLog.add({ ...seen, source: 'exporter' });
  }

  /** A finished run of the schedule may show that something changed. */
  onRun(run: Run): void {
    const sight = sightOf(run);
    if (sight === undefined) return;
    const { changeLog } = this.#ports;
    const { name } = run.target;
    const key = `${SEEN}${sight.kind}/${name}`;
    const circulation = this.#circulationOf(key, sight.place);
    const move = circulation.see(sight.value, run.atMs);
    changeLog.keep(key, JSON.stringify({ place: sight.place, saved: circulation.saved() }));
    if (move === undefined) return;
    const text = sight.text(move.from, move.to);
    for (const service of servicesOf(this.#spec, name))
      this.#see({ kind: sight.kind, service, atMs: move.atMs, text, target: name });
  }

  /** Of a target that leads elsewhere now, a new one. */
  #circulationOf(key: string, place: string): Circulation {
    const known = this.#circulations.get(key);
    if (known?.place === place) return known.circulation;
    const kept = JSON.parse(this.#ports.changeLog.kept(key) ?? '{}') as { place?: string; saved?: string };
    const circulation = new Circulation(kept.place === place ? kept.saved : undefined);
    this.#circulations.set(key, { place, circulation });
    return circulation;
  }

  /** Newest first. `more`: there are others beyond the limit. */
  list({ from = 0, to = Number.POSITIVE_INFINITY, kind, service, limit = DEFAULT_LIMIT }: ChangeQuery): {
    changes: Change[];
    more: boolean;
  } {
    const found = [...this.#ports.changeLog.changes]
      .filter(
        (c) => c.atMs >= from && c.atMs <= to && (kind ?? c.kind) === c.kind && (service ?? c.service) === c.service,
      )
      .reverse()
      .sort((a, b) => b.atMs - a.atMs);
    return { changes: found.slice(0, limit), more: found.length > limit };
  }

  /** A series for every kind and service from the start: the first change of a kind is a step from 0 that Prometheus sees. */
  *families(): Generator<Family> {
    const name = 'change_events_total';
    const { type, help } = METRICS[name];
    const samples = this.#services.flatMap((service) =>
      CHANGE_KINDS.flatMap((kind) => {
        const value = this.#ports.changeLog.total(kind, service);
        return value === undefined ? [] : [{ start: startOf(name, labelText(name, { kind, service })), value }];
      }),
    );
    yield { name, type, help, samples };
  }

  /** Goes on with a store that was opened late or again; returns the damaged records met. */
  useStore(store: ChangeStore): number {
    const damaged = this.#ports.changeLog.useStore(store);
    // What an earlier process saw stands above what this one saw so far.
    this.#circulations.clear();
    this.load(this.#spec, STARTED);
    return damaged;
  }

  /** Writes what is not on disk yet; returns the store's error if it refused. */
  flush(): Error | undefined {
    return this.#ports.changeLog.flush();
  }

  /** Forgets changes beyond the retention. */
  prune(nowMs: number): void {
    this.#ports.changeLog.prune(nowMs, this.#spec.exporter.retention);
  }
}

const ordered = ({ kind, service, atMs, text, link, target, by, source }: Change) => [
  kind,
  service,
  atMs,
  text,
  link,
  target,
  by,
  source,
];
