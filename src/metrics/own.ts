// Our own health and the process metrics, in a prom-client registry of their own; read out as families.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { METRICS, type MetricName } from '../spec/names.ts';
import { escapeLabel, type Family, type Sample, startOf } from './series.ts';

/** The default of 10 ms wakes an idle process a hundred times a second; blocks that matter to a run are measured by loop-lag.ts. */
const LOOP_MS = 100;

type OwnName = Extract<MetricName, `plimsoll_${string}`>;

export class OwnMetrics {
  readonly #registry = new Registry();
  readonly #metrics = new Map<string, Counter | Gauge | Histogram>();
  /** Two: a reset forgets when the loop was last seen, so the block that follows is seen by the other one alone. */
  readonly #loops = [LOOP_MS, LOOP_MS].map((resolution) => monitorEventLoopDelay({ resolution }));

  constructor() {
    for (const loop of this.#loops) loop.enable();
    collectDefaultMetrics({ register: this.#registry, eventLoopMonitoringPrecision: LOOP_MS });
    for (const [name, { type, labels, help }] of Object.entries(METRICS)) {
      if (!name.startsWith('plimsoll_')) continue;
      const options = { name, help, labelNames: [...labels], registers: [this.#registry] };
      const metric =
        type === 'counter'
          ? new Counter(options)
          : type === 'gauge'
            ? new Gauge(options)
            : new Histogram({ ...options, buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 5, 30] });
      this.#metrics.set(name, metric);
    }
  }

  inc(name: OwnName, labels: Record<string, string> = {}, by = 1): void {
    (this.#metrics.get(name) as Counter).inc(labels, by);
  }
  set(name: OwnName, value: number, labels: Record<string, string> = {}): void {
    (this.#metrics.get(name) as Gauge).set(labels, value);
  }
  /** The gauge with these labels is the only one of its name: for metadata that changes. */
  setOnly(name: OwnName, value: number, labels: Record<string, string>): void {
    (this.#metrics.get(name) as Gauge).reset();
    this.set(name, value, labels);
  }
  /** Sets the longest delay of the event loop since the call before the last one. */
  setLoopDelay(): void {
    // Each reading is the time between two firings, and so has the period in it.
    const longestMs = Math.max(...this.#loops.map(({ max }) => max)) / 1e6 - LOOP_MS;
    this.set('plimsoll_event_loop_delay_seconds', Math.max(0, longestMs) / 1000);
    this.#loops.reverse()[0]!.reset();
  }
  observe(name: OwnName, value: number): void {
    (this.#metrics.get(name) as Histogram).observe(value);
  }
  /** Forgets the labelled series of targets that are not in `names`. */
  keepTargets(names: ReadonlySet<string>): void {
    const labelled = [
      'plimsoll_missed_runs_total',
      'plimsoll_series_dropped_total',
      'plimsoll_board_faults_total',
    ] as const;
    for (const name of labelled) {
      const counter = this.#metrics.get(name) as Counter;
      counter.get().then((value) => {
        for (const { labels } of value.values)
          if (!names.has(String(labels.target))) counter.remove(labels as Record<string, string>);
      });
    }
  }

  stop(): void {
    for (const loop of this.#loops) loop.disable();
  }

  async families(): Promise<Family[]> {
    const metrics = await this.#registry.getMetricsAsJSON();
    // Three default gauges carry the suffix of counters (nodejs_active_*_total); promtool refuses them, and nobody needs them.
    return metrics
      .filter((m) => String(m.type) !== 'gauge' || !m.name.endsWith('_total'))
      .map((metric) => {
        // The default metrics call a counter without the suffix that OpenMetrics wants a counter; serve it as what scrapers accept.
        const type = String(metric.type);
        const counter = type === 'counter' && !metric.name.endsWith('_total');
        const values = metric.values as readonly {
          value: number;
          labels: Record<string, string | number>;
          metricName?: string;
        }[];
        return {
          name: metric.name,
          type: counter ? 'gauge' : type,
          help: metric.help,
          samples: values.map((v) => sample(metric.name, v)),
        };
      });
  }
}

function sample(
  family: string,
  value: { value: number; labels: Record<string, string | number>; metricName?: string },
): Sample {
  const labels = Object.entries(value.labels).map(([k, v]) => `${k}="${escapeLabel(String(v))}"`);
  return { start: startOf(value.metricName ?? family, labels.join(',')), value: value.value };
}
