// MariaDB: connect, read, heartbeat write in a table of its own, freshness of replicas by that heartbeat.
// A run has one connection; when it fails, every later step has the same outcome, so that an SLO on `write` sees the outage.
import { type Connection, createConnection, type SqlError } from 'mariadb';
import { blameOf, type Outcome } from '../spec/outcome.ts';
import type { Target } from '../spec/target.ts';
import { driverTls } from './authorities.ts';
import { within } from './deadline.ts';
import { ProbeFault } from './fault.ts';
import { networkOutcome } from './network-error.ts';
import type { Probe, ProbeContext, StepOutcome } from './probe.ts';
import { type ReplicaReading, replicaStep } from './replicas.ts';
import { hostOf } from './resolve.ts';

type MariaDb = Target<'mariadb'>;

const TABLE = 'plimsoll_heartbeat';
const CREATE = `CREATE TABLE IF NOT EXISTS ${TABLE} (location VARCHAR(63) PRIMARY KEY, at_ms BIGINT NOT NULL)`;

const SELECT = `SELECT at_ms FROM ${TABLE} WHERE location = ?`;

// MariaDB error reference; what each number means for the target (notes/probes.md 3.2). From 45000 on: the driver's own.
const ERRORS: Readonly<Record<number, Outcome>> = {
  1040: 'too_many_connections',
  1203: 'probe_user_limit',
  1226: 'probe_user_limit',
  1045: 'auth_failed',
  1130: 'auth_failed',
  1698: 'auth_failed',
  1044: 'missing_grant',
  1142: 'missing_grant',
  1143: 'missing_grant',
  1227: 'missing_grant',
  1049: 'missing_grant',
  1290: 'read_only',
  1836: 'read_only',
  1047: 'not_ready',
  1053: 'not_ready',
  1129: 'host_blocked',
  1021: 'write_blocked',
  1114: 'write_blocked',
  1205: 'write_blocked',
  1969: 'write_blocked',
  3024: 'write_blocked',
  1152: 'reset',
  1927: 'reset',
  2006: 'reset',
  2013: 'reset',
  45009: 'reset',
  45011: 'protocol_error',
  45023: 'tls_handshake',
};

export const mariadb: Probe<'mariadb'> = {
  async run(target, ctx) {
    let connection: Connection | undefined;
    let failed: StepOutcome | undefined;
    const first = await ctx.step('connect', async () => {
      try {
        connection = await connect(target, target.url, ctx);
        return { outcome: 'ok' };
      } catch (error) {
        failed = fault(error, ctx);
        return failed;
      }
    });
    const open = connection as Connection | undefined;
    for (const name of target.steps) {
      if (name === 'connect') continue;
      await ctx.step(name, async () => {
        if (open === undefined)
          return { outcome: first.outcome, blame: first.blame, detail: `connect: ${first.detail}` };
        try {
          return await within(ctx.signal, STEPS[name](target, open, ctx));
        } catch (error) {
          const outcome = fault(error, ctx);
          return name === 'write' && outcome.outcome === 'timeout'
            ? { ...outcome, outcome: 'write_blocked', blame: blameOf('write_blocked') }
            : outcome;
        }
      });
    }
    open?.destroy();
  },
};

async function connect(target: MariaDb, text: string, ctx: ProbeContext): Promise<Connection> {
  const url = new URL(text);
  const resolved = await ctx.resolve(url.hostname);
  if (!resolved.ok) throw new ProbeFault(resolved.outcome, resolved.detail);
  const own = new URL(target.url);
  const connecting = createConnection({
    host: resolved.addresses[0]!,
    port: Number(url.port || 3306),
    user: decodeURIComponent(url.username || own.username),
    password: target.password ?? decodeURIComponent(own.password),
    database: decodeURIComponent(url.pathname.slice(1) || own.pathname.slice(1)),
    connectTimeout: Math.max(50, ctx.remainingMs()),
    ssl: tlsOf(target, url),
    bigIntAsNumber: true,
    insertIdAsNumber: true,
    allowPublicKeyRetrieval: false,
  });
  const connection = await within(ctx.signal, connecting, (late) => late.destroy());
  // A connection that breaks between two statements tells so by an event; the next statement fails and is judged.
  connection.on('error', () => {});
  return connection;
}

function tlsOf({ tls, ca }: MariaDb, url: URL): false | object {
  if (tls === 'off') return false;
  const options = driverTls(tls, ca, hostOf(url));
  // `ca` tells the driver that authorities are given: else MariaDB 11.4 passes with any certificate and the right password.
  return tls === 'verify' ? { ...options, ca: 'in secureContext' } : options;
}

/** The outcome of an error; the detail is the server's text without statement and parameters. */
function fault(error: unknown, ctx: ProbeContext): StepOutcome {
  if (error instanceof ProbeFault) return { outcome: error.outcome, detail: error.message };
  const { errno = 0, code, sqlMessage, message = '' } = error as SqlError;
  const known = ERRORS[errno] ?? networkOutcome(error) ?? networkOutcome((error as { cause?: unknown }).cause);
  const detail = `${errno || code || ''} ${sqlMessage ?? message.split('\n')[0]}`.trim();
  if (ctx.signal.aborted || code === 'ER_CONNECTION_TIMEOUT')
    return { outcome: 'timeout', detail: 'no answer within the deadline' };
  if (known !== undefined) return { outcome: known, detail };
  return { outcome: /socket|closed/i.test(message) ? 'reset' : 'query_error', detail };
}

const STEPS: Readonly<
  Record<
    'read' | 'write' | 'replica',
    (target: MariaDb, connection: Connection, ctx: ProbeContext) => Promise<StepOutcome>
  >
> = {
  async read(_target, connection, ctx) {
    await read(connection, ctx);
    return { outcome: 'ok' };
  },
  async write(_target, connection, ctx) {
    await heartbeat(connection, ctx);
    return { outcome: 'ok' };
  },
  replica: (target, _connection, ctx) => replicaStep(target, ctx, (url) => readReplica(target, url, ctx), fault),
};

const NO_TABLE: ReadonlySet<number> = new Set([1044, 1046, 1142, 1146]);

/** Reads the heartbeat, because a Galera node that is not ready answers SELECT 1, but no table; without that table, SELECT 1 must do. */
async function read(connection: Connection, ctx: ProbeContext): Promise<void> {
  try {
    await connection.query(SELECT, [ctx.location]);
  } catch (error) {
    if (!NO_TABLE.has((error as SqlError).errno)) throw error;
    await connection.query('SELECT 1');
  }
}

async function heartbeat(connection: Connection, ctx: ProbeContext): Promise<void> {
  const seconds = Math.max(1, Math.ceil(ctx.remainingMs() / 1000));
  await connection.query(`SET SESSION lock_wait_timeout = ${seconds}, innodb_lock_wait_timeout = ${seconds}`);
  const write = () =>
    connection.query(`REPLACE INTO ${TABLE} (location, at_ms) VALUES (?, ?)`, [ctx.location, ctx.now()]);
  try {
    await write();
  } catch (error) {
    if ((error as SqlError).errno !== 1146) throw error;
    await connection.query(CREATE);
    await write();
  }
}

async function readReplica(target: MariaDb, url: string, ctx: ProbeContext): Promise<ReplicaReading> {
  const connection = await connect(target, url, ctx);
  try {
    const stopped = await within(ctx.signal, whyStopped(connection));
    const rows = await within(ctx.signal, connection.query<{ at_ms: number }[]>(SELECT, [ctx.location]));
    return { heartbeatMs: rows[0]?.at_ms, stopped };
  } finally {
    connection.destroy();
  }
}

/** Why replication does not run, or undefined if it runs or we may not know (needs SLAVE MONITOR). */
async function whyStopped(connection: Connection): Promise<string | undefined> {
  try {
    const rows = (await connection.query('SHOW ALL SLAVES STATUS')) as Record<string, string | number>[];
    const bad = rows.find((r) => r.Slave_IO_Running !== 'Yes' || r.Slave_SQL_Running !== 'Yes');
    return (
      bad &&
      `IO ${bad.Slave_IO_Running}, SQL ${bad.Slave_SQL_Running}, errors ${bad.Last_IO_Errno}/${bad.Last_SQL_Errno}`
    );
  } catch {
    return undefined;
  }
}
