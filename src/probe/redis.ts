// Redis: auth, read, write of a key with a time to live, freshness of replicas. Errors are told apart by their first word.
// PING alone misses OOM, READONLY, NOREPLICAS and stale replicas, so a write is part of every run.
import { Redis } from 'ioredis';
import type { Outcome } from '../spec/outcome.ts';
import type { Target } from '../spec/target.ts';
import { driverTls } from './authorities.ts';
import { type Driver, type Login, runDatabase, type Session } from './database.ts';
import { within } from './deadline.ts';
import { ProbeFault } from './fault.ts';
import { networkOutcome } from './network-error.ts';
import type { Probe, ProbeContext, StepOutcome } from './probe.ts';
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

export const redis: Probe<'redis'> = { run: (target, ctx) => runDatabase(target, driver, ctx) };

const driver: Driver<RedisTarget> = {
  async open(login, target, ctx) {
    const client = await connect(login, target, ctx);
    const key = `plimsoll:heartbeat:${ctx.location}`;
    const step = <T>(work: Promise<T>) => within(ctx.signal, work);
    return {
      read: () => step(client.get(key)),
      async write(nowMs) {
        await step(client.set(key, String(nowMs), 'PX', Math.max(60_000, 10 * target.interval)));
        return undefined;
      },
      replication: () => step(replication(client, key)),
      close: () => client.disconnect(),
    };
  },
  fault: (error, _step, ctx) => fault(error, ctx),
};

async function connect(login: Login, target: RedisTarget, ctx: ProbeContext): Promise<Redis> {
  const { url, address, username, password, database } = login;
  const secure = url.protocol === 'rediss:' || target.tls !== 'off';
  const client = new Redis({
    host: address,
    port: Number(url.port || 6379),
    db: Number(database || 0),
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
  if (/RESP type/.test(message))
    return { outcome: 'protocol_error', detail: 'the answer is not that of a Redis server' };
  const known = ERRORS[word] ?? networkOutcome(error);
  if (known !== undefined) return { outcome: known, detail };
  return { outcome: /closed|ended/i.test(message) ? 'reset' : 'redis_error', detail };
}

async function replication(client: Redis, key: string): ReturnType<Session['replication']> {
  const info = await client.info('replication');
  const value = await client.get(key);
  return { heartbeatMs: value === null ? undefined : Number(value), stopped: whyStopped(info) };
}

function whyStopped(info: string): string | undefined {
  if (/^role:master/m.test(info)) return 'it is a primary itself';
  return /^master_link_status:down/m.test(info) ? 'its link to the primary is down' : undefined;
}
