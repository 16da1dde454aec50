// Servers that send back the secrets they were given, and texts made to break logs, terminals and pages.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to secrets are written so in the spec
import { createServer as createHttp } from 'node:http';
import { type AddressInfo, createServer as createTcp, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventsOf, runs, startWatch, type Watch } from '../services/watched.ts';

/** No part of another, and nothing that a page or a log says by itself. */
const CANARIES = {
  BEARER: 'cAnArY-bearer-1f6b',
  COOKIE: 'cAnArY-cookie-92ce',
  TOKEN: 'cAnArY-header-0d4e',
  URL: 'cAnArY-url-77aa',
  DATABASE: 'cAnArY-mysql-5510',
  CACHE: 'cAnArY-redis-c3f0',
  REPLICA: 'cAnArY-replica-8e21',
  LOGIN: 'cAnArY-login-b0b0',
  HEALTH: 'cAnArY-health-4242',
} as const;
const leaked = (text: string): string[] =>
  Object.values(CANARIES).filter((canary) =>
    [
      canary,
      encodeURIComponent(canary),
      Buffer.from(canary).toString('base64'),
      Buffer.from(canary).toString('hex'),
    ].some((form) => text.includes(form)),
  );
const HOSTILE =
  '\u001b[31m\u001b[2J\r\n{"level":"info","msg":"forged"}\n<img src=x onerror=alert(1)>\u202e\u2028\u0007end';

const servers: Server[] = [];
let watch: Watch;

async function listen(server: Server): Promise<number> {
  servers.push(server);
  server.on('connection', (socket) => socket.on('error', () => {}));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** An error before the greeting, which is all that MariaDB has to say then. */
function mariadbError(text: string): Buffer {
  const payload = Buffer.concat([Buffer.from([0xff, 0xcf, 0x07]), Buffer.from(text)]);
  return Buffer.concat([Buffer.from([payload.length & 255, payload.length >> 8, 0, 0]), payload]);
}

beforeAll(async () => {
  // Each server tells what it was told.
  const told = (texts: readonly unknown[]) => texts.join('/').replaceAll(/[^\w-]+/g, '/');
  const site = await listen(
    createHttp((request, response) => {
      const location = `/${told(Object.values(request.headers))}/${Math.random()}`;
      response.writeHead(302, { connection: 'close', location }).end();
    }),
  );
  const page = await listen(
    createHttp((request, response) => {
      const all = told(Object.values(request.headers));
      const headers = { connection: 'close', 'x-cache': 'MISS', 'cache-control': `private, ${all}`, vary: all };
      response.writeHead(200, headers).end(`<html>${all}</html>`);
    }),
  );
  const saying = (text: string) => listen(createTcp((socket) => socket.end(mariadbError(text))));
  const [database, odd] = await Promise.all([saying(`no entry with ${CANARIES.DATABASE}`), saying(HOSTILE)]);
  const cache = await listen(
    createTcp((socket) => socket.on('data', (asked) => socket.write(`-ERR what is ${told([asked])}\r\n`))),
  );
  const headers = {
    authorization: 'Bearer ${env:BEARER}',
    cookie: 'a=1; session=${env:COOKIE}',
    'x-probe-token': '${env:TOKEN}',
  };
  const replicas = [{ name: 'r1', url: `redis://plimsoll:\${env:REPLICA}@127.0.0.1:${cache}/0` }];
  watch = await startWatch(
    [
      { name: 'site', kind: 'http', url: `http://user:\${env:URL}@127.0.0.1:${site}/`, headers },
      {
        name: 'page',
        kind: 'cdn',
        url: `http://127.0.0.1:${page}/`,
        steps: ['hit', 'bypass'],
        headers,
        loginCookie: 'wordpress_logged_in=${env:LOGIN}',
      },
      {
        name: 'shop',
        kind: 'wordpress',
        url: `http://127.0.0.1:${site}/`,
        headers,
        healthToken: '${env:HEALTH}',
        steps: ['front', 'cron'],
      },
      {
        name: 'db',
        kind: 'mariadb',
        url: `mysql://plimsoll@127.0.0.1:${database}/plimsoll`,
        password: '${env:DATABASE}',
      },
      { name: 'odd', kind: 'mariadb', url: `mysql://plimsoll@127.0.0.1:${odd}/plimsoll` },
      {
        name: 'cache',
        kind: 'redis',
        url: `redis://plimsoll:\${env:CACHE}@127.0.0.1:${cache}/0`,
        steps: ['write', 'replica'],
        replicas,
      },
    ],
    {},
    { env: CANARIES },
  );
});
afterAll(async () => {
  await watch?.stop();
  for (const server of servers) server.close();
});

const TARGETS = ['site', 'page', 'shop', 'db', 'cache'];
const PAGES = [
  '/metrics',
  '/api/v1/slos',
  '/',
  '/config',
  '/events',
  '/status',
  '/feed.atom',
  '/api/v1/openapi.json',
  '/healthz',
  '/readyz',
];
const get = (path: string) => watch.exporter.text(path);

describe('what a target sends back', () => {
  it('Z04 is shown without our secrets in labels, log, errors, pages and API, and no route dumps the heap', async () => {
    await watch.until(async () => {
      const series = await watch.series();
      return TARGETS.every((name) => (series.get(eventsOf(name, 'bad')) ?? 0) >= 1);
    });
    const details = await Promise.all(TARGETS.map((name) => get(`/probe?target=${name}&debug=true`)));
    // They did send them back, or this would prove nothing.
    for (const [i, name] of TARGETS.entries()) expect(details[i], name).toContain('[secret]');
    const paths = [
      ...PAGES,
      ...TARGETS.flatMap((name) => [
        `/probe?target=${name}`,
        `/target/${name}`,
        `/target/${name}.json`,
        `/slo/${name}`,
        `/api/v1/slos/${name}`,
      ]),
    ];
    const shown = [...details, ...(await Promise.all(paths.map(get))), watch.exporter.log()];
    expect(shown.flatMap(leaked)).toEqual([]);
    for (const path of [
      '/debug/pprof/heap',
      '/debug/heap',
      '/heapdump',
      '/json/list',
      '/json/version',
      '/env',
      '/api/v1/spec',
    ]) {
      const answer = await fetch(watch.exporter.url + path, { headers: { connection: 'close' } });
      expect([path, answer.status]).toEqual([path, 404]);
      await answer.body?.cancel();
    }
    // Also not by the errors of requests that hold them.
    const asked = encodeURIComponent(`http://u:${CANARIES.URL}@127.0.0.1/${HOSTILE}`);
    expect(leaked(await get(`/probe?target=${asked}`))).toEqual([]);
  });
  it('Z05 with control characters, lines and markup is one line of log, plain text to a terminal, and text on a page', async () => {
    await watch.until(async () => runs(await watch.series(), 'odd', 'connect', 'query_error', 'target') >= 2);
    const debug = await get('/probe?target=odd&debug=true');
    const html = await get('/target/odd');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
    const control = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202e]/;
    for (const text of [debug, html, await get('/target/odd.json'), watch.exporter.log()]) {
      expect(text).not.toMatch(control);
      expect(text).toContain('forged');
    }
    expect(html).toMatch(/&(lt|#60);img src=x/);
    expect(html).not.toContain('<img src=x');
    expect(debug.split('\n').filter((line) => line.startsWith('{'))).toEqual([]);
    const told = watch.exporter
      .log()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, string>);
    expect(told.filter(({ detail }) => detail?.includes('forged'))).toMatchObject([{ target: 'odd', level: 'warn' }]);
    expect(told.map(({ msg }) => msg)).not.toContain('forged');
    // What a stranger asks for is told back as JSON, and never as a page.
    const answer = await fetch(`${watch.exporter.url}/probe?target=${encodeURIComponent(HOSTILE)}`, {
      headers: { connection: 'close' },
    });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      403,
      expect.stringMatching(/^application\/problem\+json\b/),
    ]);
    const body = await answer.text();
    expect(body.split('\n')).toHaveLength(1);
    expect(JSON.parse(body)).toMatchObject({ status: 403 });
  });
});
