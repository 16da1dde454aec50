// A platform with a month of history in every state that pages have words for, served without probes and with a clock that stands.
import type { FastifyInstance } from 'fastify';
import { Changes } from '../../src/engine/changes.ts';
import { Engine } from '../../src/engine/engine.ts';
import { createServer } from '../../src/http/server.ts';
import { sloRoutes } from '../../src/http/slos.ts';
import { OwnMetrics } from '../../src/metrics/own.ts';
import type { Run } from '../../src/probe/runner.ts';
import { numbersRoute } from '../../src/rum/numbers-route.ts';
import type { ToldChange } from '../../src/spec/change.ts';
import { blameOf, type Outcome } from '../../src/spec/outcome.ts';
import { ChangeLog } from '../../src/store/change-log.ts';
import { Ledger } from '../../src/store/ledger.ts';
import { decodeRecord } from '../../src/store/record.ts';
import type { Batch, Store } from '../../src/store/store.ts';
import { Web } from '../../src/web/web.ts';
import { validSpec } from '../spec/specs.ts';
import { noChanges } from '../store/no-changes.ts';
import { RUM_SLOS, SITES, visited } from './visitors.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
export const NOW = Date.UTC(2026, 10, 26, 2, 14);
/** Begin of the history. */
export const START = NOW - 40 * DAY;

type Step = readonly [step: string, outcome: Outcome];
/** What a target does at a time: outcomes of its steps, or nothing at all. */
type Script = (atMs: number) => readonly Step[] | undefined;

const good: readonly Step[] = [
  ['front', 'ok'],
  ['rest', 'ok'],
];
const bad = (outcome: Outcome): readonly Step[] => [
  ['front', outcome],
  ['rest', 'skipped'],
];
const within = (atMs: number, from: number, to: number) => atMs > NOW - from && atMs <= NOW - to;

/** Targets by name; each has an SLO of its own. */
const SCRIPTS: Readonly<Record<string, Script>> = {
  ok: (at) => (within(at, 12 * DAY, 12 * DAY - 10 * MINUTE) ? bad('timeout') : good),
  burning: (at) => (within(at, 25 * MINUTE, 0) ? bad('db_error') : good),
  exhausted: (at) =>
    within(at, 20 * DAY, 20 * DAY - 40 * MINUTE)
      ? bad('dns_timeout')
      : within(at, 3 * DAY, 3 * DAY - HOUR)
        ? bad('bad_gateway')
        : within(at, 50 * MINUTE, 0)
          ? bad('critical_error')
          : good,
  'low-traffic': (at) => (at % HOUR === 0 ? good : undefined),
  'no-data': (at) => (within(at, 2 * HOUR, 0) ? bad('auth_failed') : within(at, 9 * DAY, 8 * DAY) ? undefined : good),
  young: (at) => (within(at, 3 * HOUR, 0) ? (within(at, 70 * MINUTE, 64 * MINUTE) ? bad('status') : good) : undefined),
  maintenance: (at) => (within(at, 20 * MINUTE, 0) ? bad('wp_maintenance') : good),
  month: (at) => (within(at, 6 * DAY, 6 * DAY - 15 * MINUTE) ? bad('server_error') : good),
};
const NAMES = Object.keys(SCRIPTS);

export interface Texts {
  readonly text: string;
  readonly link?: string;
}

const specOf = (texts: Texts, extra: object, sites: typeof SITES) =>
  validSpec({
    targets: NAMES.map((name) => ({
      name,
      kind: 'wordpress',
      url: `https://user:canary-password@${name}.example.org/?token=canary-token`,
      interval: name === 'low-traffic' ? '1h' : '2m',
      timeout: '10s',
    })),
    sites,
    slos: [
      ...RUM_SLOS.filter(({ sli }) => sites.some(({ key }) => key === sli.site)).map((slo) => ({
        ...slo,
        service: 'shop',
        team: 'web',
        window: '30d',
      })),
      ...NAMES.map((name) => ({
        name: `${name}-slo`,
        service: name === 'month' ? 'blog' : 'shop',
        team: name === 'month' ? 'data' : 'web',
        description: texts.text,
        objective: name === 'low-traffic' ? '99%' : '99.9%',
        window: name === 'month' ? { calendar: 'month', timeZone: 'UTC' } : '30d',
        dependsOn: name === 'exhausted' ? ['burning'] : [],
        sli: { kind: 'probe', target: name, steps: ['front', 'rest'] },
      })),
    ],
    maintenance: [
      {
        from: new Date(NOW - 20 * MINUTE).toISOString(),
        for: '1h',
        targets: ['maintenance'],
        reason: texts.text,
        by: texts.text,
      },
      { from: new Date(NOW + DAY).toISOString(), for: '1h', services: ['shop'], reason: texts.text, by: 'web' },
    ],
    statusPage: {
      title: texts.text,
      components: [
        { name: texts.text, slos: ['ok-slo'] },
        { name: 'Shop', slos: ['exhausted-slo', 'ok-slo'] },
        { name: 'Login', slos: ['burning-slo'] },
        { name: 'Search', slos: ['maintenance-slo'] },
        { name: 'Mail', slos: ['no-data-slo'] },
      ],
      messages: [{ at: new Date(NOW - HOUR).toISOString(), title: texts.text, text: texts.text }],
    },
    alerting: { dashboards: 'https://grafana.example.org', runbooks: 'https://git.example.org/runbooks' },
    ...extra,
  });

/** A store in memory that can be replayed. */
export function memoryStore(): Store & { readonly ticks: Batch['ticks'][number][] } {
  const ticks: Batch['ticks'][number][] = [];
  return {
    ticks,
    restored: { slos: [], last: undefined, episodes: new Map(), warnings: [] },
    changes: noChanges,
    replay(visit, afterMs = -1) {
      for (const { atMs, record } of ticks) {
        const totals = atMs <= afterMs ? undefined : decodeRecord(atMs, record);
        if (totals !== undefined && visit(atMs, totals) === false) break;
      }
      return 0;
    },
    commit: (batch) => void ticks.push(...batch.ticks.filter(({ atMs }) => atMs % HOUR === 0 || NOW - atMs < DAY)),
    prune: () => {},
    close: () => {},
  };
}

export interface Platform {
  readonly app: FastifyInstance;
  readonly engine: Engine;
  readonly changes: Changes;
  readonly names: readonly string[];
}

export const PLAIN: Texts = { text: 'planned work on the shop', link: 'https://ci.example.org/run/7' };

export interface PlatformOptions {
  readonly token?: string;
  /** Further sections of the spec. */
  readonly extra?: object;
  readonly historyMs?: number;
  readonly sites?: typeof SITES;
}

/** Everything is served as the exporter serves it, with this token if one is given. */
export async function webPlatform(
  texts: Texts = PLAIN,
  { token, extra = {}, historyMs = NOW - START, sites = SITES }: PlatformOptions = {},
): Promise<Platform> {
  const spec = specOf(texts, extra, sites);
  let now = NOW - historyMs;
  const store = memoryStore();
  const web = new Web();
  const opened = web.seeing(() => store)();
  const engine = new Engine(spec, { ledger: new Ledger(opened), own: new OwnMetrics(), now: () => now });
  const changes = new Changes(spec, { changeLog: new ChangeLog(noChanges), log: { info() {} }, now: () => now });
  for (let at = now + 2 * MINUTE; at <= NOW; at += 2 * MINUTE) {
    now = at;
    for (const target of spec.targets) {
      const script = SCRIPTS[target.name]!(at);
      if (script === undefined) {
        if (target.name === 'no-data') engine.onMissed(target, 'overlap' as never);
        continue;
      }
      const run = runOf(target, at, script, texts);
      engine.onRun(run);
      if (NOW - at < HOUR) web.onRun(run);
    }
    engine.tick();
  }
  // The only SLO that was not there from the beginning: its entry is as if it was seen first then.
  (engine.entry('young-slo') as { createdMs: number }).createdMs = NOW - 3 * HOUR;
  for (const change of told(texts)) changes.tell(change);
  web.loaded(spec);
  const server = createServer(token === undefined ? {} : { token }, (error) => {
    throw error;
  });
  const realUsers = visited(spec, NOW, texts.text);
  await web.serve(server, { engine, changes, realUsers, version: '1.2.3', files: [texts.text], isValid: () => true });
  await server.guarded((app) => {
    sloRoutes(app, engine, () => true);
    numbersRoute(app, realUsers);
  });
  return { app: server.app, engine, changes, names: spec.slos.map(({ name }) => name) };
}

function runOf(target: Run['target'], atMs: number, steps: readonly Step[], { text }: Texts): Run {
  let startMs = 0;
  return {
    target,
    startedMs: atMs - 300,
    atMs,
    durationMs: 300,
    traceId: 'f'.repeat(32),
    distorted: false,
    steps: steps.map(([step, outcome]) => {
      const durationMs = outcome === 'skipped' ? 0 : 140;
      const result = {
        step,
        outcome,
        blame: blameOf(outcome),
        startMs,
        durationMs,
        phases: outcome === 'skipped' ? {} : { dns: 3, connect: 12, tls: 25, first_byte: 80, transfer: 20 },
        detail: outcome === 'ok' ? '' : text,
        facts: {
          certNotAfterSeconds: (NOW + 40 * DAY) / 1000,
          certificate: text,
          cacheStatus: 'hit' as const,
          httpStatus: 200,
          answers: [text],
        },
      };
      startMs += durationMs;
      return result;
    }),
  };
}

const told = ({ text, link }: Texts): ToldChange[] => [
  { kind: 'deploy', service: 'shop', atMs: NOW - 55 * MINUTE, text, link, by: text.slice(0, 100) },
  { kind: 'purge', service: 'shop', atMs: NOW - 3 * DAY, text },
  { kind: 'deploy', service: 'blog', atMs: NOW - 6 * DAY - 20 * MINUTE, text, link },
];
