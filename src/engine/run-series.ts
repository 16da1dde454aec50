// What a run adds to the series of its target. Label texts are made once each: escaping them costs more than a probe's whole bookkeeping.
import { labelText, type SeriesTable } from '../metrics/series.ts';
import type { StepResult } from '../probe/probe.ts';
import type { Run } from '../probe/runner.ts';
import type { Spec } from '../spec/spec.ts';
import type { Target } from '../spec/target.ts';

/** Facts that are gauges; the newest step that knows one says it. */
const FACT_GAUGES = [
  ['probe_cert_not_after_timestamp_seconds', 'certNotAfterSeconds'],
  ['probe_replica_lag_seconds', 'replicaLagSeconds'],
  ['probe_cron_lag_seconds', 'cronLagSeconds'],
  ['probe_cache_age_seconds', 'cacheAgeSeconds'],
] as const;

/** The label texts of one target. */
class Texts {
  readonly here: string;
  readonly #target: Pick<Target, 'name' | 'kind'>;
  readonly #location: string;
  readonly #steps = new Map<string, string>();
  readonly #phases = new Map<string, string>();
  /** By step, then by outcome and blame. */
  readonly #runs = new Map<string, Map<string, string>>();

  constructor({ name, kind }: Pick<Target, 'name' | 'kind'>, location: string) {
    this.#target = { name, kind };
    this.#location = location;
    this.here = labelText('probe_last_run_timestamp_seconds', { target: name, location });
  }

  step(step: string): string {
    const labels = { target: this.#target.name, step, location: this.#location };
    return this.#steps.getOrInsertComputed(step, () => labelText('probe_step_duration_seconds', labels));
  }

  phase(phase: string): string {
    const labels = { target: this.#target.name, phase, location: this.#location };
    return this.#phases.getOrInsertComputed(phase, () => labelText('probe_phase_duration_seconds', labels));
  }

  run({ step, outcome, blame }: StepResult): string {
    const ofStep = this.#runs.getOrInsertComputed(step, () => new Map<string, string>());
    const { name: target, kind } = this.#target;
    const labels = { target, kind, step, outcome, blame, location: this.#location };
    return ofStep.getOrInsertComputed(`${outcome} ${blame}`, () => labelText('probe_runs_total', labels));
  }
}

export class RunSeries {
  readonly #series: SeriesTable;
  readonly #texts = new Map<string, Texts>();
  #location = '';

  constructor(series: SeriesTable) {
    this.#series = series;
  }

  /**
   * Takes over a spec: series of targets that went are dropped, and all of them if the location is another one, as each has it for a label.
   * `intervals`: seconds between two events, by target.
   */
  load({ exporter }: Pick<Spec, 'exporter'>, intervals: ReadonlyMap<string, number>): void {
    const isElsewhere = exporter.location !== this.#location;
    this.#location = exporter.location;
    this.#texts.clear();
    this.#series.limit = exporter.seriesPerTarget;
    this.#series.keepTargets(new Set(isElsewhere ? [] : intervals.keys()));
    const metric = 'probe_interval_seconds';
    for (const [target, seconds] of intervals)
      this.#series.set(metric, labelText(metric, { target, location: exporter.location }), target, seconds);
  }

  onRun({ target: of, steps, traceId, atMs }: Run): void {
    const target = of.name;
    const series = this.#series;
    const texts = this.#texts.getOrInsertComputed(target, () => new Texts(of, this.#location));
    const exemplar = { traceId, atSeconds: Math.round(atMs) / 1000 };
    for (const step of steps) {
      series.inc('probe_runs_total', texts.run(step), target);
      series.observe('probe_step_duration_seconds', texts.step(step.step), target, step.durationMs / 1000, exemplar);
      for (const [phase, ms] of Object.entries(step.phases))
        series.observe('probe_phase_duration_seconds', texts.phase(phase), target, ms / 1000, exemplar);
      const { cacheStatus: status } = step.facts;
      if (step.step === 'hit' && status !== undefined) {
        const labels = labelText('probe_cache_status_total', { target, status, location: this.#location });
        series.inc('probe_cache_status_total', labels, target);
      }
    }
    series.set('probe_last_run_timestamp_seconds', texts.here, target, atMs / 1000);
    for (const [metric, fact] of FACT_GAUGES) {
      const value = steps.findLast((step) => step.facts[fact] !== undefined)?.facts[fact];
      if (value === undefined) series.unset(metric, texts.here);
      else series.set(metric, texts.here, target, value);
    }
  }
}
