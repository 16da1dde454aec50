// Our own network is down when the controls are silent too. A silent endpoint: a stopped server whose queue is full, so that the
// kernel drops what comes, as a cut cable would.
import { createServer as http, type RequestListener } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { excused, watchOwnNetwork } from '../../src/probe/own-network.ts';
import type { StepResult } from '../../src/probe/probe.ts';
import { createResolver } from '../../src/probe/resolve.ts';
import type { Outcome } from '../../src/spec/outcome.ts';
import { listens } from '../services/process.ts';
import { type RedisServer, startRedis } from '../services/redis.ts';
import { run } from './run.ts';

const resolve = createResolver({ kind: 'named' });
let silent: RedisServer;
let answering: RedisServer;
const held: Socket[] = [];

beforeAll(async () => {
  [silent, answering] = await Promise.all([startRedis({ args: ['--tcp-backlog', '1'] }), startRedis()]);
  silent.pause();
  while (await listens(silent.port)) held.push(connect({ host: '127.0.0.1', port: silent.port }).on('error', () => {}));
});
afterAll(async () => {
  for (const socket of held) socket.destroy();
  silent.resume();
  await Promise.all([silent.remove(), answering.remove()]);
});

const failing = () => run({ kind: 'http', url: `http://127.0.0.1:${silent.port}/`, timeout: '300ms' });
const networkUp = (...ports: number[]) =>
  watchOwnNetwork(
    () => ports.map((port) => `127.0.0.1:${port}`),
    resolve,
    () => performance.now(),
  );

describe('a run that fails on the network', () => {
  it('is unmeasured when no control answers, and the prober is to blame', async () => {
    const { steps } = await excused(await failing(), networkUp(silent.port));
    expect(steps).toMatchObject([{ step: 'get', outcome: 'no_network', blame: 'prober' }]);
    expect(steps[0]!.detail).toContain('timeout, and no control endpoint answers');
  });
  it('is bad when one control of two answers, when one refuses, and without controls', async () => {
    await answering.stop();
    for (const up of [networkUp(silent.port, answering.port), networkUp()]) {
      const { steps } = await excused(await failing(), up);
      expect(steps).toMatchObject([{ outcome: 'timeout', blame: 'target' }]);
    }
    await answering.start();
    const { steps } = await excused(await failing(), networkUp(answering.port, silent.port));
    expect(steps).toMatchObject([{ outcome: 'timeout', blame: 'target' }]);
  });
});

describe('a run that got an answer', () => {
  /** WordPress that answers the front page so, and takes connections for the rest, but never answers there. */
  const half = async (front: RequestListener, steps: readonly string[]) => {
    const server = http((request, response) => (request.url === '/' ? front(request, response) : undefined));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const result = await run({ kind: 'wordpress', url, steps, timeout: '300ms' });
    server.closeAllConnections();
    server.close();
    return (await excused(result, networkUp(silent.port))).steps.map((s) => s.outcome);
  };
  const dbError: RequestListener = (_request, response) =>
    response.writeHead(500).end('Error establishing a database connection');

  it('before it fails is bad, although no control answers: the network was up', async () => {
    expect(await half(dbError, ['front', 'rest'])).toEqual(['db_error', 'timeout']);
  });
  it('of a status, of a connection, or a refusal, is bad too', async () => {
    const begins: RequestListener = (_request, response) => response.writeHead(200).write('<html>');
    expect(await half(begins, ['front'])).toEqual(['timeout']);
    expect(await half(dbError, ['rest'])).toEqual(['timeout']);
  });
});

describe('a timeout beside a step', () => {
  it.each<[Outcome, StepResult['phases'], 'bad' | 'excused']>([
    ['ok', {}, 'bad'],
    ['refused', {}, 'bad'],
    ['auth_failed', {}, 'bad'],
    ['dns_nxdomain', {}, 'bad'],
    ['timeout', { connect: 1, tls: 299 }, 'bad'],
    ['timeout', { connect: 300 }, 'excused'],
    // The question to a name server has no connection.
    ['dns_timeout', { first_byte: 300 }, 'excused'],
    ['dns_servfail', {}, 'excused'],
    ['unreachable', {}, 'excused'],
    ['no_resolver', {}, 'excused'],
    ['internal_error', {}, 'excused'],
  ])('that ended as %s, with the phases %j, is %s', async (outcome, phases, verdict) => {
    const failed = await failing();
    const [timeout] = failed.steps;
    const both = { ...failed, steps: [{ ...timeout!, outcome, phases }, timeout!] };
    const { steps } = await excused(both, async () => false);
    expect(steps[1]!.outcome).toBe(verdict === 'bad' ? 'timeout' : 'no_network');
  });
});

describe('a control whose name is not resolved', () => {
  it('is no answer, after a second at most, although the resolver is silent', async () => {
    const up = watchOwnNetwork(
      () => ['control.example.org:443'],
      () => new Promise(() => {}),
      () => performance.now(),
    );
    const failed = await failing();
    const late = new Promise((resolve) => setTimeout(resolve, 5_000, 'too late'));
    expect(await Promise.race([excused(failed, up), late])).toMatchObject({ steps: [{ outcome: 'no_network' }] });
  });
});

describe('a run that fails otherwise', () => {
  it('asks no control: the server answered, so the network is up', async () => {
    const refused = await run({ kind: 'http', url: `http://127.0.0.1:1/`, timeout: '300ms' });
    let asked = 0;
    const { steps } = await excused(refused, async () => {
      asked += 1;
      return false;
    });
    expect([steps[0]!.outcome, asked]).toEqual(['refused', 0]);
  });
});
