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

/** Starts a server; `replicaOf` makes it follow another, `galera` makes it a cluster of one. `args` are further options of mariadbd. */
export async function startMariadb({
  replicaOf,
  galera = false,
  args = [],
}: {
  replicaOf?: MariaDb;
  galera?: boolean;
  args?: readonly string[];
} = {}): Promise<MariaDb> {
  const folder = privateFolder('mariadb');
  const data = join(folder.path, 'data');
  mkdirSync(data);
  const port = await freePort();
  serverId += 1;
  const common = ['--no-defaults', `--datadir=${data}`, '--user=root'];
  // Temporary tables of two servers that start at once have the same names.
  const env = { PATH: process.env.PATH ?? '', TMPDIR: folder.path };
  const install = [...common, '--auth-root-authentication-method=normal', '--skip-test-db'];
  await promisify(execFile)('mariadb-install-db', install, { env });
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
    ...(galera ? galeraOptions(await freePort()) : []),
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
    // The port is open a moment before the socket.
    const ready = async () =>
      (await listens(port)) &&
      sql().then(
        () => true,
        () => false,
      );
    server = await startServer('mariadbd', options, ready, env);
  };
  await start();
  await sql(
    `CREATE USER '${ADMIN.user}'@'%' IDENTIFIED BY '${ADMIN.password}'`,
    `GRANT ALL ON *.* TO '${ADMIN.user}'@'%'`,
    ...(galera ? [] : ['RESET MASTER']),
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

const galeraOptions = (port: number): string[] => [
  '--wsrep-on=ON',
  '--wsrep-provider=/usr/lib/galera/libgalera_smm.so',
  '--wsrep-cluster-address=gcomm://',
  '--wsrep-node-address=127.0.0.1',
  `--wsrep-provider-options=gmcast.listen_addr=tcp://127.0.0.1:${port};gcache.size=1M`,
  '--binlog-format=ROW',
  '--innodb-autoinc-lock-mode=2',
];

/** The unprivileged user of the probe, with the grants of the README. */
export async function createProbeUser(mariadb: MariaDb, password: string): Promise<void> {
  await mariadb.sql(
    'CREATE DATABASE plimsoll',
    `CREATE USER 'plimsoll'@'%' IDENTIFIED BY '${password}' WITH MAX_USER_CONNECTIONS 5`,
    "GRANT SELECT, INSERT, DELETE, CREATE ON plimsoll.* TO 'plimsoll'@'%'",
    "GRANT SLAVE MONITOR ON *.* TO 'plimsoll'@'%'",
  );
}
