// Freshness of replicas, alike for MariaDB and Redis: how old is the newest heartbeat that reached them?
// What a server says of itself only explains; never talks to a server.
import { verdictOf } from '../spec/outcome.ts';
import type { Target } from '../spec/target.ts';
import type { ProbeContext, StepOutcome } from './probe.ts';

export interface ReplicaReading {
  /** When the newest heartbeat of this location was written; undefined if there is none. */
  readonly heartbeatMs: number | undefined;
  /** Why replication does not run; undefined if it runs or we may not know. */
  readonly stopped: string | undefined;
}

const FIRST_HEARTBEAT_MS = 1_000;

/** Reads all replicas at once; the step is as bad as the worst of them. `fault` judges what `read` throws. */
export async function replicaStep(
  { replicas, maxLag }: Pick<Target<'mariadb'>, 'replicas' | 'maxLag'>,
  ctx: ProbeContext,
  read: (url: string) => Promise<ReplicaReading>,
  fault: (error: unknown, ctx: ProbeContext) => StepOutcome,
): Promise<StepOutcome> {
  if (replicas.length === 0) return { outcome: 'not_configured', detail: 'replicas is empty' };
  const all = await Promise.all(
    replicas.map(async ({ name, url }) => {
      const state = await arrived(() => read(url), ctx).then(
        (reading) => judge(reading, maxLag, ctx.now()),
        (error) => fault(error, ctx),
      );
      return { ...state, detail: state.outcome === 'ok' ? '' : `${name}: ${state.detail}` };
    }),
  );
  const worst =
    all.find((r) => verdictOf(r.outcome) === 'bad') ??
    all.find((r) => verdictOf(r.outcome) === 'unmeasured') ??
    all[0]!;
  const lags = all.flatMap((r) => r.facts?.replicaLagSeconds ?? []);
  return { ...worst, facts: lags.length > 0 ? { replicaLagSeconds: Math.max(...lags) } : {} };
}

/** The very first heartbeat of a location may still be on its way: looked for again for a second. */
async function arrived(read: () => Promise<ReplicaReading>, ctx: ProbeContext): Promise<ReplicaReading> {
  const until = ctx.now() + FIRST_HEARTBEAT_MS;
  for (;;) {
    const reading = await read();
    if (reading.heartbeatMs !== undefined || ctx.now() >= until || ctx.signal.aborted) return reading;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function judge({ heartbeatMs, stopped }: ReplicaReading, maxLagMs: number, nowMs: number): StepOutcome {
  const lagMs = heartbeatMs === undefined ? undefined : Math.max(0, nowMs - heartbeatMs);
  const facts = lagMs === undefined ? {} : { replicaLagSeconds: lagMs / 1000 };
  if (stopped !== undefined) return { outcome: 'replica_stopped', detail: stopped, facts };
  if (lagMs === undefined)
    return { outcome: 'lag_unknown', detail: 'has no heartbeat of this location yet; is the step write on?' };
  if (lagMs <= maxLagMs) return { outcome: 'ok', facts };
  return { outcome: 'replica_lag', detail: `${(lagMs / 1000).toFixed(1)} s behind`, facts };
}
