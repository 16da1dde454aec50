// MariaDB: connect, read, heartbeat write in a table of its own, freshness of replicas by that heartbeat.
// What each error of the server means for the target; what a run does, in which order, is in database.ts.
import { createRequire } from 'node:module';
import { connect as netConnect } from 'node:net';
import type { Connection, SqlError } from 'mariadb';
import type { Outcome } from '../spec/outcome.ts';
import type { Target } from '../spec/target.ts';
import { driverTls } from './authorities.ts';
import { mariadbReading, STATUS_STATEMENT, VARIABLES_STATEMENT } from './board-mariadb.ts';
import { type Driver, type Login, runDatabase, type Session } from './database.ts';
import { within } from './deadline.ts';
import { guardSocket } from './driver-faults.ts';
import { ProbeFault } from './fault.ts';
import { networkOutcome } from './network-error.ts';
import type { Probe, ProbeContext, StepOutcome } from './probe.ts';
import { hostOf } from './resolve.ts';

type MariaDb = Target<'mariadb'>;

const require = createRequire(import.meta.url);
const library = () => require('mariadb') as typeof import('mariadb');

const TABLE = 'plimsoll_heartbeat';
const CREATE = `CREATE TABLE IF NOT EXISTS ${TABLE} (location VARCHAR(63) PRIMARY KEY, at_ms BIGINT NOT NULL)`;

const RETURNING = ' RETURNING @@hostname AS host, @@port AS port, @@server_id AS id';

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
  1053: 'shutdown',
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
  // 80 ms and 20 MB of memory, which an exporter without a MariaDB does not need.
  prepare: library,
  run: (target, ctx) => runDatabase(target, driver, ctx),
};

const driver: Driver<MariaDb> = {
  async open(login, target, ctx) {
    const { connection, close } = await connect(login, target, ctx);
    // The deadline holds for whole steps: several statements are one.
    const step = <T>(work: Promise<T>) => within(ctx.signal, work);
    return {
      version: connection.serverVersion(),
      read: () => step(read(connection, ctx)),
      write: (nowMs) => step(heartbeat(connection, nowMs, ctx)),
      replication: () => step(replication(connection, ctx)),
      board: () => step(board(connection)),
      close,
    };
  },
  fault(error, step, ctx) {
    const result = fault(error, ctx);
    return step === 'write' && result.outcome === 'timeout' ? { ...result, outcome: 'write_blocked' } : result;
  },
};

interface Open {
  readonly connection: Connection;
  /** Not the driver's destroy(): while a statement runs, that opens a second connection to kill the first one. */
  close(): void;
}

/** A server must not send us, and our password, to another one. The driver's types do not know the option. */
const NO_REDIRECT: object = { permitRedirect: false };

async function connect(login: Login, target: MariaDb, ctx: ProbeContext): Promise<Open> {
  const { url, address, username, password, database } = login;
  const seconds = Math.max(1, Math.ceil(ctx.remainingMs() / 1000));
  // Before there is a connection: authorities that cannot be read would leave it behind.
  const ssl = tlsOf(target, url);
  const socket = netConnect({ host: address, port: Number(url.port || 3306), noDelay: true });
  guardSocket(socket);
  const close = () => {
    socket.destroy();
  };
  try {
    const connecting = library().createConnection({
      stream: () => socket,
      user: username,
      password,
      database,
      connectTimeout: Math.max(50, ctx.remainingMs()),
      ssl,
      bigIntAsNumber: true,
      insertIdAsNumber: true,
      allowPublicKeyRetrieval: false,
      ...NO_REDIRECT,
      // What still waits for a lock when we are gone must not wait for long: it would hold a connection of the probe user.
      sessionVariables: { lock_wait_timeout: seconds, innodb_lock_wait_timeout: seconds },
    });
    const connection = await within(ctx.signal, connecting);
    // A connection that breaks between two statements tells so by an event; the next statement fails and is judged.
    connection.on('error', () => {});
    return { connection, close };
  } catch (error) {
    close();
    throw error;
  }
}

function tlsOf({ tls, ca }: MariaDb, url: URL): false | object {
  if (tls === 'off') return false;
  const options = driverTls(tls, ca, hostOf(url));
  // `ca` tells the driver that authorities are given: else MariaDB 11.4 passes with any certificate and the right password.
  return tls === 'verify' ? { ...options, ca: 'in secureContext' } : options;
}

/** The outcome of an error; the detail is the server's text without statement and parameters. */
function fault(error: unknown, ctx: ProbeContext): StepOutcome {
  const told = [error, (error as { cause?: unknown }).cause].find((e) => e instanceof ProbeFault);
  if (told !== undefined) return { outcome: told.outcome, detail: told.message };
  const { errno = 0, code, sqlMessage, message = '' } = error as SqlError;
  // 45029: the server's own error, while the session was set up, is in the text.
  const number = errno === 45029 ? Number(/\(conn:-?\d+, no: (\d+)/.exec(message.slice(20))?.[1] ?? errno) : errno;
  const known = ERRORS[number] ?? networkOutcome(error) ?? networkOutcome((error as { cause?: unknown }).cause);
  const detail = `${errno || code || ''} ${sqlMessage ?? message.split('\n')[0]}`.trim();
  if (ctx.signal.aborted || code === 'ER_CONNECTION_TIMEOUT')
    return { outcome: 'timeout', detail: 'no answer within the deadline' };
  if (known !== undefined) return { outcome: known, detail };
  return { outcome: /socket|closed/i.test(message) ? 'reset' : 'query_error', detail };
}

const NO_TABLE: ReadonlySet<number> = new Set([1044, 1046, 1142, 1146]);

/** Reads the heartbeat, because a Galera node that is not ready answers SELECT 1, but no table; without that table, SELECT 1 must do. */
async function read(connection: Connection, ctx: ProbeContext): Promise<void> {
  const ask = async (statement: string, values?: unknown[]) => {
    if (!Array.isArray(await connection.query(statement, values)))
      throw new ProbeFault('protocol_error', 'that is no answer to SELECT');
  };
  try {
    await ask(SELECT, [ctx.location]);
  } catch (error) {
    if (!NO_TABLE.has((error as SqlError).errno)) throw error;
    await ask('SELECT 1');
  }
}

/** Returns the server that took the write, from MariaDB 10.5 on: behind a name or a proxy that is the primary of now. */
async function heartbeat(connection: Connection, nowMs: number, ctx: ProbeContext): Promise<string | undefined> {
  const returning = connection.info?.isMariaDB() && connection.info.hasMinVersion(10, 5, 0) ? RETURNING : '';
  const statement = `REPLACE INTO ${TABLE} (location, at_ms) VALUES (?, ?)${returning}`;
  const write = () => connection.query(statement, [ctx.location, nowMs]);
  try {
    return confirmed(await write(), returning !== '');
  } catch (error) {
    if ((error as SqlError).errno !== 1146) throw error;
    await connection.query(CREATE);
    return confirmed(await write(), returning !== '');
  }
}

/** The server in the row that was asked for, or nothing where a number of rows had to do. Else it was no answer to the write. */
function confirmed(answer: unknown, isRow: boolean): string | undefined {
  const row = Array.isArray(answer) ? (answer[0] as Record<string, unknown> | undefined) : undefined;
  if (isRow && row?.host !== undefined) return `${row.host}:${row.port} (server_id ${row.id})`.slice(0, 150);
  if (!isRow && Number((answer as { affectedRows?: number } | undefined)?.affectedRows) >= 1) return undefined;
  throw new ProbeFault('protocol_error', 'that is no answer to REPLACE');
}

async function replication(connection: Connection, ctx: ProbeContext): ReturnType<Session['replication']> {
  const stopped = await whyStopped(connection);
  const rows = await connection.query<{ at_ms: unknown }[]>(SELECT, [ctx.location]);
  return { heartbeatMs: rows[0]?.at_ms, stopped };
}

async function board(connection: Connection): ReturnType<Session['board']> {
  const rows = (sql: string) => connection.query<string[][]>({ sql, rowsAsArray: true });
  const [status, variables] = await Promise.all([rows(STATUS_STATEMENT), rows(VARIABLES_STATEMENT)]);
  return mariadbReading(status, variables);
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
