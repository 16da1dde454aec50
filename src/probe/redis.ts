// Redis: auth, read, write of a key with a time to live, freshness of replicas. Errors are told apart by their first word.
// PING alone misses OOM, READONLY, NOREPLICAS and stale replicas, so a write is part of every run.

import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import type { Outcome } from '../spec/outcome.ts';
import type { Target } from '../spec/target.ts';
import { networkOutcome } from './network-error.ts';
import type { Probe, ProbeContext, StepOutcome } from './probe.ts';

type RedisTarget = Target<'redis'>;

const ERRORS: Readonly<Record<string, Outcome>> = {
  NOAUTH: 'redis_auth',
  WRONGPASS: 'redis_auth',
  NOPERM: 'redis_noperm',
  OOM: 'oom',
  READONLY: 'readonly_replica',
  LOADING: 'loading',
  MASTERDOWN: 'masterdown',
  MISCONF: 'misconf',
  BUSY: 'busy',
  NOREPLICAS: 'noreplicas',
};

export const redis: Probe<'redis'> = {
  async run(target, ctx) {
    let client: Redis | undefined;
    const first = await ctx.step('connect', async () => {
      try {
        client = await connect(target, target.url, ctx);
        await within(ctx, client.ping());
        return { outcome: 'ok' };
      } catch (error) {
        const failed = fault(error, ctx);
        // A failed background save refuses PING and writes but not reads: the connection is fine, the write step says the rest.
        return failed.outcome === 'misconf' ? { outcome: 'ok', detail: failed.detail ?? '' } : failed;
      }
    });
    const open = client as Redis | undefined;
    for (const name of target.steps) {
      if (name === 'connect') continue;
      await ctx.step(name, async () => {
        if (open === undefined || first.outcome !== 'ok')
          return { outcome: first.outcome, blame: first.blame, detail: `connect: ${first.detail}` };
        try {
          return await STEPS[name](target, open, ctx);
        } catch (error) {
          return fault(error, ctx);
        }
      });
    }
    open?.disconnect();
  },
};

const keyOf = (ctx: ProbeContext): string => `plimsoll:heartbeat:${ctx.location}`;

async function connect(target: RedisTarget, text: string, ctx: ProbeContext): Promise<Redis> {
  const url = new URL(text);
  const own = new URL(target.url);
  const resolved = await ctx.resolve(url.hostname);
  if (!resolved.ok) throw Object.assign(new Error(resolved.detail), { outcome: resolved.outcome });
  const secure = url.protocol === 'rediss:' || target.tls !== 'off';
  const username = decodeURIComponent(url.username || own.username);
  const password = target.password ?? decodeURIComponent(own.password);
  const client = new Redis({
    host: resolved.addresses[0]!,
    port: Number(url.port || 6379),
    db: Number(url.pathname.slice(1) || 0),
    lazyConnect: true,
    enableReadyCheck: false,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    connectTimeout: Math.max(50, ctx.remainingMs()),
    ...(username !== '' && { username }),
    ...(password !== '' && { password }),
    ...(secure && {
      tls: {
        servername: url.hostname,
        rejectUnauthorized: target.tls !== 'required',
        ...(target.ca !== undefined && { ca: readFileSync(target.ca) }),
      },
    }),
  });
  const { promise: broken, reject } = Promise.withResolvers<never>();
  broken.catch(() => {});
  client.on('error', reject);
  try {
    await within(ctx, Promise.race([client.connect(), broken]));
    return client;
  } catch (error) {
    client.disconnect();
    throw error;
  }
}

function within<T>(ctx: ProbeContext, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(new Error('deadline'));
    if (ctx.signal.aborted) onAbort();
    ctx.signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => ctx.signal.removeEventListener('abort', onAbort));
  });
}

function fault(error: unknown, ctx: ProbeContext): StepOutcome {
  const { message = '', outcome } = error as Error & { outcome?: Outcome };
  if (outcome !== undefined) return { outcome, detail: message };
  if (ctx.signal.aborted || message === 'connect ETIMEDOUT')
    return { outcome: 'timeout', detail: 'no answer within the deadline' };
  const word = message.split(' ', 1)[0] ?? '';
  const detail = message.slice(0, 200);
  if (/max number of clients/i.test(message)) return { outcome: 'max_clients', detail };
  if (/without any password configured|invalid password/i.test(message)) return { outcome: 'redis_auth', detail };
  const known = ERRORS[word] ?? networkOutcome(error);
  if (known !== undefined) return { outcome: known, detail };
  return { outcome: /closed|ended/i.test(message) ? 'reset' : 'redis_error', detail };
}

const STEPS: Readonly<
  Record<'read' | 'write' | 'replica', (target: RedisTarget, client: Redis, ctx: ProbeContext) => Promise<StepOutcome>>
> = {
  async read(_target, client, ctx) {
    await within(ctx, client.get(keyOf(ctx)));
    return { outcome: 'ok' };
  },
  async write(target, client, ctx) {
    await within(ctx, client.set(keyOf(ctx), String(ctx.now()), 'PX', Math.max(60_000, 10 * target.interval)));
    return { outcome: 'ok' };
  },
  async replica(target, _client, ctx) {
    if (target.replicas.length === 0) return { outcome: 'not_configured', detail: 'replicas is empty' };
    const all = await Promise.all(target.replicas.map((replica) => replicaState(target, replica, ctx)));
    const lags = all.flatMap((r) => r.facts?.replicaLagSeconds ?? []);
    const worst = all.find((r) => r.outcome !== 'ok') ?? all[0]!;
    return { ...worst, facts: lags.length > 0 ? { replicaLagSeconds: Math.max(...lags) } : {} };
  },
};

async function replicaState(
  target: RedisTarget,
  replica: RedisTarget['replicas'][number],
  ctx: ProbeContext,
): Promise<StepOutcome> {
  let client: Redis | undefined;
  try {
    client = await connect(target, replica.url, ctx);
    const info = await within(ctx, client.info('replication'));
    const value = await within(ctx, client.get(keyOf(ctx)));
    const lagMs = value === null ? undefined : Math.max(0, ctx.now() - Number(value));
    const facts = lagMs === undefined ? {} : { replicaLagSeconds: lagMs / 1000 };
    if (/master_link_status:down/.test(info))
      return { outcome: 'replica_stopped', detail: `${replica.name}: its link to the primary is down`, facts };
    if (lagMs === undefined)
      return {
        outcome: 'lag_unknown',
        detail: `${replica.name} has no heartbeat of this location yet; is the step write on?`,
      };
    return lagMs > target.maxLag
      ? { outcome: 'replica_lag', detail: `${replica.name} is ${(lagMs / 1000).toFixed(1)} s behind`, facts }
      : { outcome: 'ok', facts };
  } catch (error) {
    const failed = fault(error, ctx);
    return { ...failed, detail: `${replica.name}: ${failed.detail}` };
  } finally {
    client?.disconnect();
  }
}
