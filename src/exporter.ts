// Composition root: wires spec, scheduler, probes, ledger, engine and HTTP into one Fastify app. The only place that wires.
import { performance } from 'node:perf_hooks';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { BoardSeries, withoutBoard } from './engine/board-series.ts';
import { Changes } from './engine/changes.ts';
import { createTimeline } from './engine/clock.ts';
import { Crowding } from './engine/crowding.ts';
import { Engine } from './engine/engine.ts';
import { Keeper, tryOpen } from './engine/keeper.ts';
import { RunLog } from './engine/run-log.ts';
import { logTiers } from './engine/tier-log.ts';
import { sloRules } from './generate/slo/groups.ts';
import { changeRoutes, tellRoute } from './http/changes.ts';
import { type Health, healthRoutes } from './http/health.ts';
import { metricsRoute } from './http/metrics.ts';
import { once } from './http/once.ts';
import { openApi } from './http/openapi.ts';
import { probeRoute } from './http/probe.ts';
import { type Access, createServer } from './http/server.ts';
import { sloRoutes } from './http/slos.ts';
import { OwnMetrics } from './metrics/own.ts';
import { findTarget } from './probe/adhoc.ts';
import { prepareProbes, probes } from './probe/list.ts';
import { watchLoopLag } from './probe/loop-lag.ts';
import { excused, watchOwnNetwork } from './probe/own-network.ts';
import { createResolver, type Resolve } from './probe/resolve.ts';
import { type Run, runProbe } from './probe/runner.ts';
import { createScheduler } from './probe/scheduler.ts';
import type { Tracer } from './probe/trace-port.ts';
import { makeAssets } from './rum/assets.ts';
import type { TracedView } from './rum/counting.ts';
import { numbersRoute } from './rum/numbers-route.ts';
import { RealUsers } from './rum/real-users.ts';
import { rumRoutes } from './rum/routes.ts';
import type { Spec } from './spec/spec.ts';
import type { Target } from './spec/target.ts';
import { ChangeLog } from './store/change-log.ts';
import { Ledger } from './store/ledger.ts';
import { historyFound, type Store } from './store/store.ts';
import { Web } from './web/web.ts';

export interface ExporterPorts {
  readonly version: string;
  readonly log: Logger;
  readonly tracer: Tracer;
  /** Opens the store; called again every 5 s while it fails. StoreRefused is thrown on to the caller, at the start. */
  openStore(): Store;
  readonly access: Access;
  /** Files that the spec was read from, for people. */
  readonly files?: readonly string[];
  /** Hears of page views whose server named its trace. */
  readonly onView?: ((view: TracedView) => void) | undefined;
}

export interface Exporter {
  readonly app: FastifyInstance;
  readonly engine: Engine;
  start(): void;
  /** Takes over a valid spec, and renewed certificates and tokens. */
  load(spec: Spec, access: Access): void;
  /** A load failed: the old spec stays. */
  loadFailed(): void;
  stop(): Promise<void>;
}

const STOP_GRACE_MS = 3_000;

/** Before the first run of what a spec brings. */
function takeOver({ spec }: Engine, own: OwnMetrics, web: Web): void {
  web.loaded(spec);
  prepareProbes(spec.targets);
  own.set('plimsoll_config_last_reload_successful', 1);
  own.setOnly('plimsoll_rules_info', 1, { version: sloRules(spec).version });
  own.set('plimsoll_config_last_reload_success_timestamp_seconds', Date.now() / 1000);
}

/** The time line of the history, and the clocks behind it. */
function clocksFrom(newestRecordMs: number) {
  const monotonicMs = () => performance.now();
  const timeline = createTimeline(() => ({ wallMs: Date.now(), monotonicMs: monotonicMs() }), newestRecordMs);
  const clocks = { now: timeline.now, monotonicMs, isClockSet: () => timeline.isSet };
  return { timeline, clocks, monotonicMs };
}

function healthOf(
  phase: { readonly started: boolean; readonly stopping: boolean },
  { keeper, engine, crowding }: { readonly keeper: Keeper; readonly engine: Engine; readonly crowding: Crowding },
): Health {
  return {
    degraded: () => [...crowding.reasons, ...keeper.reasons],
    notReady() {
      if (phase.stopping) return ['stopping'];
      if (!phase.started) return ['starting'];
      return keeper.quietMs > 3 * engine.tickMs + 5_000 ? ['ticks are late'] : [];
    },
  };
}

/** Builds the exporter for a spec that passed its checks. Nothing runs before start(). */
export async function buildExporter(spec: Spec, ports: ExporterPorts): Promise<Exporter> {
  const { log, version, files } = ports;
  const web = new Web();
  const openStore = web.seeing(ports.openStore);
  const own = new OwnMetrics();
  own.set('plimsoll_build_info', 1, { version, node: process.version });
  const opened = tryOpen(openStore, log);
  const store = opened instanceof Error ? undefined : opened;
  if (store !== undefined) log.info(historyFound(store.restored));
  const { timeline, clocks, monotonicMs } = clocksFrom(store?.restored.last?.atMs ?? 0);
  const ledger = new Ledger(store);
  const engine = new Engine(spec, { ledger, own, now: timeline.now });
  const changes = new Changes(spec, { changeLog: new ChangeLog(store?.changes), log, now: timeline.now });
  const realUsers = new RealUsers(spec, { now: Date.now, monotonicMs, onView: ports.onView });
  const boards = new BoardSeries(spec, own);
  const lag = watchLoopLag();
  const named = createResolver({ kind: 'named' });
  const networkUp = watchOwnNetwork(() => engine.spec.exporter.controls, named, monotonicMs);
  const run = async (target: Target, resolve: Resolve, stop?: AbortSignal): Promise<Run> => {
    const { location } = engine.spec.exporter;
    const world = { resolve, lag, location, boardSeries: boards.most, now: Date.now };
    const runnerPorts = { probes, tracer: ports.tracer, ...world };
    return excused(await runProbe(target, runnerPorts, stop), networkUp);
  };
  const runLog = new RunLog(log);
  const crowding = new Crowding(log, monotonicMs);
  const scheduler = createScheduler({
    monotonicMs,
    concurrency: () => engine.spec.exporter.concurrency,
    run: (target, stop) => run(target, named, stop),
    onRun(finished, delayMs) {
      own.observe('plimsoll_run_start_delay_seconds', Math.max(0, delayMs) / 1000);
      boards.onRun(finished);
      for (const each of [engine, runLog, changes, web]) each.onRun(withoutBoard(finished));
    },
    onMissed(target, reason) {
      engine.onMissed(target, reason);
      crowding.onMissed(target.name, reason);
    },
    onFault: (target, error) => log.error({ target: target.name, err: error }, 'a run failed by a bug of ours'),
  });

  let specValid = true;
  const phase = { started: false, stopping: false };
  const keeper = new Keeper(opened, { engine, changes, own, log, openStore, ...clocks });
  const tick = () => {
    own.setLoopDelay();
    own.set('plimsoll_clock_offset_seconds', timeline.offsetMs() / 1000);
    own.set('plimsoll_runs_in_flight', scheduler.inFlight);
    for (const each of [keeper, realUsers, crowding]) each.tick();
    logTiers(engine, log);
  };

  const server = createServer(ports.access, (error) => log.error({ err: error }, 'request failed'));
  const { app } = server;
  await web.serve(server, { engine, changes, realUsers, version, files, isValid: () => specValid });
  await openApi(app, version);
  healthRoutes(app, healthOf(phase, { keeper, engine, crowding }));
  await server.guarded((guarded) => {
    metricsRoute(guarded, { engine, changes, own, more: () => [...realUsers.families(), ...boards.families()] });
    sloRoutes(guarded, engine, () => specValid);
    changeRoutes(guarded, changes);
    numbersRoute(guarded, realUsers);
    probeRoute(guarded, {
      concurrency: () => engine.spec.exporter.concurrency,
      find: (target, module) => findTarget(engine.spec, target, module),
      run: (target, adhoc) =>
        run(target, adhoc ? createResolver({ kind: 'adhoc', allow: engine.spec.exporter.probeAllow }) : named),
    });
  });

  await server.writing((scope) => tellRoute(scope, changes));
  await app.register(async (scope) => rumRoutes(scope, { realUsers, assets: once(makeAssets), monotonicMs }));

  let ticker: NodeJS.Timeout | undefined;
  const arm = () => {
    clearInterval(ticker);
    ticker = setInterval(tick, engine.tickMs);
  };
  const loaded = () => {
    specValid = true;
    takeOver(engine, own, web);
  };
  loaded();
  return {
    app,
    engine,
    start() {
      scheduler.setTargets(spec.targets);
      tick();
      arm();
      phase.started = true;
    },
    load(next, renewed) {
      if (phase.stopping) return; // A reload that ends after the signal to stop would start runs anew.
      const lacking = server.renew(renewed);
      if (lacking.length > 0) log.warn({ settings: lacking }, 'these take effect at the next start');
      for (const each of [engine, changes, realUsers, boards]) each.load(next);
      scheduler.setTargets(next.targets);
      runLog.keepTargets(new Set(next.targets.map((t) => t.name)));
      arm();
      loaded();
    },
    loadFailed() {
      specValid = false;
      own.set('plimsoll_config_last_reload_successful', 0);
    },
    async stop() {
      phase.stopping = true;
      clearInterval(ticker);
      await scheduler.stop(STOP_GRACE_MS);
      tick();
      await app.close();
      realUsers.stop();
      own.stop();
      keeper.end();
    },
  };
}
