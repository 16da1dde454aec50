// A port that accepts, and the modules of /probe: what a request of blackbox_exporter's style means.
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findTarget } from '../../src/probe/adhoc.ts';
import { probes } from '../../src/probe/list.ts';
import { createResolver, type Resolve } from '../../src/probe/resolve.ts';
import { runProbe } from '../../src/probe/runner.ts';
import { idsOnly } from '../../src/probe/trace-port.ts';
import type { Spec } from '../../src/spec/spec.ts';
import { freePort } from '../services/process.ts';
import { validSpec } from '../spec/specs.ts';
import { lagOf, resolvingTo, step, target } from './run.ts';

const sockets = new Set<Socket>();
const server: Server = createServer((socket) => sockets.add(socket));
let port: number;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
});

const connect = (host: string, extra: object = {}) => step({ kind: 'tcp', url: `tcp://${host}`, ...extra }, 'connect');

describe('a TCP probe', () => {
  it('is good where a port accepts, and measures name and connection', async () => {
    const result = await connect(`localhost:${port}`);
    expect(result).toMatchObject({ outcome: 'ok', blame: 'none', facts: { address: '127.0.0.1' } });
    expect(Object.keys(result.phases)).toEqual(['dns', 'connect']);
  });
  it('tells a port that refuses, a name that is not there, and an address that is never a target', async () => {
    expect(await connect(`127.0.0.1:${await freePort()}`)).toMatchObject({ outcome: 'refused', blame: 'target' });
    expect(await connect('169.254.169.254:80')).toMatchObject({ outcome: 'address_refused', blame: 'config' });
  });
  it.each([
    'tcp://shop.example.org',
    'tcp://shop.example.org:0',
    'tcp://shop.example.org:65536',
    'http://shop.example.org:80',
    'tcp://:80',
  ])('needs host and port: %s is refused', (url) => {
    expect(() => target({ kind: 'tcp', url })).toThrow('a URL like tcp://mail.example.org:25');
  });
  it('takes IPv6 addresses and the last port', () => {
    expect(target({ kind: 'tcp', url: 'tcp://[::1]:65535' }).url).toBe('tcp://[::1]:65535');
  });
});

describe('a run whose name is not resolved', () => {
  const resolving = (resolve: Resolve) =>
    runProbe(target({ kind: 'tcp', url: 'tcp://shop.example.org:25', timeout: '100ms' }), {
      probes,
      resolve,
      tracer: idsOnly,
      lag: lagOf(0),
      location: 'test',
      now: Date.now,
    });
  it('up to the deadline blames our resolver, not the target', async () => {
    const { steps } = await resolving(() => new Promise(() => {}));
    expect(steps).toMatchObject([{ outcome: 'no_resolver', blame: 'prober' }]);
  });
  it('because it does not exist blames DNS', async () => {
    const { steps } = await resolving(async () => ({ ok: false, outcome: 'dns_nxdomain', detail: '', ms: 1 }));
    expect(steps).toMatchObject([{ outcome: 'dns_nxdomain', blame: 'dns' }]);
  });
});

describe('a target with addresses of two families', () => {
  const NO_WAY = { v4: '127.255.255.255', v6: 'ff0e::1' };
  const to = (...addresses: string[]) =>
    step({ kind: 'tcp', url: `tcp://shop.example.org:${port}` }, 'connect', { resolve: resolvingTo(...addresses) });
  it('is asked by the other family when we have no way to the first', async () => {
    expect(await to(NO_WAY.v6, '127.0.0.1')).toMatchObject({ outcome: 'ok', facts: { address: '127.0.0.1' } });
    expect(await to(NO_WAY.v4, '::1')).toMatchObject({ outcome: 'refused', facts: { address: '::1' } });
    const url = `http://shop.example.org:${port}/`;
    const http = await step({ kind: 'http', url, timeout: '300ms' }, 'get', {
      resolve: resolvingTo(NO_WAY.v6, '127.0.0.1'),
    });
    expect(http).toMatchObject({ outcome: 'timeout', facts: { address: '127.0.0.1' } });
  });
  it('is not asked again by the same family, nor when the first address fails otherwise', async () => {
    expect(await to(NO_WAY.v4, '127.0.0.1')).toMatchObject({ outcome: 'no_network', blame: 'prober' });
    expect(await to('::1', '127.0.0.1')).toMatchObject({ outcome: 'refused', facts: { address: '::1' } });
  });
});

describe('the target of a /probe request', () => {
  const spec = (probeAllow: readonly string[]): Spec => {
    const text = JSON.stringify({
      targets: [
        { name: 'shop', kind: 'http', url: 'https://shop.example.org/' },
        { name: 'db', kind: 'mariadb', url: 'mysql://probe@db.example.org/plimsoll' },
        { name: 'mail', kind: 'tcp', url: 'tcp://mail.example.org:25' },
      ],
      exporter: { probeAllow },
    });
    return validSpec(text);
  };
  const urlOf = (wanted: string, module?: string, allow: readonly string[] = ['10.0.0.0/8']) => {
    const found = findTarget(spec(allow), wanted, module);
    return found.ok ? `${found.adhoc ? 'made up' : 'named'}: ${found.target.kind} ${found.target.url}` : found.title;
  };
  it('of another module is reached as the named target is: at its address, with its authorities', () => {
    const named = { name: 'in', kind: 'tls', url: 'tls://shop.example.org:443', address: '10.9.8.7', ca: '/ca.pem' };
    const inside = validSpec({
      targets: [
        named,
        { name: 'web', kind: 'http', url: 'https://a.example.org/', address: '10.9.8.6', ca: '/ca.pem' },
      ],
    });
    const of = (wanted: string, module: string) => {
      const found = findTarget(inside, wanted, module);
      return found.ok ? found.target : undefined;
    };
    expect(of('web', 'http_2xx')).toMatchObject({ kind: 'http', address: '10.9.8.6', ca: '/ca.pem' });
    expect(of('in', 'tcp_connect')).toMatchObject({ kind: 'tcp', url: 'tcp://10.9.8.7:443' });
  });
  it.each([
    ['mail', undefined, 'named: tcp tcp://mail.example.org:25'],
    ['10.1.2.3:25', 'tcp_connect', 'made up: tcp tcp://10.1.2.3:25'],
    ['[fd00::1]:25', 'tcp_connect', 'made up: tcp tcp://[fd00::1]:25'],
    ['tcp://10.1.2.3:25', 'tcp_connect', 'made up: tcp tcp://10.1.2.3:25'],
    ['10.1.2.3', 'tcp_connect', 'bad target'],
    ['10.1.2.3:0', 'tcp_connect', 'bad target'],
    ['ftp://10.1.2.3', 'tcp_connect', 'bad target'],
    ['no host:1', 'tcp_connect', 'bad target'],
    ['shop', 'tcp_connect', 'named: tcp tcp://shop.example.org:443'],
    ['db', 'tcp_connect', 'named: tcp tcp://db.example.org:3306'],
    ['10.1.2.3', 'http_2xx', 'made up: http http://10.1.2.3'],
    ['10.1.2.3', undefined, 'made up: http http://10.1.2.3'],
    ['10.1.2.3:25', 'icmp', 'unknown module'],
    ['10.1.2.3:25', 'tcp', 'module does not fit'],
  ])('%s with module %s is %s', (wanted, module, found) => {
    expect(urlOf(wanted, module)).toBe(found);
  });
  it('is made up only with an allow-list, which the policy of addresses then applies', async () => {
    expect(urlOf('10.1.2.3:25', 'tcp_connect', [])).toBe('unknown target');
    const found = findTarget(spec(['10.0.0.0/8']), `127.0.0.1:${port}`, 'tcp_connect');
    if (!found.ok) throw new Error(found.detail);
    const { steps } = await runProbe(found.target, {
      probes,
      resolve: createResolver({ kind: 'adhoc', allow: ['10.0.0.0/8'] }),
      tracer: idsOnly,
      lag: lagOf(0),
      location: 'test',
      now: Date.now,
    });
    expect(steps).toMatchObject([{ outcome: 'address_refused', blame: 'config' }]);
  });
});
