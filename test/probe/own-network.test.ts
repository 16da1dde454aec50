// Our own network is down when the controls are silent too. A silent endpoint: a stopped server whose queue is full, so that the
// kernel drops what comes, as a cut cable would.
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { excused, watchOwnNetwork } from '../../src/probe/own-network.ts';
import { createResolver } from '../../src/probe/resolve.ts';
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
