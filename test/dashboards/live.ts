// The boards on live numbers: the demo's platform, its exporter, and a Prometheus with the rules of the spec.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ruleGroups } from '../../alerts/generate.ts';
import { builtBoards } from '../../dashboards/check.ts';
import { prometheusRuleFile } from '../../src/generate/rule-files.ts';
import type { JsonObject } from '../../src/grafana/finish.ts';
import { withMacros } from '../../src/grafana/macros.ts';
import { prometheusAt } from '../../src/preview/prometheus.ts';
import { type PanelData, readPanel } from '../../src/preview/read.ts';
import { variablesOf } from '../../src/preview/variables.ts';
import type { Spec } from '../../src/spec/spec.ts';
import { type Exporter, startExporter, until } from '../services/exporter.ts';
import { privateFolder } from '../services/process.ts';
import { type Prometheus, startPrometheus } from '../services/prometheus.ts';
import { remoteWrite } from '../services/remote-write.ts';
import { type Stack, specFor, startStack } from '../services/stack.ts';
import { validSpec } from '../spec/specs.ts';
import { fixturesFor } from './fixtures.ts';

export interface Live {
  readonly stack: Stack;
  readonly exporter: Exporter;
  readonly prometheus: Prometheus;
  readonly spec: Spec;
  readonly boards: readonly JsonObject[];
  /** What a board shows now, of the last two minutes. `first`: its first screen alone. */
  read(uid: string, first?: boolean): Promise<PanelData[]>;
  /** Series for what the demo has not, over the last ten minutes. */
  addFixtures(): Promise<void>;
  stop(): Promise<void>;
}

const TOKEN = 'events-token-of-the-test';
const SECONDS = 120;

export async function startLive(): Promise<Live> {
  const folder = privateFolder('boards');
  const stack = await startStack();
  writeFileSync(join(folder.path, 'token'), TOKEN, { mode: 0o600 });
  const text = `${specFor(stack)}exporter: { eventsTokenFile: ${join(folder.path, 'token')} }
alerting: { interval: 1s, scrapeInterval: 1s, runbooks: "https://git.example.org/runbooks", dashboards: "https://grafana.example.org" }
`;
  const spec = validSpec(text);
  const config = join(folder.path, 'plimsoll.yaml');
  writeFileSync(config, text, { mode: 0o600 });
  const exporter = await startExporter({
    args: ['--config', config, '--data', join(folder.path, 'data'), '--log-level', 'error'],
  });
  const prometheus = await startPrometheus({
    scrape: new URL(exporter.url).host,
    rules: prometheusRuleFile(ruleGroups(spec)),
    self: true,
  });
  // Half of the shortest window, which is a minute.
  await until(
    async () => [...(await exporter.counters())].filter(([key, n]) => key.endsWith(' good') && n >= 8).length >= 8,
    exporter.log,
  );
  const boards = builtBoards(spec).map(({ json }) => json);
  const asked = prometheusAt(prometheus.url);
  return {
    stack,
    exporter,
    prometheus,
    spec,
    boards,
    async read(uid, first = false) {
      const board = boards.find((one) => one.uid === uid)!;
      const now = Math.floor(Date.now() / 1000);
      const span = { fromSeconds: now - SECONDS, toSeconds: now, stepSeconds: 2 };
      const variables = await variablesOf(board, {}, asked, now);
      const macros = { rateInterval: '20s', interval: '2s', range: `${SECONDS}s`, variables };
      const panels = (board.panels as readonly JsonObject[]).flatMap((panel) =>
        panel.type !== 'row' ? [panel] : first ? [] : (panel.panels as readonly JsonObject[]),
      );
      return Promise.all(panels.map((panel) => readPanel(panel, asked, span, macros)));
    },
    async addFixtures() {
      const exprs = boards.flatMap((board) => [...JSON.stringify(board).matchAll(/"expr":("(?:[^"\\]|\\.)*")/g)]);
      const plain = exprs
        .map(([, one]) => withMacros(JSON.parse(one!) as string))
        .filter((expr) => !expr.startsWith('{'));
      await remoteWrite(prometheus.url, fixturesFor(plain, Date.now(), 600));
    },
    async stop() {
      await Promise.all([prometheus.stop(), exporter.end('SIGTERM')]);
      await stack.stop();
      folder.remove();
    },
  };
}

/** Reports a change, as a pipeline would. */
export async function reportChange({ exporter }: Live, kind: string): Promise<void> {
  const answer = await fetch(`${exporter.url}/api/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({ kind, service: 'shop', text: 'by the test' }),
  });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
}

/** One line per panel: what it showed. */
export function told({ title, type, empty, frames, stats, rows }: PanelData): string {
  const what =
    empty !== undefined
      ? `"${empty}"`
      : stats.length > 0
        ? stats.map(({ name, text }) => (stats.length > 1 ? `${name} ${text}` : text)).join(', ')
        : rows.length > 0
          ? `${rows.length} rows, first: ${rows[0]!.map(({ text }) => text).join(' | ')}`
          : frames
              .map(({ name, points }) => `${name} ${points.at(-1)?.[1] ?? ''}`)
              .slice(0, 4)
              .join(', ');
  return `${type.padEnd(14)} ${title}: ${what}`;
}
