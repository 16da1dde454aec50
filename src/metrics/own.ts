// Our own health and the process metrics, in a prom-client registry of their own; read out as families.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { METRICS, type MetricName } from '../spec/names.ts';
import { escapeLabel, type Family, type Sample, startOf } from './series.ts';

type OwnName = Extract<MetricName, `plimsoll_${string}`>;

export class OwnMetrics {
  readonly #registry = new Registry();
  readonly #metrics = new Map<string, Counter | Gauge | Histogram>();

  constructor() {
    // The default of 10 ms wakes an idle process a hundred times a second; blocks that matter are measured by loop-lag.ts.
    collectDefaultMetrics({ register: this.#registry, eventLoopMonitoringPrecision: 100 });
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
