// The one list of SLI kinds, typed over the unions: a new kind without its file does not compile.
import type { PromqlKind } from '../spec/promql-sli.ts';
import type { RunKind, Sli } from '../spec/spec.ts';
import { freshness } from './freshness.ts';
import { gauge } from './gauge.ts';
import { histogram } from './histogram.ts';
import { hits } from './hits.ts';
import { latency } from './latency.ts';
import { probe } from './probe.ts';
import type { CountedStep, PromqlCounter, StepCounts } from './promql.ts';
import { ratio } from './ratio.ts';
import { rum } from './rum.ts';
import type { MeasuredRun, SliCounter, SliEvent } from './sli.ts';

const counters: { readonly [K in RunKind]: SliCounter<K> } = { probe, latency, freshness, hits };
const promqlCounters: { readonly [K in PromqlKind]: PromqlCounter<K> } = { ratio, histogram, gauge, rum };

/** The event that a run of its target is for an SLI. */
export function countRun<K extends RunKind>(sli: Sli<K>, run: MeasuredRun): SliEvent {
  const counter = counters[sli.kind as K] as SliCounter<K>;
  return counter.count(sli, run);
}

/** The events of one step of an SLI that Prometheus counts. Expects PromQL that passed its checks. */
export function countStep<K extends PromqlKind>(sli: Sli<K>, step: CountedStep): StepCounts {
  const counter = promqlCounters[sli.kind as K] as PromqlCounter<K>;
  return counter.count(sli, step);
}
