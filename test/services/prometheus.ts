// A private Prometheus on a data directory of its own.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, privateFolder, type Server, startServer } from './process.ts';

/** A range of one series: [seconds since 1970, value] each. */
export type Samples = readonly (readonly [number, string])[];
export interface Prometheus {
  readonly url: string;
  readonly pid: number;
  /** Every sample of an instant query at `atMs`, by its labels. */
  query(expression: string, atMs: number): Promise<readonly { metric: Record<string, string>; value: number }[]>;
  /** Samples of a range query, by series: every `stepMs` from `fromMs` to `toMs`. */
  range(
    expression: string,
    fromMs: number,
    toMs: number,
    stepMs: number,
  ): Promise<readonly { metric: Record<string, string>; values: ReadonlyMap<number, number> }[]>;
  /** The only sample of an instant query at `atMs`; throws if there is not exactly one. */
  value(expression: string, atMs?: number): Promise<number>;
  /** The samples of a range selector, by series. */
  samples(selector: string): Promise<readonly { metric: Record<string, string>; values: Samples }[]>;
  stop(): Promise<void>;
}

/**
 * Starts it. `scrape`: a host:port whose /metrics is read, and rules evaluated, `every` second or as said. `prepare` may fill the data directory first.
 * `self`: it scrapes itself too. `rules`: the text of a rule file; `alertmanager`: the host:port that hears of alerts, from the cluster `test`.
 */
export async function startPrometheus({
  scrape,
  prepare,
  every = '1s',
  rules,
  alertmanager,
  binary = 'prometheus',
  self = false,
}: {
  scrape?: string;
  prepare?: (data: string) => void;
  every?: string;
  rules?: string;
  alertmanager?: string;
  binary?: string;
  self?: boolean;
} = {}): Promise<Prometheus> {
  const folder = privateFolder('prometheus');
  const data = join(folder.path, 'data');
  const port = await freePort();
  prepare?.(data);
  writeFileSync(
    join(folder.path, 'p.yml'),
    JSON.stringify({
      global: { scrape_interval: every, scrape_timeout: '900ms', external_labels: { cluster: 'test' } },
      scrape_configs: [
        ...(scrape === undefined ? [] : [{ job_name: 'plimsoll', static_configs: [{ targets: [scrape] }] }]),
        ...(self ? [{ job_name: 'prometheus', static_configs: [{ targets: [`127.0.0.1:${port}`] }] }] : []),
      ],
      rule_files: rules === undefined ? [] : ['rules.yml'],
      ...(alertmanager !== undefined && {
        alerting: { alertmanagers: [{ static_configs: [{ targets: [alertmanager] }] }] },
      }),
    }),
  );
  if (rules !== undefined) writeFileSync(join(folder.path, 'rules.yml'), rules);
  const url = `http://127.0.0.1:${port}`;
  const server: Server = await startServer(
    binary,
    [
      `--config.file=${join(folder.path, 'p.yml')}`,
      `--storage.tsdb.path=${data}`,
      '--storage.tsdb.retention.time=20y',
      '--web.enable-remote-write-receiver',
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    async () => (await fetch(`${url}/-/ready`).catch(() => undefined))?.status === 200,
  );
  const ask = async <T>(path: string, query: Record<string, string>): Promise<T[]> => {
    const answer = await fetch(`${url}/api/v1/${path}`, { method: 'POST', body: new URLSearchParams(query) });
    const body = (await answer.json()) as { data?: { result: T[] }; error?: string };
    if (body.data === undefined) throw new Error(`${query.query}: ${body.error}`);
    return body.data.result;
  };
  const query = <T>(expression: string, atMs: number): Promise<T[]> =>
    ask<T>('query', { query: expression, time: String(atMs / 1000) });
  return {
    url,
    pid: server.pid,
    async query(expression, atMs) {
      const found = await query<{ metric: Record<string, string>; value: [number, string] }>(expression, atMs);
      return found.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
    },
    async range(expression, fromMs, toMs, stepMs) {
      const found = await ask<{ metric: Record<string, string>; values: [number, string][] }>('query_range', {
        query: expression,
        start: String(fromMs / 1000),
        end: String(toMs / 1000),
        step: String(stepMs / 1000),
      });
      return found.map(({ metric, values }) => ({
        metric,
        values: new Map(values.map(([seconds, value]) => [seconds * 1000, Number(value)])),
      }));
    },
    async value(expression, atMs = Date.now()) {
      const result = await query<{ value: [number, string] }>(expression, atMs);
      if (result.length !== 1) throw new Error(`${expression}: ${result.length} series instead of one`);
      return Number(result[0]!.value[1]);
    },
    samples: (selector) => query(selector, Date.now()),
    async stop() {
      await server.stop();
      folder.remove();
    },
  };
}
