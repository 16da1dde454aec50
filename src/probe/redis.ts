// Redis: auth, read, write of a key with a time to live, freshness of replicas. Errors are told apart by their first word.
// PING alone misses OOM, READONLY, NOREPLICAS and stale replicas, so a write is part of every run.
import { Redis } from 'ioredis';
import type { Outcome } from '../spec/outcome.ts';
import type { Target } from '../spec/target.ts';
import { driverTls } from './authorities.ts';
import { within } from './deadline.ts';
import { ProbeFault } from './fault.ts';
import { networkOutcome } from './network-error.ts';
import type { Probe, ProbeContext, StepOutcome } from './probe.ts';
import { type ReplicaReading, replicaStep } from './replicas.ts';
import { hostOf } from './resolve.ts';

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
        return { outcome: 'ok' };
      } catch (error) {
        return fault(error, ctx);
      }
    });
    const open = client as Redis | undefined;
    for (const name of target.steps) {
      if (name === 'connect') continue;
      await ctx.step(name, async () => {
        if (open === undefined)
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
  if (!resolved.ok) throw new ProbeFault(resolved.outcome, resolved.detail);
  const secure = url.protocol === 'rediss:' || target.tls !== 'off';
  const username = decodeURIComponent(url.username || own.username);
  const password = target.password ?? decodeURIComponent(own.password);
  const client = new Redis({
    host: resolved.addresses[0]!,
    port: Number(url.port || 6379),
    db: Number(url.pathname.slice(1) || own.pathname.slice(1) || 0),
    lazyConnect: true,
    enableReadyCheck: false,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    // A full server answers and closes at once; commands that are sent meanwhile would hide its answer.
    disableClientInfo: true,
    connectTimeout: Math.max(50, ctx.remainingMs()),
    ...(username !== '' && { username }),
    ...(password !== '' && { password }),
    ...(secure && {
      tls: driverTls(target.tls === 'required' ? 'required' : 'verify', target.ca, hostOf(url)),
    }),
  });
  const { promise: broken, reject } = Promise.withResolvers<never>();
  broken.catch(() => {});
  client.on('error', reject);
  try {
    await within(ctx.signal, Promise.race([client.connect().then(() => ping(client)), broken]));
    return client;
  } catch (error) {
    client.disconnect();
    throw error;
  }
}

/** A failed background save refuses PING and writes, but not reads: the connection is fine, the step write says the rest. */
const ping = (client: Redis): Promise<unknown> =>
  client.ping().catch((error: Error) => {
    if (!error.message.startsWith('MISCONF')) throw error;
  });

function fault(error: unknown, ctx: ProbeContext): StepOutcome {
  if (error instanceof ProbeFault) return { outcome: error.outcome, detail: error.message };
  const { message = '' } = error as Error;
  if (ctx.signal.aborted || message === 'connect ETIMEDOUT')
    return { outcome: 'timeout', detail: 'no answer within the deadline' };
  const word = message.split(' ', 1)[0] ?? '';
  const detail = message.slice(0, 200);
  if (/max number of clients/i.test(message)) return { outcome: 'max_clients', detail };
  if (/without any password configured|invalid password/i.test(message)) return { outcome: 'redis_auth', detail };
  if (/RESP type/.test(message)) return { outcome: 'protocol_error', detail };
  const known = ERRORS[word] ?? networkOutcome(error);
  if (known !== undefined) return { outcome: known, detail };
  return { outcome: /closed|ended/i.test(message) ? 'reset' : 'redis_error', detail };
}

const STEPS: Readonly<
  Record<'read' | 'write' | 'replica', (target: RedisTarget, client: Redis, ctx: ProbeContext) => Promise<StepOutcome>>
> = {
  async read(_target, client, ctx) {
    await within(ctx.signal, client.get(keyOf(ctx)));
    return { outcome: 'ok' };
  },
  async write(target, client, ctx) {
    await within(ctx.signal, client.set(keyOf(ctx), String(ctx.now()), 'PX', Math.max(60_000, 10 * target.interval)));
    return { outcome: 'ok' };
  },
  replica: (target, _client, ctx) => replicaStep(target, ctx, (url) => readReplica(target, url, ctx), fault),
};

async function readReplica(target: RedisTarget, url: string, ctx: ProbeContext): Promise<ReplicaReading> {
  const client = await connect(target, url, ctx);
  try {
    const info = await within(ctx.signal, client.info('replication'));
    const value = await within(ctx.signal, client.get(keyOf(ctx)));
    return {
      heartbeatMs: value === null ? undefined : Number(value),
      stopped: /master_link_status:down/.test(info) ? 'its link to the primary is down' : undefined,
    };
  } finally {
    client.disconnect();
  }
}
