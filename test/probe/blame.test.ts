// Who is to blame when edge, origin or our own resolver is silent. Plain servers play edge and origin.
import { createServer as http } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../services/process.ts';
import { outcomes, run, silentFor, step } from './run.ts';

const SHOP = 'shop.plimsoll.test';
const servers: Server[] = [];
const held = new Set<Socket>();
afterAll(() => {
  for (const socket of held) socket.destroy();
  for (const server of servers) server.close();
});
async function listen(server: Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}
/** A server that takes connections, and then says nothing. */
const hanging = () =>
  listen(
    createServer((socket) => {
      held.add(socket);
      socket.on('error', () => {});
    }),
  );

let originUrl: string;
let edgeUrl: string;
beforeAll(async () => {
  originUrl = await listen(http((_request, response) => response.end('page')));
  edgeUrl = await listen(http((_request, response) => response.setHeader('x-cache', 'HIT').end('page')));
});
const cdn = (extra: object = {}) => ({
  kind: 'cdn',
  url: edgeUrl.replace('127.0.0.1', SHOP),
  address: '127.0.0.1',
  origin: originUrl,
  ...extra,
});

describe('a silent resolver of ours', () => {
  it('is unmeasured while our resolver is silent, at every step, whatever the kind', async () => {
    const silent = { resolve: silentFor('shop.example.org') };
    const url = 'http://shop.example.org/';
    expect(await step({ kind: 'http', url, timeout: '300ms' }, 'get', silent)).toMatchObject({
      outcome: 'no_resolver',
      blame: 'prober',
    });
    expect(await outcomes({ kind: 'wordpress', url, timeout: '300ms', steps: ['front', 'rest'] }, silent)).toEqual({
      front: 'no_resolver',
      rest: 'no_resolver',
    });
    expect(await outcomes({ kind: 'cdn', url, timeout: '300ms', steps: ['hit', 'addresses'] }, silent)).toEqual({
      hit: 'no_resolver',
      addresses: 'no_resolver',
    });
  });
});

describe('a CDN probe', () => {
  it('says nothing of edge and origin when our resolver does not answer for one of them', async () => {
    const named = originUrl.replace('127.0.0.1', 'origin.plimsoll.test');
    const noOrigin = { resolve: silentFor('origin.plimsoll.test') };
    const match = { steps: ['match'], asset: '/style.css', origin: named, timeout: '500ms' };
    expect(await step(cdn(match), 'match', noOrigin)).toMatchObject({ outcome: 'no_resolver', blame: 'prober' });
    const behind = cdn({ steps: ['origin'], origin: named, timeout: '500ms' });
    expect(await step(behind, 'origin', noOrigin)).toMatchObject({ outcome: 'no_resolver', blame: 'prober' });
    const noEdge = { resolve: silentFor(SHOP) };
    const unpinned = cdn({ steps: ['origin'], address: undefined, timeout: '500ms' });
    expect(await step(unpinned, 'origin', noEdge)).toMatchObject({ outcome: 'no_resolver', blame: 'prober' });
  });
  it('is bad when the edge fails and the origin could not be asked', async () => {
    const settings = cdn({
      url: `http://127.0.0.1:${await freePort()}/`,
      origin: 'http://origin.plimsoll.test/',
      steps: ['origin'],
      timeout: '500ms',
    });
    expect(await step(settings, 'origin', { resolve: silentFor('origin.plimsoll.test') })).toMatchObject({
      outcome: 'refused',
      blame: 'edge',
      detail: expect.stringContaining('the origin could not be asked'),
    });
  });
  it('leaves out the addresses that the prober has no way to, and knows nothing if those are all', async () => {
    const noWay = '127.255.255.255';
    const of = (addresses: string[]) => step(cdn({ steps: ['addresses'], addresses }), 'addresses');
    expect(await of(['127.0.0.1', noWay])).toMatchObject({
      outcome: 'ok',
      detail: '1 of 2 addresses answer',
    });
    expect(await of([noWay, '127.0.0.1', '127.0.0.2'])).toMatchObject({
      outcome: 'one_edge_bad',
      detail: '127.0.0.2: refused',
    });
    expect(await of([noWay])).toMatchObject({
      outcome: 'no_network',
      blame: 'prober',
    });
  });
});

describe('an edge that hangs', () => {
  it('is to blame, as the origin answers, also for every step after it', async () => {
    const url = await hanging();
    const settings = (...steps: string[]) => cdn({ url, steps, timeout: '600ms' });
    expect(await step(settings('origin'), 'origin')).toMatchObject({ outcome: 'edge_down', blame: 'edge' });
    const { steps } = await run(settings('hit', 'origin', 'addresses'));
    expect(steps).toMatchObject([
      { step: 'hit', outcome: 'timeout', blame: 'edge', detail: expect.stringContaining('; the origin answers') },
      { outcome: 'timeout', blame: 'edge', detail: 'the deadline was used up by the step hit: timeout' },
      { outcome: 'timeout', blame: 'edge', detail: 'the deadline was used up by the step hit: timeout' },
    ]);
    const front = { kind: 'wordpress', url, origin: originUrl, steps: ['front'], timeout: '600ms' };
    expect(await step(front, 'front')).toMatchObject({ outcome: 'timeout', blame: 'edge' });
    const dead = `http://127.0.0.1:${await freePort()}/`;
    expect(await step({ ...front, origin: dead }, 'front')).toMatchObject({ outcome: 'timeout', blame: 'target' });
  });
});

describe('an edge that says 502', () => {
  /** A server that answers everything with a status and a body. */
  const answering = (status: number, body = '') =>
    listen(http((_request, response) => response.writeHead(status, { 'content-type': 'text/html' }).end(body)));
  const nowhere = async () => `http://127.0.0.1:${await freePort()}/`;
  const site = (url: string, origin: string) => ({ kind: 'wordpress', url, origin, steps: ['front'], timeout: '2s' });
  it('tells of a dead origin when we get no answer from it either', async () => {
    const url = await answering(502);
    const origin = await nowhere();
    expect(await step(site(url, origin), 'front')).toMatchObject({ outcome: 'origin_down', blame: 'target' });
    const behind = cdn({ url, address: undefined, origin, steps: ['hit', 'miss'] });
    expect(await outcomes(behind)).toEqual({ hit: 'origin_down', miss: 'origin_down' });
  });
  it('passes on what the origin says itself: PHP is down, not the web server', async () => {
    const [url, origin] = [await answering(502), await answering(502)];
    expect(await step(site(url, origin), 'front')).toMatchObject({ outcome: 'bad_gateway', blame: 'target' });
    const behind = cdn({ url, address: undefined, origin, steps: ['miss'] });
    expect(await outcomes(behind)).toEqual({ miss: 'bad_gateway' });
  });
  it('names the database when the page behind it does', async () => {
    const page = '<html><body id="error-page"><h1>Error establishing a database connection</h1></body></html>';
    const url = await answering(500, page);
    expect(await step(cdn({ url, address: undefined, origin: url, steps: ['miss'] }), 'miss')).toMatchObject({
      outcome: 'db_error',
      blame: 'dependency',
    });
  });
});

describe('an edge that keeps the prober out', () => {
  const STEPS = ['front', 'static', 'rest', 'login', 'cron', 'objectcache'];
  const every = (outcome: string) => Object.fromEntries(STEPS.map((name) => [name, outcome]));
  it.each([
    ['challenge', 403, { 'cf-mitigated': 'challenge' }, 'Just a moment...'],
    ['geo_block', 403, {}, 'error code: 1009'],
    ['geo_block', 451, {}, ''],
  ] as const)('says so at every step of WordPress: %s by %i', async (outcome, status, headers, body) => {
    const url = await listen(http((_request, response) => response.writeHead(status, headers).end(body)));
    const site = { kind: 'wordpress', url, steps: STEPS, healthToken: 'x', timeout: '2s' };
    expect(await outcomes(site)).toEqual(every(outcome));
    expect(await step(cdn({ url, address: undefined, origin: undefined, steps: ['hit'] }), 'hit')).toMatchObject({
      outcome,
      blame: 'edge',
    });
  });
});

describe('an edge that refuses', () => {
  it('is to blame itself, with an origin and without one', async () => {
    const url = `http://127.0.0.1:${await freePort()}/`;
    for (const origin of [originUrl, undefined])
      expect(await step(cdn({ url, address: undefined, origin, steps: ['hit'] }), 'hit')).toMatchObject({
        outcome: 'refused',
        blame: 'edge',
      });
  });
});
