// Real Redis while it loads, without its primary, without a disk, full of clients, and with certificates.
import { rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { Redis } from 'ioredis';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { makeCa } from '../services/ca.ts';
import { freePort, privateFolder } from '../services/process.ts';
import { type RedisServer, startRedis } from '../services/redis.ts';
import { outcomes, step } from './run.ts';

const folder = privateFolder('redis-test');
const servers: RedisServer[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => server.remove())));
afterAll(() => folder.remove());

async function start(...args: string[]): Promise<RedisServer> {
  const server = await startRedis({ args });
  servers.push(server);
  return server;
}
const settings = (port: number, extra: object = {}) => ({
  kind: 'redis',
  url: `redis://localhost:${port}/0`,
  timeout: '2s',
  steps: ['read', 'write'],
  ...extra,
});

describe('a Redis server', () => {
  it('that still loads its data set is not up yet', async () => {
    const server = await start('--key-load-delay', '2000', '--loading-process-events-interval-bytes', '1024');
    await server.command('EVAL', "for i = 1, 5000 do redis.call('SET', 'key:' .. i, 'value') end", 0);
    await server.command('SAVE');
    await server.stop();
    await server.start();
    const loading = { connect: 'loading', read: 'loading', write: 'loading' };
    expect(await outcomes(settings(server.port))).toEqual(loading);
    await server.command('CONFIG', 'SET', 'key-load-delay', '0');
    await expect.poll(async () => (await outcomes(settings(server.port))).write, { timeout: 10_000 }).toBe('ok');
  });
  it('that is a replica without a primary and may not serve old data serves nothing', async () => {
    const server = await start('--replica-serve-stale-data', 'no');
    await server.command('REPLICAOF', '127.0.0.1', '1');
    expect(await outcomes(settings(server.port))).toEqual({
      connect: 'masterdown',
      read: 'masterdown',
      write: 'masterdown',
    });
  });
  it('that cannot save refuses writes, while reads work', async () => {
    const server = await start('--save', '3600 1000000');
    rmSync(server.folder, { recursive: true });
    await server.command('BGSAVE').catch(() => {});
    const misconf = { connect: 'ok', read: 'ok', write: 'misconf' };
    await expect.poll(() => outcomes(settings(server.port)), { timeout: 10_000 }).toEqual(misconf);
  });
  it('that has no room for another client says so', async () => {
    const server = await start();
    const held = new Redis({ port: server.port });
    await held.call('CONFIG', 'SET', 'maxclients', '1');
    expect(await step(settings(server.port), 'write')).toMatchObject({ outcome: 'max_clients', blame: 'target' });
    await held.call('CONFIG', 'SET', 'maxclients', '100');
    expect((await step(settings(server.port), 'write')).outcome).toBe('ok');
    held.disconnect();
  });
  it('with another error than those known says which', async () => {
    const server = await start();
    await server.command('LPUSH', 'plimsoll:heartbeat:test', 'x');
    expect(await step(settings(server.port), 'read')).toMatchObject({
      outcome: 'redis_error',
      detail: expect.stringContaining('WRONGTYPE'),
    });
  });
  it('proves by its certificate who it is: name of the URL, authority of the spec', async () => {
    const ca = makeCa(folder.path);
    const { cert, key } = ca.issue('cache', ['localhost']);
    const port = await freePort();
    const files = ['--tls-cert-file', cert, '--tls-key-file', key, '--tls-auth-clients', 'no'];
    await start('--tls-port', String(port), ...files);
    const connect = async (url: string, extra: object = {}) =>
      (await step(settings(port, { url, ca: ca.cert, ...extra }), 'connect')).outcome;
    expect(await connect(`rediss://localhost:${port}/0`)).toBe('ok');
    expect(await connect(`redis://localhost:${port}/0`, { tls: 'verify' })).toBe('ok');
    expect(await connect(`rediss://127.0.0.1:${port}/0`)).toBe('tls_name_mismatch');
    expect(await connect(`rediss://localhost:${port}/0`, { ca: undefined })).toMatch(
      /^tls_(untrusted|incomplete_chain)$/,
    );
    expect(await connect(`rediss://127.0.0.1:${port}/0`, { tls: 'required', ca: undefined })).toBe('ok');
  });
});

describe('a Redis replica', () => {
  it('is behind by the age of its newest heartbeat, and unknown without one', async () => {
    const primary = await start();
    const replica = await startRedis({ replicaOf: primary });
    servers.push(replica);
    // The replica is asked for the database of the primary.
    const url = `redis://localhost:${primary.port}/3`;
    const freshness = (extra: object = {}) =>
      step(
        settings(primary.port, {
          url,
          steps: ['replica'],
          replicas: [{ name: 'r1', url: `redis://localhost:${replica.port}` }],
          ...extra,
        }),
        'replica',
      );
    const until = (outcome: string, extra: object = {}) =>
      expect.poll(async () => (await freshness(extra)).outcome, { timeout: 10_000 }).toBe(outcome);
    await until('lag_unknown');
    await outcomes(settings(primary.port, { url }));
    await until('ok');
    // Nothing writes any more, so the heartbeat grows old.
    await until('replica_lag', { maxLag: '100ms' });
    expect((await freshness({ maxLag: '100ms' })).facts.replicaLagSeconds).toBeGreaterThan(0.1);
    await until('ok', { maxLag: '1h' });
  });
});

describe('bytes of the protocol', () => {
  it.each([
    ['-LOADING Valkey is loading the dataset in memory\r\n', 'loading'],
    ["-MASTERDOWN Link with PRIMARY is down and replica-serve-stale-data is set to 'no'.\r\n", 'masterdown'],
    ['-ERR max number of clients reached\r\n', 'max_clients'],
    ['HTTP/1.1 400 Bad Request\r\n\r\n', 'protocol_error'],
    ['-constructor x\r\n', 'redis_error'],
    ['-__proto__ x\r\n', 'redis_error'],
    ['-toString\r\n', 'redis_error'],
    ['-ERR this is not recommended\r\n', 'redis_error'],
    ['-ERR unknown RESP type\r\n', 'redis_error'],
    ['-connect ETIMEDOUT\r\n', 'redis_error'],
  ])('%j are %s', async (bytes, outcome) => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.on('data', () => socket.write(bytes));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    expect((await step(settings(port), 'connect')).outcome).toBe(outcome);
    server.close();
  });
});
