// What a collection from a database costs with the series that boards ask for: one HTTP request, one collection, all series in the
// answer. Ours is a whole probe on a new connection; the peers are Debian's exporters, asked by one scraper, as Prometheus does.
import { writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { startExporter } from '../services/exporter.ts';
import { createProbeUser, startMariadb } from '../services/mariadb.ts';
import {
  NOT_FOR_BOARDS,
  type PeerExporter,
  startMysqldExporter,
  startRedisExporter,
} from '../services/peer-exporters.ts';
import { privateFolder } from '../services/process.ts';
import { startRedis } from '../services/redis.ts';
import { cpuSeconds, type Figure, paired, type Row, SHIPPED } from './figures.ts';

const ROUNDS = 7;
/** So many collections of ours in a round; the peers cost more and get fewer. */
const OURS = 1_500;
const OF_PEER = { mariadb: 150, redis: 500 } as const;
/** The compiler of Node has seen enough of a collection by then; Go's is done before the start. */
const WARM_UP = 8_000;

interface Side {
  readonly pid: number;
  readonly url: string;
  /** What the answer must hold, as a line. */
  readonly sign: string;
}

const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const get = (url: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const call = request(url, { agent }, (answer) => {
      let text = '';
      answer.setEncoding('latin1').on('data', (chunk) => {
        text += chunk;
      });
      answer.on('end', () => resolve(text));
    });
    call.on('error', reject);
    call.end();
  });

/** CPU microseconds per collection, one after the other. */
async function perCollection({ pid, url, sign }: Side, count: number): Promise<number> {
  const before = cpuSeconds(pid);
  for (let i = 0; i < count; i++) {
    const text = await get(url);
    if (!text.includes(sign)) throw new Error(`no ${sign.trim()} in the answer of ${url}:\n${text.slice(0, 2_000)}`);
  }
  return ((cpuSeconds(pid) - before) / count) * 1e6;
}

const targetsOf = (mariadb: number, redis: number) => {
  const login = { kind: 'mariadb', url: `mysql://plimsoll@127.0.0.1:${mariadb}/plimsoll`, password: 'pw' };
  const cache = { kind: 'redis', url: `redis://127.0.0.1:${redis}/0` };
  return [
    { ...login, name: 'mariadb', steps: ['connect'] },
    { ...login, name: 'mariadb-all', steps: ['connect', 'read', 'write'] },
    { ...cache, name: 'redis', steps: ['connect'] },
    { ...cache, name: 'redis-all', steps: ['connect', 'read', 'write'] },
  ].map((target) => ({ ...target, interval: '1h' }));
};

const us = (value: number): string => `${value.toFixed(0)} µs`;

async function figure(
  what: string,
  ours: Side,
  peer: Side,
  kind: keyof typeof OF_PEER,
  against: string,
  must = true,
): Promise<Figure> {
  await perCollection(peer, 50);
  const found = await paired(
    ROUNDS,
    () => perCollection(ours, OURS),
    () => perCollection(peer, OF_PEER[kind]),
  );
  return {
    what,
    against,
    value: found.ratio,
    worst: found.worst,
    unit: 'x',
    ...(must && { must: 5, aim: 10 }),
    how: `${us(found.ours)} against ${us(found.peer)} of CPU a collection`,
  };
}

export const databaseRows: Row = {
  name: 'databases',
  async measure() {
    const folder = privateFolder('bench-databases');
    const [mariadb, redis] = await Promise.all([startMariadb(), startRedis()]);
    await createProbeUser(mariadb, 'pw');
    await mariadb.sql("GRANT PROCESS ON *.* TO 'plimsoll'@'%'");
    const login = { port: mariadb.port, user: 'plimsoll', password: 'pw' };
    const installed = await startMysqldExporter(login);
    const lean = await startMysqldExporter(login, NOT_FOR_BOARDS);
    const redisPeer = await startRedisExporter(redis.port);
    const config = join(folder.path, 'databases.yaml');
    const spec = { targets: targetsOf(mariadb.port, redis.port), slos: [], exporter: { boardSeries: true } };
    writeFileSync(config, JSON.stringify(spec));
    const ours = await startExporter({ args: ['--config', config, '--data', join(folder.path, 'data')], env: SHIPPED });
    const own = (target: string): Side => {
      const sign = target.startsWith('redis') ? '\nredis_connected_clients ' : '\nmysql_global_status_queries ';
      return { pid: ours.pid, url: `${ours.url}/probe?target=${target}`, sign };
    };
    const of = ({ pid, url }: PeerExporter, sign: string): Side => ({ pid, url: `${url}/metrics`, sign: `\n${sign} ` });
    try {
      for (const name of ['mariadb', 'mariadb-all', 'redis', 'redis-all']) await perCollection(own(name), WARM_UP / 4);
      const mysqld = (peer: PeerExporter) => of(peer, 'mysql_global_status_queries');
      const cache = of(redisPeer, 'redis_connected_clients');
      const lone = 'mysqld_exporter, only the collectors of these series';
      return [
        await figure('MariaDB collection', own('mariadb'), mysqld(lean), 'mariadb', lone),
        await figure('MariaDB collection', own('mariadb'), mysqld(installed), 'mariadb', 'mysqld_exporter'),
        await figure('the same with a read and a write', own('mariadb-all'), mysqld(lean), 'mariadb', lone, false),
        await figure('Redis collection', own('redis'), cache, 'redis', 'redis_exporter'),
        await figure('the same with a read and a write', own('redis-all'), cache, 'redis', 'redis_exporter', false),
      ];
    } finally {
      await ours.end('SIGTERM');
      for (const peer of [installed, lean, redisPeer]) await peer.stop();
      await Promise.all([mariadb.remove(), redis.remove()]);
      agent.destroy();
      folder.remove();
    }
  },
};
