// Real Redis servers, each with a fault of its own.
import { type AddressInfo, createServer, type Server } from 'node:net';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../services/process.ts';
import { type RedisServer, startRedis } from '../services/redis.ts';
import { type Expected, startWatch, type Watch } from '../services/watched.ts';

const NAMES = ['loading', 'busy', 'closed', 'full', 'stopped', 'demoted', 'sharded'] as const;
type Name = (typeof NAMES)[number];
const CANARY = 'redis-canary-5d1f';
const servers = {} as Record<Name, RedisServer>;
let primary: RedisServer;
/** Of the cluster of `sharded`. */
let second: RedisServer;
let elsewhere: Server;
let visits = 0;
let watch: Watch;

beforeAll(async () => {
  elsewhere = createServer((socket) => {
    visits += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
  const cluster = async (...more: (string | number)[]) => [
    ...['--cluster-enabled', 'yes', '--cluster-port', String(await freePort())],
    ...more.map(String),
  ];
  const slow = ['--key-load-delay', '2000', '--loading-process-events-interval-bytes', '1024'];
  const options: Partial<Record<Name, readonly string[]>> = {
    loading: slow,
    busy: ['--lua-time-limit', '50'],
    sharded: await cluster(),
  };
  for (const name of NAMES)
    servers[name] = await startRedis({ args: options[name] ?? [], ...(name === 'closed' && { password: CANARY }) });
  primary = await startRedis();
  // The second node tells others that it is where nothing but the test listens.
  const announced = await cluster('--cluster-announce-port', (elsewhere.address() as AddressInfo).port);
  second = await startRedis({ args: announced });
  await servers.sharded.command('CLUSTER', 'ADDSLOTSRANGE', 0, 16_383);
  await servers.sharded.command('CLUSTER', 'MEET', '127.0.0.1', second.port, announced[3]!);
  await servers.loading.command('EVAL', "for i = 1, 5000 do redis.call('SET', 'key:' .. i, 'value') end", 0);
  await servers.loading.command('SAVE');
  watch = await startWatch(
    NAMES.map((name) => ({
      name,
      kind: 'redis',
      url: `redis://127.0.0.1:${servers[name].port}/0`,
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference to a secret, as the spec has them
      ...(name === 'closed' && { password: '${env:CACHE_PASSWORD}' }),
    })),
    {},
    { env: { CACHE_PASSWORD: CANARY } },
  );
});
afterAll(async () => {
  await watch?.stop();
  await Promise.all([...Object.values(servers), primary, second].map((server) => server?.remove()));
  elsewhere?.close();
});

const fault = (
  target: Name,
  expected: Omit<Expected, 'target'>,
  ...rest: Parameters<Watch['fault']> extends [unknown, ...infer R] ? R : never
) => watch.fault({ target, ...expected }, ...rest);
const bad = { blame: 'target', counts: 'bad' } as const;
const set = (server: RedisServer, key: string, value: string | number) => () =>
  server.command('CONFIG', 'SET', key, value);

describe.concurrent('a Redis server', () => {
  it('R01 that loads its data set, or is held up by a script, is bad and says which', async () => {
    const { loading, busy } = servers;
    const restart = async () => {
      await loading.stop();
      await loading.start();
    };
    const script = () => void busy.command('EVAL', 'while true do end', 0).catch(() => {});
    await Promise.all([
      fault('loading', { ...bad, step: 'connect', outcome: 'loading' }, restart, set(loading, 'key-load-delay', 0)),
      fault('busy', { ...bad, step: 'connect', outcome: 'busy' }, script, () => busy.command('SCRIPT', 'KILL')),
    ]);
  });
  it('R02 that wants another password is our configuration, and the one we have is shown nowhere', async () => {
    const { closed } = servers;
    const rotate = set(closed, 'requirepass', 'another');
    // The server knows this client by the new password only.
    const back = async () => {
      const client = new Redis({ port: closed.port, password: 'another', lazyConnect: true });
      await client.config('SET', 'requirepass', CANARY);
      client.disconnect();
    };
    await fault(
      'closed',
      { step: 'connect', outcome: 'redis_auth', blame: 'config', counts: 'unmeasured' },
      rotate,
      back,
      async () => {
        const shown = await Promise.all(
          ['/metrics', '/api/v1/slos', '/probe?target=closed&debug=true'].map((path) => watch.exporter.text(path)),
        );
        expect([watch.exporter.log(), ...shown].filter((text) => text.includes(CANARY))).toEqual([]);
        expect(shown[2]).toContain('redis_auth');
      },
    );
  });
  it('R03 without memory answers PING and reads: only the step write is bad', async () => {
    const expected = { ...bad, step: 'write', outcome: 'oom', good: ['connect', 'read'] } as const;
    await fault('full', expected, set(servers.full, 'maxmemory', 1), set(servers.full, 'maxmemory', 0));
  });
  it('R04 that is stopped accepts and says nothing: a timeout at the deadline, and others are not held up', async () => {
    const expected = { ...bad, step: 'connect', outcome: 'timeout', detail: /deadline/ } as const;
    await fault(
      'stopped',
      expected,
      () => servers.stopped.pause(),
      () => servers.stopped.resume(),
      (now) => {
        for (const [series, value] of now)
          if (series.startsWith('plimsoll_missed_runs_total{target="beside"')) expect(value).toBe(0);
      },
    );
  });
  it('R05 that became a replica in a failover refuses writes and is read, and no series is there twice', async () => {
    const expected = { ...bad, step: 'write', outcome: 'readonly_replica', good: ['connect', 'read'] } as const;
    const demote = () => servers.demoted.command('REPLICAOF', '127.0.0.1', primary.port);
    await fault('demoted', expected, demote, () => servers.demoted.command('REPLICAOF', 'NO', 'ONE'));
  });
  it('R07 that sends us to another node is reported with the address, and that is never connected to', async () => {
    const { sharded } = servers;
    const { port } = elsewhere.address() as AddressInfo;
    const key = 'plimsoll:heartbeat:main';
    const slot = Number(await sharded.command('CLUSTER', 'KEYSLOT', key));
    const give = async (id: unknown) => {
      // A slot can go only without keys, and the probe writes one every second.
      const given = async () => {
        await sharded.command('DEL', key).catch(() => {});
        await second.command('CLUSTER', 'SETSLOT', slot, 'NODE', String(id));
        return sharded.command('CLUSTER', 'SETSLOT', slot, 'NODE', String(id));
      };
      await watch.until(() =>
        given().then(
          () => true,
          () => false,
        ),
      );
    };
    const move = async () => give(await second.command('CLUSTER', 'MYID'));
    const back = async () => give(await sharded.command('CLUSTER', 'MYID'));
    const expected = {
      ...bad,
      step: 'read',
      outcome: 'redis_error',
      detail: new RegExp(`MOVED \\d+ 127.0.0.1:${port}`),
    } as const;
    await fault('sharded', expected, move, back);
    expect(visits).toBe(0);
  });
});
