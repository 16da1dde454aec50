// Alive and ready, as the kubelet asks the real WordPress: what is dead must be told from what is only slow.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MariaDb, startMariadb } from '../services/mariadb.ts';
import { freePort } from '../services/process.ts';
import { type RedisServer, startRedis } from '../services/redis.ts';
import { startWordpress, type WordPress } from '../services/wordpress.ts';

const PASSWORD = 'password-of-the-cache';
let database: MariaDb;
let cache: RedisServer;
let wordpress: WordPress;
let url: string;
beforeAll(async () => {
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  [database, cache] = await Promise.all([startMariadb(), startRedis({ password: PASSWORD })]);
  wordpress = await startWordpress(database, url, { port, cache, env: { CACHE_PASSWORD: PASSWORD } });
});
afterAll(async () => {
  await wordpress.remove();
  await Promise.all([database.remove(), cache.remove()]);
});

/** Status and body, without following redirects. */
async function get(path: string, headers: Record<string, string> = {}): Promise<readonly [number, string]> {
  const answer = await fetch(`${url}${path}`, { redirect: 'manual', headers });
  return [answer.status, await answer.text()];
}
const ready = async () => {
  const [status, body] = await get('/readyz');
  return [status, JSON.parse(body)];
};
const WELL = [200, { database: true, cache: 'ok' }];

describe('a pod', () => {
  it('is alive and ready when all is well, for any Host', async () => {
    expect(await get('/healthz')).toEqual([200, 'pong']);
    expect(await ready()).toEqual(WELL);
    expect((await get('/readyz', { host: '10.0.0.7:8080' }))[0]).toBe(200);
    expect((await get('/'))[0]).toBe(200);
  });
  it('is ready without Redis, slowly or quickly dead, and pages are served', async () => {
    await cache.stop();
    expect(await ready()).toEqual([200, { database: true, cache: 'degraded' }]);
    expect((await get('/'))[0]).toBe(200);
    await cache.start();
    expect(await ready()).toEqual(WELL);
    cache.pause();
    try {
      expect(await ready()).toEqual([200, { database: true, cache: 'degraded' }]);
      expect((await get('/?s=slow'))[0]).toBe(200);
    } finally {
      cache.resume();
    }
    expect(await ready()).toEqual(WELL);
  });
  it('is alive, but not ready, without the database, also when that hangs', async () => {
    await database.stop();
    expect(await ready()).toEqual([503, { database: false, cache: 'ok' }]);
    expect(await get('/healthz')).toEqual([200, 'pong']);
    await database.start();
    expect(await ready()).toEqual(WELL);
    database.pause();
    try {
      expect(await ready()).toEqual([503, { database: false, cache: 'ok' }]);
      expect((await get('/healthz'))[0]).toBe(200);
    } finally {
      database.resume();
    }
    expect(await ready()).toEqual(WELL);
  });
  it('is alive and ready while all workers are busy', async () => {
    await wordpress.withFile(
      'slow.php',
      () => '<?php sleep(3);',
      async () => {
        let ended = 0;
        const visits = [1, 2, 3, 4, 5].map(() => get('/slow.php').then(() => (ended += 1)));
        await new Promise((resolve) => setTimeout(resolve, 500));
        expect(await get('/healthz')).toEqual([200, 'pong']);
        expect(await ready()).toEqual(WELL);
        expect((await fetch(`http://${wordpress.metrics}/metrics`)).status).toBe(200);
        expect(ended).toBe(0);
        await Promise.all(visits);
      },
    );
  });
  it('is neither without PHP', async () => {
    await wordpress.php.stop();
    expect((await get('/healthz'))[0]).toBe(502);
    expect((await get('/readyz'))[0]).toBe(502);
    await wordpress.php.start();
    expect(await get('/healthz')).toEqual([200, 'pong']);
  });
  it('is ready before the site is installed, when pages lead to the installer', async () => {
    await wordpress.withFile(
      'wp-config.php',
      (old) => old.replace("'wp_'", "'new_'"),
      async () => {
        expect(await ready()).toEqual(WELL);
        expect((await get('/'))[0]).toBe(302);
      },
    );
  });
});
