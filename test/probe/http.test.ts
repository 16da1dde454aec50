import { createServer as http, type RequestListener } from 'node:http';
import { type AddressInfo, type Server, type Socket, createServer as tcp } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { freePort } from '../services/process.ts';
import { outcomes, run, step } from './run.ts';

const servers: (Server | ReturnType<typeof http>)[] = [];
const sockets = new Set<Socket>();
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await Promise.all(servers.splice(0).map((s) => new Promise((resolve) => s.close(resolve))));
});

async function listen<S extends Server | ReturnType<typeof http>>(server: S): Promise<string> {
  servers.push(server);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}
const serve = (handler: RequestListener) => listen(http({ maxHeaderSize: 2 ** 20 }, handler));
const raw = (handler: (socket: Socket) => void) => listen(tcp((socket) => socket.once('data', () => handler(socket))));
const get = (url: string, extra: object = {}) => step({ kind: 'http', url, timeout: '700ms', ...extra }, 'get');
const page = (body: string) => `<!doctype html><html><body>${body}${'x'.repeat(600)}</body></html>`;

describe('an HTTP probe', () => {
  it('measures the phases of a good answer and keeps status and size', async () => {
    const url = await serve((_q, r) => r.end('hello'));
    const result = await get(url, { contains: 'hell' });
    expect(result).toMatchObject({
      outcome: 'ok',
      blame: 'none',
      facts: { httpStatus: 200, bodyBytes: 5, httpVersion: '1.1' },
    });
    expect(Object.keys(result.phases)).toEqual(['dns', 'connect', 'first_byte', 'transfer']);
  });
  it.each([
    [429, 'rate_limited', 'edge'],
    [500, 'server_error', 'target'],
    [502, 'bad_gateway', 'target'],
    [503, 'overloaded', 'target'],
    [504, 'gateway_timeout', 'target'],
    [404, 'status', 'target'],
    [403, 'waf_block', 'edge'],
  ])('tells status %i: %s, blame %s', async (status, outcome, blame) => {
    const url = await serve((_q, r) => r.writeHead(status).end());
    expect(await get(url)).toMatchObject({ outcome, blame });
  });
  it('observes a timeout at the deadline, in the phase that hung', async () => {
    const result = await get(await serve(() => {}));
    expect(result.outcome).toBe('timeout');
    expect(result.phases.first_byte).toBeGreaterThan(500);
    expect(result.durationMs).toBeGreaterThanOrEqual(690);
  });
  it('cuts a body that drips at the total deadline', async () => {
    const timers: NodeJS.Timeout[] = [];
    const url = await serve((_q, r) => {
      r.write('a');
      timers.push(setInterval(() => r.write('a'), 50));
    });
    const result = await get(url);
    for (const timer of timers) clearInterval(timer);
    expect(result.outcome).toBe('timeout');
    expect(result.phases.transfer).toBeGreaterThan(400);
  });
  it('cuts an endless body at the cap', async () => {
    const url = await serve((_q, r) => {
      const more = () => {
        while (!r.destroyed && r.write('x'.repeat(65_536)));
      };
      r.on('drain', more);
      more();
    });
    expect((await get(url, { timeout: '5s' })).outcome).toBe('body_limit');
  });
  it('refuses a megabyte of headers', async () => {
    const url = await raw((s) => s.write(`HTTP/1.1 200 OK\r\nx: ${'a'.repeat(2 ** 20)}\r\n\r\n`));
    expect((await get(url)).outcome).toBe('header_limit');
  });
  it('tells a reset in mid-body, nothing listening, and an answer that is not HTTP', async () => {
    const reset = await raw((s) => {
      s.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nabc');
      setTimeout(() => s.resetAndDestroy(), 20);
    });
    expect((await get(reset)).outcome).toBe('reset');
    expect((await get(`http://127.0.0.1:${await freePort()}/`)).outcome).toBe('refused');
    expect((await get(await raw((s) => s.end('220 mail ready\r\n')))).outcome).toBe('protocol_error');
  });
  it('finds a redirect loop', async () => {
    const url = await serve((q, r) => r.writeHead(302, { location: q.url === '/' ? '/a' : '/' }).end());
    expect((await get(url)).outcome).toBe('redirect_loop');
  });
  it('does not follow a redirect to the metadata address or inside', async () => {
    for (const location of [
      'http://169.254.169.254/latest/',
      'http://[::ffff:169.254.169.254]/',
      'http://10.1.2.3/',
      'http://0x7f.1:1/',
    ]) {
      const url = await serve((_q, r) => r.writeHead(302, { location }).end());
      expect((await get(url)).outcome).toBe('redirect_refused');
    }
  });
  it('refuses a target at the metadata address before connecting: our configuration, not an outage', async () => {
    expect(await get('http://169.254.169.254/')).toMatchObject({ outcome: 'address_refused', blame: 'config' });
  });
  it('sends its headers and traceparent to the target', async () => {
    let seen: Record<string, unknown> = {};
    const url = await serve((q, r) => {
      seen = q.headers;
      r.end();
    });
    const result = await run({ kind: 'http', url, headers: { authorization: 'Bearer s' } });
    expect(seen.authorization).toBe('Bearer s');
    expect(seen.traceparent).toMatch(new RegExp(`^00-${result.traceId}-[0-9a-f]{16}-01$`));
  });
  it('does not send its headers to another origin', async () => {
    let seen: Record<string, unknown> | undefined;
    const other = await serve((q, r) => {
      seen = q.headers;
      r.end();
    });
    const url = await serve((_q, r) => r.writeHead(302, { location: other }).end());
    // Another port of the loopback is another origin; as a redirect inside it is refused before anything is sent.
    expect((await get(url, { headers: { authorization: 'Bearer s' } })).outcome).toBe('redirect_refused');
    expect(seen).toBeUndefined();
  });
  it('calls a timeout of a blocked prober its own fault', async () => {
    const result = await run({ kind: 'http', url: await serve(() => {}), timeout: '300ms' }, { blockedMs: 250 });
    expect(result.steps[0]).toMatchObject({ outcome: 'prober_overloaded', blame: 'prober' });
  });
});

describe('a WordPress page is judged by its body', () => {
  const CASES: readonly (readonly [string, number, string, Record<string, string>, string])[] = [
    ['ok', 200, page('welcome'), {}, 'ok'],
    ['database error served with 200', 200, '<h1>Error establishing a database connection</h1>', {}, 'db_error'],
    ['database error with 500', 500, '<title>Database Error</title>', {}, 'db_error'],
    ['critical error', 500, 'There has been a critical error on this website.', {}, 'critical_error'],
    ['white screen', 200, '', {}, 'white_screen'],
    ['cut-off page', 200, `<html>${'x'.repeat(600)}`, {}, 'white_screen'],
    [
      'maintenance',
      503,
      'Briefly unavailable for scheduled maintenance. Check back in a minute.',
      {},
      'wp_maintenance',
    ],
    ['PHP-FPM is gone', 502, 'Bad Gateway', {}, 'bad_gateway'],
    ['blocked before WordPress', 403, 'denied', {}, 'waf_block'],
    ['marker missing', 200, page('spam'), {}, 'wrong_content'],
  ];
  it.each(CASES)('%s', async (name, status, body, headers, outcome) => {
    const url = await serve((_q, r) => r.writeHead(status, headers).end(body));
    expect(
      await outcomes({
        kind: 'wordpress',
        url,
        steps: ['front'],
        ...(name === 'marker missing' && { marker: 'welcome' }),
      }),
    ).toEqual({ front: outcome });
  });
  it.each([
    ['/wp-admin/install.php', 'install_redirect'],
    ['/wp-login.php?redirect_to=x', 'login_redirect'],
  ])('redirect to %s', async (location, outcome) => {
    const url = await serve((q, r) => (q.url === '/' ? r.writeHead(302, { location }).end() : r.end(page('form'))));
    expect(await outcomes({ kind: 'wordpress', url, steps: ['front'] })).toEqual({ front: outcome });
  });
  it('a redirect of the origin to another host is a wrong site address', async () => {
    const origin = await serve((_q, r) => r.writeHead(301, { location: 'https://other.example.org/' }).end());
    const url = await serve((_q, r) => r.end(page('fine')));
    expect(await outcomes({ kind: 'wordpress', url, origin, steps: ['front', 'uncached'] })).toEqual({
      front: 'ok',
      uncached: 'canonical_mismatch',
    });
  });
  it('tells PHP from the web server, and REST that is blocked', async () => {
    const url = await serve((q, r) =>
      q.url?.startsWith('/wp-includes')
        ? r.end('body{}')
        : q.url === '/wp-json/'
          ? r.writeHead(401).end('{"code":"rest_forbidden"}')
          : r.writeHead(502).end(),
    );
    expect(await outcomes({ kind: 'wordpress', url, steps: ['front', 'static', 'rest', 'cron'] })).toEqual({
      front: 'bad_gateway',
      static: 'ok',
      rest: 'rest_disabled',
      cron: 'bad_gateway',
    });
  });
});
