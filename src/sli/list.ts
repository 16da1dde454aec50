// The one list of SLI kinds, typed over the union: a new kind without its file does not compile.
import type { Sli, SliKind } from '../spec/spec.ts';
import { freshness } from './freshness.ts';
import { hits } from './hits.ts';
import { latency } from './latency.ts';
import { probe } from './probe.ts';
import type { MeasuredRun, SliCounter, SliEvent } from './sli.ts';

const counters: { readonly [K in SliKind]: SliCounter<K> } = { probe, latency, freshness, hits };

/** The event that a run of its target is for an SLI. */
export function countRun<K extends SliKind>(sli: Sli<K>, run: MeasuredRun): SliEvent {
  const counter = counters[sli.kind as K] as SliCounter<K>;
  return counter.count(sli, run);
}
