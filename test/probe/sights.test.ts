// What the exporter sees of changes by itself, on real servers: WordPress is updated, MariaDB's primary moves, a certificate is replaced.
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer as createTcpServer, type Server } from 'node:net';
import { createServer, type Server as TlsServer } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Changes } from '../../src/engine/changes.ts';
import { sightOf } from '../../src/engine/sights.ts';
import type { Run } from '../../src/probe/runner.ts';
import { ChangeLog } from '../../src/store/change-log.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { makeCa } from '../services/ca.ts';
import { createProbeUser, type MariaDb, startMariadb } from '../services/mariadb.ts';
import { freePort, privateFolder } from '../services/process.ts';
import { HEALTH_TOKEN, startWordpress, type WordPress } from '../services/wordpress.ts';
import { validSpec } from '../spec/specs.ts';
import { run } from './run.ts';

const folder = privateFolder('sights');
afterAll(() => folder.remove());
let stores = 0;

interface Watch {
  /** Probes so often, and tells what was seen. */
  see(times: number): Promise<(string | undefined)[]>;
  restart(): void;
  counted(kind: 'core_update' | 'failover' | 'certificate_renewed', service?: string): number | undefined;
  last(): Run;
}
/** Changes of a target named x, which the service `shop` counts and `blog` depends on, on a store that survives restarts. */
function watch(settings: object): Watch {
  const target = { name: 'x', interval: '30s', timeout: '10s', ...settings };
  const slo = (name: string, service: string, on: string, dependsOn: string[]) => ({
    ...{ name, service, team: 't', objective: '99%', window: '30d', dependsOn },
    sli: { kind: 'probe', target: on },
  });
  const other = { name: 'other', kind: 'http', url: 'http://127.0.0.1:9/' };
  const spec = validSpec({
    targets: [target, other],
    slos: [slo('a', 'shop', 'x', []), slo('b', 'blog', 'other', ['x']), slo('c', 'news', 'other', [])],
  });
  const data = `${folder.path}/store-${++stores}`;
  let [store, log, changes, latest] = [] as unknown as [Store, ChangeLog, Changes, Run];
  const start = () => {
    store = openStore(data, Number.POSITIVE_INFINITY);
    log = new ChangeLog(store.changes);
    changes = new Changes(spec, { changeLog: log, log: { info: () => {} }, now: Date.now });
  };
  start();
  return {
    async see(times) {
      const before = [...log.changes].length;
      for (let i = 0; i < times; i++) {
        latest = await run({ ...settings, timeout: '10s' });
        changes.onRun(latest);
      }
      changes.flush();
      return [...log.changes]
        .slice(before)
        .filter(({ service }) => service === 'shop')
        .map(({ kind, text }) => `${kind}: ${text}`);
    },
    restart() {
      store.close();
      start();
    },
    counted: (kind, service = 'shop') => log.total(kind, service),
    last: () => latest,
  };
}

describe('WordPress', () => {
  let database: MariaDb;
  let wordpress: WordPress;
  let url: string;
  beforeAll(async () => {
    const port = await freePort();
    url = `http://127.0.0.1:${port}/`;
    database = await startMariadb();
    wordpress = await startWordpress(database, url.slice(0, -1), port);
  });
  afterAll(async () => {
    await wordpress.remove();
    await database.remove();
  });
  /** As an update leaves it: the file that says which version is there. */
  const updatedTo = (version: string, body: () => Promise<void>) =>
    wordpress.withFile(
      'wp-includes/version.php',
      (old) => old.replace(/\$wp_version = '[^']+'/, `$wp_version = '${version}'`),
      body,
    );

  it.each([
    ['what the plugin says', ['objectcache'], { healthToken: HEALTH_TOKEN }],
    ['the page itself', ['uncached'], {}],
  ])('that is updated is seen by %s, once, also over a restart, and back again', async (_by, steps, more) => {
    const site = watch({ kind: 'wordpress', url, steps, ...more });
    expect(await site.see(12)).toEqual([]);
    const before = sightOf(site.last())!.value;
    expect(before).toMatch(/^6\.\d/);
    await updatedTo('9.9.1', async () => {
      expect(await site.see(1)).toEqual([]);
      expect(await site.see(5)).toEqual([`core_update: WordPress ${before} -> 9.9.1`]);
      site.restart();
      expect(await site.see(5)).toEqual([]);
    });
    site.restart();
    expect(await site.see(12)).toEqual([`core_update: WordPress 9.9.1 -> ${before}`]);
    expect([
      site.counted('core_update'),
      site.counted('core_update', 'blog'),
      site.counted('core_update', 'news'),
    ]).toEqual([2, 2, 0]);
  });
  it('on two versions at once, as in a rollout, is one change and not one per run', async () => {
    const site = watch({ kind: 'wordpress', url, steps: ['uncached'] });
    await site.see(12);
    const told: unknown[] = [];
    for (let i = 0; i < 8; i++) {
      await updatedTo('9.9.2', async () => {
        told.push(...(await site.see(1 + (i % 2))));
      });
      told.push(...(await site.see(1 + (i % 3))));
    }
    expect(told).toHaveLength(1);
  });
  it('that is down, or says no version, is no change', async () => {
    const site = watch({ kind: 'wordpress', url, steps: ['uncached', 'objectcache'], healthToken: HEALTH_TOKEN });
    await site.see(12);
    await wordpress.php.stop();
    expect(await site.see(3)).toEqual([]);
    expect(sightOf(site.last())).toBeUndefined();
    await wordpress.php.start();
    await updatedTo('<b>', async () => {
      expect(await site.see(3)).toEqual([]);
      expect(sightOf(site.last())).toBeUndefined();
    });
    expect(await site.see(3)).toEqual([]);
  });
});

/** One address in front of servers that can be changed. */
async function proxy(portOf: () => number): Promise<{ port: number; close(): void }> {
  const server: Server = createTcpServer((near) => {
    const far = connect(portOf(), '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.pipe(to);
      from.on('error', () => to.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, close: () => server.close() };
}

describe('the primary of MariaDB', () => {
  const servers: MariaDb[] = [];
  beforeAll(async () => {
    const first = await startMariadb();
    servers.push(first, await startMariadb({ replicaOf: first }));
    await createProbeUser(first, 'pw');
  });
  afterAll(() => Promise.all(servers.map((server) => server.remove())));

  it('that moves to another server behind the same address is seen, and a replica in its place is none', async () => {
    let place = 0;
    const address = await proxy(() => servers[place]!.port);
    const url = `mysql://plimsoll@127.0.0.1:${address.port}/plimsoll`;
    const database = watch({ kind: 'mariadb', url, password: 'pw', steps: ['read', 'write'] });
    expect(await database.see(12)).toEqual([]);
    expect(database.last().steps.map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'ok']);
    place = 1;
    expect(await database.see(3)).toEqual([]);
    expect(database.last().steps.at(-1)!.outcome).toBe('read_only');
    await servers[1]!.sql('STOP SLAVE', 'RESET SLAVE ALL', 'SET GLOBAL read_only=0');
    const told = await database.see(4);
    expect(told).toEqual([
      expect.stringMatching(
        new RegExp(
          `^failover: writes go to \\S+:${servers[1]!.port} \\(server_id \\d+\\); before: \\S+:${servers[0]!.port} \\(server_id \\d+\\)$`,
        ),
      ),
    ]);
    database.restart();
    expect(await database.see(3)).toEqual([]);
    expect([database.counted('failover'), database.counted('failover', 'blog')]).toEqual([1, 1]);
    // Two writable servers behind a balancer, which go on for long.
    for (let i = 0; i < 60; i++) {
      place = i % 2;
      await database.see(1);
    }
    expect(database.counted('failover')).toBeLessThanOrEqual(2);
    address.close();
  });
});

describe('a certificate', () => {
  const ca = makeCa(folder.path);
  let server: TlsServer;
  afterAll(() => server.close());
  it('that is replaced is seen, with its dates; two that alternate are not', async () => {
    const pem = (file: string, days: number) => {
      const { cert, key } = ca.issue(file, ['shop.plimsoll.test'], days);
      return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
    };
    const [old, renewed] = [pem('old', 10), pem('renewed', 90)];
    server = createServer(old).on('tlsClientError', () => {});
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const site = watch({ kind: 'tls', url: `tls://shop.plimsoll.test:${port}`, address: '127.0.0.1', ca: ca.cert });
    expect(await site.see(12)).toEqual([]);
    server.setSecureContext(renewed);
    const date = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
    expect(await site.see(30)).toEqual([
      expect.stringMatching(
        new RegExp(
          `^certificate_renewed: certificate served: until ${date(90)} \\(SHA-256 [0-9A-F:]{23}\\); before: until ${date(10)} `,
        ),
      ),
    ]);
    site.restart();
    const told: unknown[] = [];
    for (let i = 0; i < 40; i++) {
      server.setSecureContext(i % 3 === 0 ? old : renewed);
      told.push(...(await site.see(1)));
    }
    expect(told.length).toBeLessThanOrEqual(1);
    expect(site.counted('certificate_renewed')).toBeLessThanOrEqual(2);
  });
});
