// Composition root: wires spec, scheduler, probes, ledger, engine and HTTP into one Fastify app. The only place that wires.
import { timingSafeEqual } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import bearerAuth from '@fastify/bearer-auth';
import Fastify, { type FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { createTimeline } from './engine/clock.ts';
import { Engine } from './engine/engine.ts';
import { healthRoutes } from './http/health.ts';
import { metricsRoute } from './http/metrics.ts';
import { openApi } from './http/openapi.ts';
import { probeRoute } from './http/probe.ts';
import { problem } from './http/problem.ts';
import { sloRoutes } from './http/slos.ts';
import { OwnMetrics } from './metrics/own.ts';
import { findTarget } from './probe/adhoc.ts';
import { probes } from './probe/list.ts';
import { watchLoopLag } from './probe/loop-lag.ts';
import { createResolver } from './probe/resolve.ts';
import { type Run, runProbe } from './probe/runner.ts';
import { createScheduler } from './probe/scheduler.ts';
import type { Tracer } from './probe/trace-port.ts';
import { verdictOf } from './spec/outcome.ts';
import type { Spec } from './spec/spec.ts';
import { Ledger } from './store/ledger.ts';
import type { Store } from './store/store.ts';

export interface ExporterPorts {
  readonly version: string;
  readonly log: Logger;
  readonly tracer: Tracer;
  /** Opens the store; called again every 30 s while it fails. StoreRefused is thrown on to the caller. */
  openStore(): Store;
  readonly token?: string;
  readonly tls?: { readonly cert: string; readonly key: string };
}

export interface Exporter {
  readonly app: FastifyInstance;
  readonly engine: Engine;
  start(): void;
  /** Takes over a valid spec. */
  load(spec: Spec): void;
  /** A load failed: the old spec stays. */
  loadFailed(): void;
  stop(): Promise<void>;
}

const REOPEN_MS = 30_000;
const STOP_GRACE_MS = 3_000;
const PRUNE_MS = 300_000;
// Fastify switches Node's own request limit off; slow clients are cut after these (reliability.md, X07 and X08).
const SERVER_LIMITS = {
  requestTimeout: 10_000,
  keepAliveTimeout: 15_000,
  bodyLimit: 65_536,
  connectionTimeout: 30_000,
};

/** Builds the exporter for a spec that passed its checks. Nothing runs before start(). */
export async function buildExporter(spec: Spec, ports: ExporterPorts): Promise<Exporter> {
  const { log } = ports;
  const own = new OwnMetrics();
  own.set('plimsoll_build_info', 1, { version: ports.version, node: process.version });
  let store = tryOpen(ports, own);
  const readClocks = () => ({ wallMs: Date.now(), monotonicMs: performance.now() });
  const timeline = createTimeline(readClocks, store?.restored.last?.atMs ?? 0);
  const ledger = new Ledger(store);
  const engine = new Engine(spec, { ledger, own, now: timeline.now });
  const lag = watchLoopLag();
  const runnerPorts = { probes, tracer: ports.tracer, lag, location: spec.exporter.location, now: Date.now };
  const run = (
    target: Parameters<typeof runProbe>[0],
    allow: readonly string[] | undefined,
    stop?: AbortSignal,
  ): Promise<Run> =>
    runProbe(
      target,
      {
        ...runnerPorts,
        resolve: createResolver(allow === undefined ? { kind: 'named' } : { kind: 'adhoc', allow: [...allow] }),
      },
      stop,
    );
  const scheduler = createScheduler(spec.exporter.concurrency, {
    run: (target, stop) => run(target, undefined, stop),
    onRun(finished, delayMs) {
      own.observe('plimsoll_run_start_delay_seconds', Math.max(0, delayMs) / 1000);
      engine.onRun(finished);
      logRun(log, finished);
    },
    onMissed: (target, reason) => engine.onMissed(target, reason),
  });

  let stopping = false;
  let started = false;
  let lastTick = performance.now();
  let lastOpen = performance.now();
  let lastPrune = -PRUNE_MS;
  let storeError: string | undefined;
  const tick = () => {
    own.set('plimsoll_event_loop_delay_seconds', lag.longestSince(lastTick) / 1000);
    lastTick = performance.now();
    if (store === undefined && lastTick - lastOpen > REOPEN_MS) {
      lastOpen = lastTick;
      store = tryOpen(ports, own);
      if (store !== undefined) ledger.attach(store);
    }
    const error = engine.tick();
    own.set('plimsoll_store_commit_duration_seconds', (performance.now() - lastTick) / 1000);
    own.set('plimsoll_store_up', error === undefined ? 1 : 0);
    own.set('plimsoll_store_pending_ticks', ledger.pendingTicks);
    own.set('plimsoll_clock_offset_seconds', timeline.offsetMs() / 1000);
    own.set('plimsoll_runs_in_flight', scheduler.inFlight);
    if (error === undefined) own.set('plimsoll_store_last_commit_timestamp_seconds', ledger.lastTickMs / 1000);
    else own.inc('plimsoll_store_errors_total');
    if (error?.message !== storeError) {
      if (error === undefined) log.info('the store takes commits again; nothing was lost');
      else
        log.error(
          { reason: error.message },
          'the store cannot be written: history goes on in memory, counters stand still until it can',
        );
      storeError = error?.message;
    }
    if (error === undefined && lastTick - lastPrune > PRUNE_MS) {
      lastPrune = lastTick;
      store?.prune(timeline.now());
    }
  };

  const app = Fastify({
    ...SERVER_LIMITS,
    logger: false,
    forceCloseConnections: true,
    ...(ports.tls && { https: ports.tls }),
  } as never) as unknown as FastifyInstance;
  app.server.headersTimeout = 5_000;
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) log.error({ err: error }, 'request failed');
    return problem(
      reply,
      status,
      status >= 500 ? 'internal error' : 'bad request',
      status >= 500 ? 'see the log of the exporter' : error.message,
    );
  });
  app.setNotFoundHandler((request, reply) =>
    problem(reply, 404, 'not found', `there is no ${request.method} ${request.url.slice(0, 200)}`),
  );
  healthRoutes(app, {
    notReady() {
      if (stopping) return ['stopping'];
      if (!started) return ['starting'];
      return performance.now() - lastTick > 3 * engine.tickMs + 5_000 ? ['ticks are late'] : [];
    },
  });
  await openApi(app, ports.version);
  await app.register(async (guarded) => {
    const { token } = ports;
    if (token !== undefined) {
      await guarded.register(bearerAuth, {
        keys: new Set<string>(),
        auth: (key: string) => sameSecret(key, token),
        contentType: 'application/problem+json',
      });
    }
    metricsRoute(guarded, { engine, own });
    sloRoutes(guarded, engine);
    probeRoute(guarded, {
      find: (target, module) => findTarget(engine.spec, target, module),
      run: (target, adhoc) => run(target, adhoc ? engine.spec.exporter.probeAllow : undefined),
    });
  });

  let ticker: NodeJS.Timeout | undefined;
  const arm = () => {
    clearInterval(ticker);
    ticker = setInterval(tick, engine.tickMs);
  };
  const loaded = () => {
    own.set('plimsoll_config_last_reload_successful', 1);
    own.set('plimsoll_config_last_reload_success_timestamp_seconds', Date.now() / 1000);
  };
  loaded();
  return {
    app,
    engine,
    start() {
      scheduler.setTargets(spec.targets);
      tick();
      arm();
      started = true;
    },
    load(next) {
      engine.load(next);
      scheduler.setTargets(next.targets);
      arm();
      loaded();
    },
    loadFailed: () => own.set('plimsoll_config_last_reload_successful', 0),
    async stop() {
      stopping = true;
      clearInterval(ticker);
      await scheduler.stop(STOP_GRACE_MS);
      tick();
      await app.close();
      lag.stop();
      store?.close();
    },
  };
}

function tryOpen(ports: ExporterPorts, own: OwnMetrics): Store | undefined {
  try {
    const store = ports.openStore();
    for (const warning of store.restored.warnings) ports.log.warn(warning);
    return store;
  } catch (error) {
    if ((error as Error).name === 'StoreRefused') throw error;
    own.inc('plimsoll_store_errors_total');
    ports.log.error(
      { reason: (error as Error).message },
      'the store cannot be opened: history is kept in memory; trying again every 30 s',
    );
    return undefined;
  }
}

function sameSecret(given: string, expected: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Bad and unmeasured steps are logged; good runs only at level debug. */
function logRun(log: Logger, run: Run): void {
  const base = {
    target: run.target.name,
    kind: run.target.kind,
    traceId: run.traceId,
    durationMs: Math.round(run.durationMs),
  };
  for (const step of run.steps) {
    const verdict = verdictOf(step.outcome);
    const line = { ...base, step: step.step, outcome: step.outcome, blame: step.blame, detail: step.detail };
    if (verdict === 'bad') log.warn(line, 'probe failed');
    else if (verdict === 'unmeasured' && step.outcome !== 'skipped') log.info(line, 'probe could not tell');
  }
  log.debug(base, 'run finished');
}
