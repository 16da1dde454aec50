// Freshness of replicas, alike for MariaDB and Redis: how old is the newest heartbeat that reached them?
// What a server says of itself only explains; never talks to a server.
import { performance } from 'node:perf_hooks';
import { verdictOf } from '../spec/outcome.ts';
import type { Target } from '../spec/target.ts';
import type { ProbeContext, StepOutcome } from './probe.ts';
import { isOlderSeries } from './versions.ts';

export interface ReplicaReading {
  /** When the newest heartbeat of this location was written, as the server holds it; undefined if there is none. */
  readonly heartbeatMs: unknown;
  /** Why replication does not run; undefined if it runs or we may not know. */
  readonly stopped: string | undefined;
}

/** A connection to a replica. */
export interface Replica {
  /** As the server tells it, if its kind of replication depends on it. */
  readonly version?: string;
  replication(): Promise<ReplicaReading>;
  close(): void;
}

interface Driver {
  open(url: string): Promise<Replica>;
  fault(error: unknown): StepOutcome;
}

const WAIT_MS = 1_000;

/** What this run knows of the primary: its version, and the heartbeat that was written to it, if it was. */
interface Primary {
  readonly version: string | undefined;
  readonly writtenMs: number | undefined;
}

/** Asks all replicas at once; the step is as bad as the worst of them, and gives a lag only if each of them gave one. */
export async function replicaStep(
  { replicas, maxLag, interval }: Pick<Target<'mariadb'>, 'replicas' | 'maxLag' | 'interval'>,
  ctx: ProbeContext,
  { version, writtenMs }: Primary,
  driver: Driver,
): Promise<StepOutcome> {
  if (replicas.length === 0) return { outcome: 'not_configured', detail: 'replicas is empty' };
  const all = await Promise.all(
    replicas.map(async ({ name, url }) => {
      const state = await lagOf(url, driver, { writtenMs, intervalMs: interval }, ctx).then(
        (lag) => judge(lag, maxLag, version),
        driver.fault,
      );
      return { ...state, detail: state.outcome === 'ok' ? '' : `${name}: ${state.detail}` };
    }),
  );
  const worst =
    all.find((r) => verdictOf(r.outcome) === 'bad') ??
    all.find((r) => verdictOf(r.outcome) === 'unmeasured') ??
    all[0]!;
  const lags = all.flatMap((r) => r.facts?.replicaLagSeconds ?? []);
  return { ...worst, facts: lags.length === all.length ? { replicaLagSeconds: Math.max(...lags) } : {} };
}

interface Lag {
  /** Undefined without any heartbeat. */
  readonly lagMs: number | undefined;
  readonly stopped: string | undefined;
  readonly version?: string | undefined;
}

interface Beats {
  readonly writtenMs: number | undefined;
  readonly intervalMs: number;
}

async function lagOf(url: string, driver: Driver, beats: Beats, ctx: ProbeContext): Promise<Lag> {
  const replica = await driver.open(url);
  try {
    return { ...(await awaited(replica, beats, ctx)), version: replica.version };
  } finally {
    replica.close();
  }
}

/** What others wrote there may be no time at all; undefined then, as NaN would be neither behind nor fresh. */
const timeIn = (held: unknown): number | undefined => {
  const ms = held === undefined || held === null ? Number.NaN : Number(held);
  return Number.isFinite(ms) ? ms : undefined;
};

/**
 * The heartbeat of this run was written a moment ago, and so may be the very first one of a location: looked for again for a
 * second. Without that, a healthy replica would seem to be behind by the whole time since the run before.
 */
async function awaited(replica: Replica, { writtenMs, intervalMs }: Beats, ctx: ProbeContext): Promise<Lag> {
  const until = performance.now() + Math.min(WAIT_MS, ctx.remainingMs() / 2);
  for (let looks = 1; ; looks++) {
    const { heartbeatMs: held, stopped } = await replica.replication();
    const heartbeatMs = timeIn(held);
    const isThere = heartbeatMs !== undefined && heartbeatMs >= (writtenMs ?? 0);
    if (isThere || stopped !== undefined || performance.now() >= until || ctx.signal.aborted) {
      // What is there at the first look took no time that could be seen; the time to connect is not lag.
      if (isThere && writtenMs !== undefined && looks === 1) return { lagMs: 0, stopped };
      if (heartbeatMs === undefined) return { lagMs: undefined, stopped };
      // The oldest heartbeat that is missing: this run's own, or the one an interval after the newest that is there. Since the
      // newest one itself would count the time in which nothing was written as lag.
      const missingMs = isThere ? heartbeatMs : Math.min(writtenMs ?? heartbeatMs, heartbeatMs + intervalMs);
      return { lagMs: Math.max(0, ctx.now() - missingMs), stopped };
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** What does harm now comes before what may: a replica that is too old may still follow. */
function judge({ lagMs, stopped, version = '' }: Lag, maxLagMs: number, ofPrimary = ''): StepOutcome {
  const facts = lagMs === undefined ? {} : { replicaLagSeconds: lagMs / 1000 };
  if (stopped !== undefined) return { outcome: 'replica_stopped', detail: stopped, facts };
  if (lagMs !== undefined && lagMs > maxLagMs)
    return { outcome: 'replica_lag', detail: `${(lagMs / 1000).toFixed(1)} s behind`, facts };
  if (isOlderSeries(version, ofPrimary))
    return { outcome: 'version_skew', detail: `has ${version}, its primary ${ofPrimary}`, facts };
  return lagMs === undefined
    ? {
        outcome: 'lag_unknown',
        detail: 'has no heartbeat of this location, or one that is no time; is the step write on?',
      }
    : { outcome: 'ok', facts };
}
