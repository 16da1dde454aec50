// Redis: auth, read, write of a key with a time to live, freshness of replicas. Errors are told apart by their first word.
// PING alone misses OOM, READONLY, NOREPLICAS and stale replicas, so a write is part of every run.
import type { Outcome } from '../spec/outcome.ts';
import type { Target } from '../spec/target.ts';
import { driverTls } from './authorities.ts';
import { redisReading } from './board-redis.ts';
import { type Driver, type Login, runDatabase } from './database.ts';
import { ProbeFault } from './fault.ts';
import { networkOutcome } from './network-error.ts';
import type { Probe, ProbeContext, StepOutcome } from './probe.ts';
import { RedisConnection } from './redis-connection.ts';
import { hostOf } from './resolve.ts';

type RedisTarget = Target<'redis'>;

/** By the first word of an error: a Map, as the word is the server's. */
const ERRORS: ReadonlyMap<string, Outcome> = new Map([
  ['NOAUTH', 'redis_auth'],
  ['WRONGPASS', 'redis_auth'],
  ['NOPERM', 'redis_noperm'],
  ['OOM', 'oom'],
  ['READONLY', 'readonly_replica'],
  ['LOADING', 'loading'],
  ['MASTERDOWN', 'masterdown'],
  ['MISCONF', 'misconf'],
  ['BUSY', 'busy'],
  ['NOREPLICAS', 'noreplicas'],
]);

export const redis: Probe<'redis'> = { run: (target, ctx) => runDatabase(target, driver, ctx) };

const driver: Driver<RedisTarget> = {
  async open(login, target, ctx) {
    const connection = await connect(login, target, ctx);
    const key = `plimsoll:heartbeat:${ctx.location}`;
    const ask = (...words: string[]) => connection.ask(words)[0]!;
    return {
      read: () => ask('GET', key).then(expecting('GET', (value) => value === null || typeof value === 'string')),
      async write(nowMs) {
        const ttlMs = Math.max(60_000, 10 * target.interval);
        const set = ask('SET', key, String(nowMs), 'PX', String(ttlMs));
        await set.then(expecting('SET', (answer) => answer === 'OK'));
        return undefined;
      },
      async replication() {
        const info = String(await ask('INFO', 'replication'));
        return { heartbeatMs: await ask('GET', key), stopped: whyStopped(info) };
      },
      board: async () => redisReading(String(await ask('INFO', 'all')), ctx.now()),
      close: () => connection.close(),
    };
  },
  fault: (error, _step, ctx) => fault(error, ctx),
};

/** An answer that is well-formed but none to this command comes from something else, or belongs to another question. */
const expecting =
  (command: string, fits: (answer: unknown) => boolean) =>
  (answer: unknown): void => {
    if (!fits(answer)) throw new ProbeFault('protocol_error', `that is no answer to ${command}`);
  };

async function connect(login: Login, target: RedisTarget, ctx: ProbeContext): Promise<RedisConnection> {
  const { url, address } = login;
  const secure = url.protocol === 'rediss:' || target.tls !== 'off';
  const tls = secure ? driverTls(target.tls === 'required' ? 'required' : 'verify', target.ca, hostOf(url)) : undefined;
  const connection = await RedisConnection.open(address, Number(url.port || 6379), ctx.signal, tls);
  try {
    await greet(connection, login);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** Logs in, chooses the database and asks for a sign of life, all in one packet. The first refusal counts. */
async function greet(connection: RedisConnection, { username, password, database }: Login): Promise<void> {
  const auth = username === '' ? ['AUTH', password] : ['AUTH', username, password];
  const login = password === '' ? [] : [auth];
  const choice = Number(database || 0) === 0 ? [] : [['SELECT', database]];
  const answers = connection.ask(...login, ...choice, ['PING']);
  const ping = answers.pop()!;
  // A server that wants no password is not a wrong one.
  if (login.length > 0) await answers.shift()!.then(expecting('AUTH', isOk), unless(/without any password configured/));
  for (const answer of answers) await answer.then(expecting('SELECT', isOk));
  // A failed background save refuses PING and writes, but not reads: the connection is fine, the step write says the rest.
  await ping.then(
    expecting('PING', (answer) => answer === 'PONG'),
    unless(/^MISCONF/),
  );
}

const isOk = (answer: unknown): boolean => answer === 'OK';
const unless = (excused: RegExp) => (error: Error) => {
  if (!excused.test(error.message)) throw error;
};

function fault(error: unknown, ctx: ProbeContext): StepOutcome {
  if (error instanceof ProbeFault) return { outcome: error.outcome, detail: error.message };
  if (ctx.signal.aborted) return { outcome: 'timeout', detail: 'no answer within the deadline' };
  const { message = '' } = error as Error;
  const detail = message.slice(0, 200);
  if (/max number of clients/i.test(message)) return { outcome: 'max_clients', detail };
  if (/without any password configured|invalid password/i.test(message)) return { outcome: 'redis_auth', detail };
  return { outcome: ERRORS.get(message.split(' ', 1)[0]!) ?? networkOutcome(error) ?? 'redis_error', detail };
}

function whyStopped(info: string): string | undefined {
  if (/^role:master/m.test(info)) return 'it is a primary itself';
  return /^master_link_status:down/m.test(info) ? 'its link to the primary is down' : undefined;
}
