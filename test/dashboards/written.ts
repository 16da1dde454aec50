// A board on series of the test's choice: a private Prometheus, six hours of samples, and what a panel would show at their end.
import { builtBoards } from '../../dashboards/check.ts';
import type { JsonObject } from '../../src/grafana/finish.ts';
import { prometheusAt } from '../../src/preview/prometheus.ts';
import { type PanelData, readPanel } from '../../src/preview/read.ts';
import { type Prometheus, startPrometheus } from '../services/prometheus.ts';
import { STALE, type WrittenSeries, writeHistory } from '../services/remote-write.ts';
import { shop, slo, text, validSpec } from '../spec/specs.ts';

export const STEP_SECONDS = 15;
const HOURS = 6;
/** Samples of each series. */
export const SAMPLES = (HOURS * 3600) / STEP_SECONDS;

export interface Written {
  /** A value per sample, by its number from 0; undefined: none, and the series has ended. */
  readonly [series: string]: (i: number) => number | undefined;
}

/** Series are `name{label="value"}`; all are of the cluster `c`. */
export async function boardOn(
  uid: string,
  written: Written,
): Promise<{ panel(title: string): Promise<PanelData>; stop: Prometheus['stop'] }> {
  const nowMs = Math.floor(Date.now() / 1000) * 1000;
  const atMs = (i: number): number => nowMs - (SAMPLES - 1 - i) * STEP_SECONDS * 1000;
  const prometheus = await startPrometheus();
  await writeHistory(
    prometheus.url,
    Object.entries(written).map(([series, valueAt]) => seriesOf(series, valueAt, atMs)),
  );
  const json = builtBoards(validSpec(text({ targets: [shop], slos: [slo()] }))).find(
    ({ board }) => board.uid === uid,
  )!.json;
  const panels = (json.panels as readonly JsonObject[]).flatMap((one) =>
    one.type === 'row' ? (one.panels as readonly JsonObject[]) : [one],
  );
  const to = nowMs / 1000;
  const span = { fromSeconds: to - HOURS * 3600, toSeconds: to, stepSeconds: 60 };
  const macros = { rateInterval: '2m', interval: '30s', range: `${HOURS}h`, variables: { cluster: 'c' } };
  return {
    panel(title) {
      const found = panels.find((one) => one.title === title);
      if (found === undefined) throw new Error(`${uid} has no panel "${title}"`);
      return readPanel(found, prometheusAt(prometheus.url), span, macros);
    },
    stop: () => prometheus.stop(),
  };
}

function seriesOf(series: string, valueAt: Written[string], atMs: (i: number) => number): WrittenSeries {
  const [, name, labels = ''] = /^([\w:]+)(?:\{(.*)\})?$/.exec(series)!;
  const values = Array.from({ length: SAMPLES }, (_, i) => valueAt(i));
  return {
    labels: {
      __name__: name!,
      cluster: 'c',
      ...Object.fromEntries([...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, label, value]) => [label, value])),
    },
    // As Prometheus does: a series that ends says so, and is not looked back at.
    samples: values.flatMap((value, i): (readonly [number, number | typeof STALE])[] =>
      value !== undefined ? [[atMs(i), value]] : values[i - 1] !== undefined ? [[atMs(i), STALE]] : [],
    ),
  };
}

/** The last value of each series of a panel, by its name; those that have ended are not there. */
export const lanes = ({ frames }: PanelData): Record<string, number> => {
  const last = Math.max(...frames.flatMap(({ points }) => points.map(([at]) => at)));
  return Object.fromEntries(
    frames.flatMap(({ name, points }) => {
      const [at, value] = points.at(-1)!;
      return at === last ? [[name, value] as const] : [];
    }),
  );
};
