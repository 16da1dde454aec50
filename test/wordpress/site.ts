// A real site with database and cache for the tests of the image, and requests as a proxy in front of it sends them.

import { type MariaDb, startMariadb } from '../services/mariadb.ts';
import { freePort } from '../services/process.ts';
import { type RedisServer, startRedis } from '../services/redis.ts';
import { startWordpress, type WordPress } from '../services/wordpress.ts';

export interface Site {
  readonly url: string;
  readonly database: MariaDb;
  readonly cache: RedisServer;
  readonly wordpress: WordPress;
  /** Sends a request and follows no redirect. */
  ask(path: string, init?: RequestInit): Promise<Answer>;
  /** Asks Redis, with its password. */
  redis(name: string, ...args: (string | number)[]): Promise<unknown>;
  remove(): Promise<void>;
}
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

export const CACHE_PASSWORD = 'password-of-the-cache';

/** Starts all of it; `env` are variables of the containers. Takes about 10 s. */
export async function startSite(env: Readonly<Record<string, string>> = {}): Promise<Site> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const [database, cache] = await Promise.all([startMariadb(), startRedis({ password: CACHE_PASSWORD })]);
  const wordpress = await startWordpress(database, url, { port, cache, env: { CACHE_PASSWORD, ...env } });
  return {
    url,
    database,
    cache,
    wordpress,
    async ask(path, init = {}) {
      const answer = await fetch(`${url}${path}`, { redirect: 'manual', ...init });
      return { status: answer.status, headers: answer.headers, body: await answer.text() };
    },
    redis: (name, ...args) => cache.command(name, ...args),
    async remove() {
      await wordpress.remove();
      await Promise.all([database.remove(), cache.remove()]);
    },
  };
}

/** The form of the login page. */
export const login = (name: string, password: string, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: {
    'content-type': 'application/x-www-form-urlencoded',
    cookie: 'wordpress_test_cookie=WP%20Cookie%20check',
    ...headers,
  },
  body: new URLSearchParams({ log: name, pwd: password, testcookie: '1' }).toString(),
});
