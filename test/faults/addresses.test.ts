// Addresses that a probe must not reach, in every way to write them, by redirect and by DNS. The exporter runs in a namespace where
// the kernel counts the connections that are begun, and in which every address has a way: what is refused was never tried.
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Exporter, startExporter } from '../services/exporter.ts';
import { type NameServer, startNameServer } from '../services/name-server.ts';
import { makeNamespace, type Namespace } from '../services/namespace.ts';
import { freePort, privateFolder } from '../services/process.ts';
import { startWatch } from '../services/watched.ts';

const folder = privateFolder('addresses');
const METADATA = '169.254.169.254';
let ns: Namespace;
let names: NameServer;
let site: Server;
let exporter: Exporter;
let host: string;
/** Where the site redirects to, if at all. */
let location: ((url: string) => string | undefined) | undefined;

beforeAll(async () => {
  ns = makeNamespace();
  names = await startNameServer(ns.resolver, 53);
  site = createServer((request, response) => {
    const to = location?.(request.url ?? '/');
    response
      .writeHead(to === undefined ? 200 : 302, { connection: 'close', ...(to !== undefined && { location: to }) })
      .end();
  });
  await new Promise<void>((resolve) => site.listen(0, ns.outside[0], resolve));
  host = `www.allowed.test:${(site.address() as AddressInfo).port}`;
  names.answer('www.allowed.test', [ns.outside[0]]);
  const config = join(folder.path, 'plimsoll.yaml');
  const target = (name: string, url: string) => ({ name, kind: 'http', url, interval: '24h', timeout: '900ms' });
  const targets = [
    target('metadata', `http://${METADATA}/`),
    target('hop', `http://${host}/named`),
    target('rebound', `http://rebound.plimsoll.test:${(site.address() as AddressInfo).port}/`),
  ];
  const sli = { kind: 'probe', target: 'rebound' };
  const slos = [{ name: 'a', service: 's', team: 't', objective: '99%', window: '30d', sli }];
  writeFileSync(config, JSON.stringify({ targets, slos, exporter: { probeAllow: ['*.allowed.test'] } }));
  exporter = await startExporter({
    args: ['--config', config, '--data', join(folder.path, 'data')],
    within: ns.within,
    listen: `${ns.inside}:${await freePort()}`,
  });
});
beforeEach(() => {
  location = undefined;
  names.answer('www.allowed.test', [ns.outside[0]]);
});
afterAll(async () => {
  await exporter?.end('SIGKILL');
  names?.stop();
  site?.closeAllConnections();
  site?.close();
  ns?.remove();
  folder.remove();
});

interface Probed {
  readonly status: number;
  readonly text: string;
  /** Connections begun, packets that went astray, and questions to the name server. */
  readonly opened: number;
  readonly stray: number;
  readonly asked: number;
}
async function probe(target: string, module?: string, more: Record<string, string> = {}): Promise<Probed> {
  const query = new URLSearchParams({ target, debug: 'true', ...(module !== undefined && { module }) });
  const [before, asked] = [ns.counters(exporter.pid), names.asked.length];
  const answer = await fetch(`${exporter.url}/probe?${query}`, { headers: { connection: 'close', ...more } });
  const text = await answer.text();
  const after = ns.counters(exporter.pid);
  return {
    status: answer.status,
    text,
    opened: after.opened - before.opened,
    stray: after.stray - before.stray,
    asked: names.asked.length - asked,
  };
}
const REFUSED = /address_refused|redirect_refused|"title":"bad target"/;
/** Refused after so many connections to where the target rightly is. */
async function expectRefused(target: string, { opened = 0, module = 'http_2xx' } = {}): Promise<Probed> {
  const probed = await probe(target, module);
  expect([probed.opened, probed.stray, REFUSED.test(probed.text)], `${target}: ${probed.text}`).toEqual([
    opened,
    0,
    true,
  ]);
  return probed;
}

/** One address, in the ways that URLs allow. */
const LOOPBACK = [
  '127.0.0.1',
  '127.1',
  '0x7f.1',
  '0x7f000001',
  '2130706433',
  '017700000001',
  '0177.0.0.1',
  '127.0.0.1.',
];
const ODD_DOTS = ['127。0。0。1', '127．0．0．1', '１２７.0.0.1', '①②⑦.0.0.1'];
const SIX = [
  ...[
    '[::1]',
    '[0:0:0:0:0:0:0:1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::127.0.0.1]',
    '[::ffff:0:127.0.0.1]',
  ],
  ...[
    `[::ffff:${METADATA}]`,
    `[64:ff9b::${METADATA}]`,
    '[64:ff9b::7f00:1]',
    '[64:ff9b:1::a9fe:a9fe]',
    '[2002:7f00:1::]',
  ],
  ...[
    '[2002:a9fe:a9fe::1]',
    '[2002:c633:6401::1]',
    '[::198.51.100.1]',
    '[2001:0:a9fe:a9fe::1]',
    '[fe80::1]',
    '[fec0::1]',
    '[fc00::1]',
    '[fd00:ec2::254]',
    '[ff02::1]',
  ],
];
const INSIDE = [
  '0',
  '0.0.0.0',
  '10.0.0.1',
  '172.16.0.1',
  '192.168.0.1',
  '100.64.0.1',
  '198.18.0.1',
  '224.0.0.1',
  '255.255.255.255',
];
const NAMES = [
  'localhost',
  'LOCALHOST',
  'localhost.',
  'metadata.google.internal',
  'www.allowed.test.',
  'allowed.test',
  'xwww-allowed.test',
];
const DISGUISED = [
  `http://www.allowed.test@${METADATA}/`,
  `http://www.allowed.test:80@127.0.0.1/`,
  'http://user:password@www.allowed.test/',
  `http://127.0.0.1\\@www.allowed.test/`,
  `http://127.0.0.1#@www.allowed.test/`,
  `http://${METADATA}/#www.allowed.test`,
  `http://${METADATA}?www.allowed.test`,
  'http://www.allowed.test/\r\nHost: 127.0.0.1\r\n',
  'http://www.allowed.test\r\n.evil.test/',
  'http://www.allowed.test/ HTTP/1.1\r\nX: y',
  'http://www.allowed.test\t/',
  '\u0000http://127.0.0.1/',
  ...[
    'file:///etc/passwd',
    'gopher://127.0.0.1:6379/_INFO',
    'ftp://127.0.0.1/',
    'javascript:alert(1)',
    'data:text/html,x',
    'unix:/run/x',
  ],
  '//127.0.0.1/',
  'http://',
  '',
];

describe('an address that no probe may reach', () => {
  it('Z01 is refused in every way to write it, before a name is resolved and before a connection is begun', async () => {
    const allowed = await probe(`http://${host}/`);
    expect(allowed, allowed.text).toMatchObject({ opened: 1, stray: 0 });
    expect(allowed.text).toContain('get: ok');
    // The instrument itself: a connection into nowhere is counted, and so is its packet.
    names.answer('far.allowed.test', ['11.0.0.1']);
    const far = await probe('http://far.allowed.test/', undefined, { 'x-prometheus-scrape-timeout-seconds': '1.5' });
    expect(far.opened).toBe(1);
    expect(far.stray).toBeGreaterThan(0);
    for (const address of [METADATA, ...LOOPBACK, ...ODD_DOTS, ...SIX, ...INSIDE]) {
      expect((await expectRefused(`http://${address}/`)).asked, address).toBe(0);
      expect((await expectRefused(`${address}:6379`, { module: 'tcp_connect' })).asked, address).toBe(0);
    }
    for (const name of NAMES) expect((await expectRefused(`http://${name}/`)).asked, name).toBe(0);
    for (const target of DISGUISED) expect((await expectRefused(target)).asked, target).toBe(0);
    expect(await probe('metadata')).toMatchObject({
      opened: 0,
      stray: 0,
      text: expect.stringMatching(/address_refused \(blame config\)/),
    });
    // Nothing of this has harmed it.
    expect((await probe(`http://${host}/`)).text).toContain('get: ok');
  });
  it('Z03 is refused when DNS leads there, now or at the next question, and what was checked is what is connected to', async () => {
    const { port } = site.address() as AddressInfo;
    const [address] = ns.outside;
    // Public, then loopback, and so on: each probe asks once, and connects to what it was told.
    names.answer('rebind.allowed.test', (nth) => (nth % 2 === 0 ? [address] : ['127.0.0.1']));
    const url = `http://rebind.allowed.test:${port}/`;
    for (let i = 0; i < 3; i++) {
      expect(await probe(url)).toMatchObject({ opened: 1, stray: 0, text: expect.stringContaining('get: ok') });
      await expectRefused(url);
    }
    expect(names.asked.filter((question) => question === 'rebind.allowed.test A')).toHaveLength(6);
    names.answer('both.allowed.test', ['127.0.0.1', address, '10.0.0.1']);
    expect(await probe(`http://both.allowed.test:${port}/`)).toMatchObject({ opened: 1, stray: 0 });
    for (const inside of [
      ...SIX.map((text) => text.slice(1, -1)),
      ...INSIDE.slice(1),
      '127.0.0.1',
      '192.0.0.192',
      METADATA,
    ]) {
      names.answer('six.allowed.test', [inside]);
      await expectRefused('http://six.allowed.test/');
    }
    // A target of the spec may be inside; at the metadata address it may not, whatever DNS says, and it heals.
    names.answer('rebound.plimsoll.test', (nth) => (nth === 1 ? [METADATA] : [address]));
    expect((await probe('rebound')).text).toContain('get: ok');
    expect(await probe('rebound')).toMatchObject({
      opened: 0,
      stray: 0,
      text: expect.stringContaining('address_refused'),
    });
    expect((await probe('rebound')).text).toContain('get: ok');
  });
  it('Z02 is refused as a redirect: each hop is checked, and only the first is connected to', async () => {
    const to = [
      METADATA,
      ...LOOPBACK,
      ...SIX,
      ...INSIDE,
      'localhost',
      'internal.allowed.test',
      'elsewhere.test',
      `x@${METADATA}`,
    ];
    names.answer('internal.allowed.test', ['10.0.0.1']);
    names.answer('elsewhere.test', [ns.outside[1]]);
    for (const next of [
      ...to.map((text) => `http://${text}/`),
      `https://${METADATA}/`,
      'file:///etc/passwd',
      `//${METADATA}/`,
    ]) {
      location = () => next;
      await expectRefused(`http://${host}/`, { opened: 1 });
      // A target of the spec may be anywhere, and may send us outside, but not inside.
      if (next.includes('elsewhere.test')) continue;
      const named = await probe('hop');
      expect(
        [named.opened, named.stray, /redirect_refused|address_refused/.test(named.text)],
        `${next}: ${named.text}`,
      ).toEqual([1, 0, true]);
    }
    // To itself, while DNS changes its mind between the hops.
    let asked = 0;
    names.answer('www.allowed.test', (_nth, type) => (type === 'A' && asked++ > 0 ? ['127.0.0.1'] : [ns.outside[0]]));
    location = () => `http://${host}/again`;
    await expectRefused(`http://${host}/`, { opened: 1 });
    await exporter.end('SIGTERM');
    await expectRedirectBad();
  });
});

/** The same for a target of the spec, on the schedule: it is the target that sends us inside, and so it is bad. */
async function expectRedirectBad(): Promise<void> {
  const { port } = site.address() as AddressInfo;
  const url = `http://${ns.outside[0]}:${port}/`;
  location = undefined;
  const watch = await startWatch(
    [{ name: 'site', kind: 'http', url: `${url}shop` }],
    {},
    {
      within: ns.within,
      listen: `${ns.inside}:${await freePort()}`,
      beside: `${url}beside`,
    },
  );
  const { stray } = ns.counters(watch.exporter.pid);
  const expected = {
    target: 'site',
    step: 'get',
    outcome: 'redirect_refused',
    blame: 'target',
    counts: 'bad',
  } as const;
  const inject = () => {
    location = (path) => (path === '/shop' ? `http://${METADATA}/latest/` : undefined);
  };
  const heal = () => {
    location = undefined;
  };
  await watch.fault({ ...expected, detail: /must not reach 169/ }, inject, heal, () =>
    expect(ns.counters(watch.exporter.pid).stray).toBe(stray),
  );
  await watch.stop();
}
