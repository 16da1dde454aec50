// Real MariaDB with limits, certificates, broken replication and Galera; what cannot be had is sent byte by byte.
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createConnection } from 'mariadb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ca, makeCa } from '../services/ca.ts';
import { createProbeUser, type MariaDb, startMariadb } from '../services/mariadb.ts';
import { privateFolder } from '../services/process.ts';
import { outcomes, step } from './run.ts';

const folder = privateFolder('mariadb-test');
const ca: Ca = makeCa(folder.path);
const settings = (port: number, extra: object = {}) => ({
  kind: 'mariadb',
  url: `mysql://plimsoll@localhost:${port}/plimsoll`,
  password: 'pw',
  steps: ['read', 'write'],
  ...extra,
});
afterAll(() => folder.remove());

describe('a MariaDB server', () => {
  let primary: MariaDb;
  let replica: MariaDb;
  beforeAll(async () => {
    const { cert, key } = ca.issue('db', ['localhost']);
    primary = await startMariadb({ args: [`--ssl-cert=${cert}`, `--ssl-key=${key}`, '--max-user-connections=100'] });
    replica = await startMariadb({ replicaOf: primary, args: ['--skip-ssl'] });
    await createProbeUser(primary, 'pw');
  });
  afterAll(() => Promise.all([primary.remove(), replica.remove()]));

  it('of an untried database is read without the table of heartbeats', async () => {
    expect(await outcomes(settings(primary.port, { steps: ['read'] }))).toEqual({ connect: 'ok', read: 'ok' });
    expect(await outcomes(settings(primary.port))).toEqual({ connect: 'ok', read: 'ok', write: 'ok' });
  });
  it('that limits the probe user is not full: the limit is ours (1226, 1203)', async () => {
    const limited = async (user: string) => {
      const url = `mysql://${user}@localhost:${primary.port}/plimsoll`;
      const held = await createConnection({ host: '127.0.0.1', port: primary.port, user, password: 'pw' });
      const result = await step(settings(primary.port, { url }), 'read');
      held.destroy();
      return result;
    };
    await primary.sql("CREATE USER one@'%' IDENTIFIED BY 'pw' WITH MAX_USER_CONNECTIONS 1");
    const own = { outcome: 'probe_user_limit', blame: 'prober' };
    expect(await limited('one')).toMatchObject({ ...own, detail: expect.stringContaining('1226') });
    await primary.sql("CREATE USER any@'%' IDENTIFIED BY 'pw'", 'SET GLOBAL max_user_connections=1');
    expect(await limited('any')).toMatchObject({ ...own, detail: expect.stringContaining('1203') });
    await primary.sql('SET GLOBAL max_user_connections=100');
  });
  it('proves by its certificate who it is, when the spec says verify: name of the URL, authority of the spec', async () => {
    const connect = async (extra: object) =>
      (await step(settings(primary.port, { ca: ca.cert, ...extra }), 'connect')).outcome;
    const byAddress = `mysql://plimsoll@127.0.0.1:${primary.port}/plimsoll`;
    expect(await connect({ tls: 'verify' })).toBe('ok');
    expect(await connect({ tls: 'verify', url: byAddress })).toBe('tls_name_mismatch');
    expect(await connect({ tls: 'verify', ca: undefined })).toMatch(/^tls_(untrusted|incomplete_chain)$/);
    expect(await connect({ tls: 'required', url: byAddress, ca: undefined })).toBe('ok');
    const plain = `mysql://plimsoll@127.0.0.1:${replica.port}/plimsoll`;
    expect(await connect({ tls: 'required', url: plain })).toBe('tls_handshake');
  });
  it('that ends the connection of the probe has cut it', async () => {
    await primary.sql(
      "CREATE USER gone@'%' IDENTIFIED BY 'pw'",
      "GRANT SELECT, INSERT, DELETE ON plimsoll.* TO gone@'%'",
    );
    const lock = await createConnection({ host: '127.0.0.1', port: primary.port, user: 'admin', password: 'admin' });
    lock.on('error', () => {});
    await lock.query('LOCK TABLES plimsoll.plimsoll_heartbeat WRITE');
    const waiting = step(settings(primary.port, { url: `mysql://gone@localhost:${primary.port}/plimsoll` }), 'read');
    const blocked = () =>
      primary.sql("SELECT id FROM information_schema.processlist WHERE user = 'gone' AND command = 'Query'");
    let id: number | undefined;
    while (id === undefined) id = ((await blocked()) as [{ id: number }[]])[0][0]?.id;
    await primary.sql(`KILL ${id}`);
    expect((await waiting).outcome).toBe('reset');
    await lock.end();
  });

  const freshness = (extra: object = {}) =>
    step(
      settings(primary.port, {
        steps: ['replica'],
        replicas: [{ name: 'r1', url: `mysql://127.0.0.1:${replica.port}` }],
        ...extra,
      }),
      'replica',
    );
  const until = (outcome: string, extra: object = {}) =>
    expect.poll(async () => (await freshness(extra)).outcome, { timeout: 10_000 }).toBe(outcome);
  it('without a heartbeat says nothing of its lag', async () => {
    await outcomes(settings(primary.port));
    await until('ok');
    await primary.sql('DELETE FROM plimsoll.plimsoll_heartbeat');
    await until('lag_unknown');
    expect(await freshness()).toMatchObject({ blame: 'config', facts: {} });
  });
  it('that cannot log in to its primary has stopped, though it says only "Connecting"', async () => {
    await replica.sql('STOP SLAVE', "CHANGE MASTER TO MASTER_PASSWORD='wrong'", 'START SLAVE');
    await expect
      .poll(async () => (await freshness()).detail, { timeout: 10_000 })
      .toMatch(/^r1: IO Connecting, SQL Yes, errors 1045/);
    expect((await freshness()).outcome).toBe('replica_stopped');
    await replica.sql('STOP SLAVE', "CHANGE MASTER TO MASTER_PASSWORD='admin'", 'START SLAVE');
    await outcomes(settings(primary.port));
    await until('ok');
  });
  it('that is bad is the result, although one before it could not be measured', async () => {
    await until('refused', {
      replicas: [
        { name: 'unknown', url: `mysql://nobody@127.0.0.1:${replica.port}` },
        { name: 'gone', url: 'mysql://127.0.0.1:1' },
      ],
    });
  });
});

describe('a Galera node', () => {
  it('that lost its cluster is not ready: it answers SELECT 1, but no table (1047)', async () => {
    const node = await startMariadb({ galera: true });
    await createProbeUser(node, 'pw');
    expect(await outcomes(settings(node.port))).toEqual({ connect: 'ok', read: 'ok', write: 'ok' });
    await node.sql("SET GLOBAL wsrep_cluster_address='gcomm://127.0.0.1:1?pc.wait_prim=no'");
    expect(await outcomes(settings(node.port))).toEqual({ connect: 'ok', read: 'not_ready', write: 'not_ready' });
    await node.remove();
  });
});

describe('bytes of the protocol', () => {
  const sockets = new Set<Socket>();
  const servers: Server[] = [];
  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    for (const server of servers) server.close();
  });
  const packet = (sequence: number, payload: Buffer) =>
    Buffer.concat([Buffer.from([payload.length & 255, payload.length >> 8, 0, sequence]), payload]);
  /** An error before the greeting, as the server sends it when it does not even want to talk. */
  const errorPacket = (errno: number, text: string) =>
    packet(0, Buffer.concat([Buffer.from([0xff, errno & 255, errno >> 8]), Buffer.from(text)]));
  const sends = async (bytes: Buffer | undefined): Promise<string> => {
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => {});
      if (bytes === undefined) socket.end();
      else socket.end(bytes);
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return (await step(settings(port, { timeout: '1s' }), 'connect')).outcome;
  };
  it.each([
    [1129, "Host '10.0.0.7' is blocked because of many connection errors", 'host_blocked'],
    [1040, 'Too many connections', 'too_many_connections'],
    [1053, 'Server shutdown in progress', 'shutdown'],
    [1130, "Host '10.0.0.7' is not allowed to connect to this MariaDB server", 'auth_failed'],
    [1999, 'Something new', 'query_error'],
  ])('error %i (%s) are %s', async (errno, text, outcome) => {
    expect(await sends(errorPacket(errno, text))).toBe(outcome);
  });
  it('that end before the greeting are a reset, and those of another protocol a protocol error', async () => {
    expect(await sends(undefined)).toBe('reset');
    expect(await sends(Buffer.from('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'))).toBe('protocol_error');
  });
});
