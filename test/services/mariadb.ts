// A private MariaDB, or a replica of one by GTID.
import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createConnection } from 'mariadb';
import { freePort, listens, privateFolder, type Server, startServer } from './process.ts';

export interface MariaDb {
  readonly port: number;
  /** Runs statements as root. */
  sql(...statements: string[]): Promise<unknown[]>;
  stop(): Promise<void>;
  start(): Promise<void>;
  pause(): void;
  resume(): void;
  /** Stops it and deletes its data. */
  remove(): Promise<void>;
}

const ADMIN = { user: 'admin', password: 'admin' };
let serverId = 0;

/** Starts a server; `replicaOf` makes it follow another. `args` are further options of mariadbd. */
export async function startMariadb({
  replicaOf,
  args = [],
}: {
  replicaOf?: MariaDb;
  args?: readonly string[];
} = {}): Promise<MariaDb> {
  const folder = privateFolder('mariadb');
  const data = join(folder.path, 'data');
  mkdirSync(data);
  const port = await freePort();
  serverId += 1;
  const common = ['--no-defaults', `--datadir=${data}`, '--user=root'];
  await promisify(execFile)('mariadb-install-db', [
    ...common,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
  ]);
  const options = [
    ...common,
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    `--socket=${join(folder.path, 's')}`,
    `--pid-file=${join(folder.path, 'pid')}`,
    `--server-id=${serverId}`,
    '--log-bin=bin',
    '--innodb-buffer-pool-size=32M',
    '--innodb-log-file-size=8M',
    '--innodb-flush-log-at-trx-commit=2',
    '--performance-schema=OFF',
    '--skip-name-resolve',
    '--max-connections=50',
    ...args,
  ];
  const sql: MariaDb['sql'] = async (...statements) => {
    const connection = await createConnection({
      socketPath: join(folder.path, 's'),
      user: 'root',
      multipleStatements: false,
    });
    try {
      const results: unknown[] = [];
      for (const statement of statements) results.push(await connection.query(statement));
      return results;
    } finally {
      await connection.end();
    }
  };
  let server: Server | undefined;
  const start = async () => {
    server = await startServer('mariadbd', options, () => listens(port));
  };
  await start();
  await sql(
    `CREATE USER '${ADMIN.user}'@'%' IDENTIFIED BY '${ADMIN.password}'`,
    `GRANT ALL ON *.* TO '${ADMIN.user}'@'%'`,
    'RESET MASTER',
  );
  if (replicaOf !== undefined) {
    await sql(
      `CHANGE MASTER TO MASTER_HOST='127.0.0.1', MASTER_PORT=${replicaOf.port}, MASTER_USER='${ADMIN.user}', MASTER_PASSWORD='${ADMIN.password}', MASTER_USE_GTID=slave_pos, MASTER_CONNECT_RETRY=1`,
      'START SLAVE',
      'SET GLOBAL read_only=1',
    );
  }
  const stop = async () => server?.stop();
  return {
    port,
    sql,
    stop,
    start,
    pause: () => server?.pause(),
    resume: () => server?.resume(),
    async remove() {
      await stop();
      folder.remove();
    },
  };
}

/** The unprivileged user of the probe, with the grants of the README. */
export async function createProbeUser(mariadb: MariaDb, password: string): Promise<void> {
  await mariadb.sql(
    'CREATE DATABASE plimsoll',
    `CREATE USER 'plimsoll'@'%' IDENTIFIED BY '${password}' WITH MAX_USER_CONNECTIONS 5`,
    "GRANT SELECT, INSERT, DELETE, CREATE ON plimsoll.* TO 'plimsoll'@'%'",
    "GRANT SLAVE MONITOR ON *.* TO 'plimsoll'@'%'",
  );
}
