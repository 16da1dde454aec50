// The network and names: packets and connections that get lost, one family of addresses, the prober's own uplink, answers of DNS.
// The exporter runs in a network namespace of its own, with variables in its environment that name a proxy.
import { execFile } from 'node:child_process';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Blame, Outcome } from '../../src/spec/outcome.ts';
import { type FaultProxy, startFaultProxy } from '../services/fault-proxy.ts';
import { type Answer, type NameServer, startNameServer } from '../services/name-server.ts';
import { makeNamespace, type Namespace } from '../services/namespace.ts';
import { freePort } from '../services/process.ts';
import { type SmallSite, startSmallSite } from '../services/small-site.ts';
import { BESIDE, eventsOf, runs, startWatch, type Watch } from '../services/watched.ts';

const LOSSY = Array.from({ length: 12 }, (_, i) => `lossy-${i}`);
const NAMES = ['absent', 'failing', 'empty', 'mute'] as const;
const RATIO = 0.3;
let ns: Namespace;
let site: SmallSite;
const proxies: FaultProxy[] = [];
let names: NameServer;
let watch: Watch;
let asProxy: Server;
let proxied = 0;
let environment: Record<string, string> = {};
let lossy: FaultProxy;

/** The site, at one of the addresses that the exporter reaches by its uplink. */
async function siteAt(address: string): Promise<FaultProxy> {
  const proxy = await startFaultProxy(Number(new URL(site.url).port), address);
  proxies.push(proxy);
  return proxy;
}

beforeAll(async () => {
  ns = makeNamespace();
  site = await startSmallSite();
  const [, away, loss, control] = ns.outside;
  const [a, b, c, d, six] = (await Promise.all([...ns.outside, ns.outside6].map(siteAt))) as FaultProxy[];
  lossy = c!;
  names = await startNameServer(ns.resolver, 53);
  for (const name of [...NAMES, 'site']) names.answer(`${name}.plimsoll.test`, [ns.outside[0]]);
  names.answer('shop.plimsoll.test', [ns.outside[0], ns.outside6]);
  asProxy = createServer((socket) => {
    proxied += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => asProxy.listen(0, ns.resolver, resolve));
  const proxyUrl = `http://${ns.resolver}:${(asProxy.address() as AddressInfo).port}`;
  const variables = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'all_proxy'];
  environment = { NODE_USE_ENV_PROXY: '1', ...Object.fromEntries(variables.map((name) => [name, proxyUrl])) };
  watch = await startWatch(
    [
      { name: 'away', kind: 'http', url: `http://${away}:${b!.port}/` },
      { name: 'six', kind: 'http', url: `http://shop.plimsoll.test:${six!.port}/`, address: ns.outside6 },
      { name: 'four', kind: 'http', url: `http://shop.plimsoll.test:${a!.port}/` },
      { name: 'named', kind: 'http', url: `http://site.plimsoll.test:${a!.port}/` },
      { name: 'both', kind: 'dns', url: `dns://${ns.resolver}:53/shop.plimsoll.test`, steps: ['families'] },
      ...NAMES.map((name) => ({ name, kind: 'dns', url: `dns://${ns.resolver}:53/${name}.plimsoll.test` })),
      ...LOSSY.map((name) => ({ name, kind: 'http', url: `http://${loss}:${c!.port}/` })),
    ],
    { exporter: { controls: [`${control}:${d!.port}`], concurrency: 100 } },
    {
      beside: `http://${ns.outside[0]}:${a!.port}/`,
      within: ns.within,
      listen: `${ns.inside}:${await freePort()}`,
      env: environment,
    },
  );
});
afterAll(async () => {
  await watch?.stop();
  for (const proxy of proxies) await proxy.close();
  names?.stop();
  asProxy?.close();
  site?.stop();
  ns?.remove();
});

/** A fault of a target that the network or a name server makes: bad, with the blame that is told. */
const fault = (
  [target, step, outcome, blame]: readonly [string, string, Outcome, Blame],
  detail: RegExp,
  inject: () => unknown,
  heal: () => unknown,
  meanwhile?: Parameters<Watch['fault']>[3],
) => watch.fault({ target, step, outcome, blame, counts: 'bad', detail }, inject, heal, meanwhile);

const count = (series: Map<string, number>, name: string): number => series.get(name) ?? 0;

describe.concurrent('a network', () => {
  it('N02 that drops every SYN to a target is a timeout of that target in the phase connect', async () => {
    const [, address] = ns.outside;
    const lost = [() => ns.lose(address), () => ns.find(address)] as const;
    await fault(['away', 'get', 'timeout', 'target'], /in phase connect/, ...lost, (now) => {
      const phase = (name: string) => `probe_phase_duration_seconds_sum{target="away",phase="${name}",location="main"}`;
      expect(now.get(phase('connect'))).toBeGreaterThan(1);
    });
  });
  it('N03 that loses three connections of ten is measured as just that', async () => {
    await Promise.all(LOSSY.map((name) => watch.untilGood(name)));
    const before = { ...(await watch.series()), proxy: lossy.seen, series: await watch.series() };
    await lossy.inject({ kind: 'lose', ratio: RATIO, seed: 11 });
    const made = () => lossy.seen.connections - before.proxy.connections;
    await watch.until(async () => made() >= 120);
    await lossy.inject(undefined);
    const [n, lost] = [made(), lossy.seen.lost];
    await Promise.all(LOSSY.map((name) => watch.untilGood(name)));
    const now = await watch.series();
    const grown = (of: (name: string) => string) =>
      LOSSY.map((name) => count(now, of(name)) - count(before.series, of(name))).reduce((a, b) => a + b, 0);
    const resets = LOSSY.map((name) => runs(now, name, 'get', 'reset', 'target')).reduce((a, b) => a + b, 0);
    // Every connection that was cut is a bad run, and nothing else is; healing cuts those that are just open.
    expect(resets).toBeGreaterThanOrEqual(lost);
    expect(resets).toBeLessThanOrEqual(lost + LOSSY.length);
    expect(grown((name) => eventsOf(name, 'bad'))).toBeGreaterThanOrEqual(lost);
    // Four standard deviations of the binomial distribution.
    expect(Math.abs(resets / n - RATIO)).toBeLessThan(4 * Math.sqrt((RATIO * (1 - RATIO)) / n) + LOSSY.length / n);
    expect(count(now, eventsOf(BESIDE, 'bad'))).toBe(0);
  });
  it('C05 whose IPv6 is broken is bad for the target over IPv6, and for no other: one address is asked, and no second', async () => {
    const [address] = ns.outside;
    const good = async () => count(await watch.series(), eventsOf('four', 'good'));
    const before = await good();
    const broken = [() => ns.lose(ns.outside6), () => ns.find(ns.outside6)] as const;
    await fault(['six', 'get', 'timeout', 'target'], /in phase connect/, ...broken, async (now) => {
      expect(await good()).toBeGreaterThan(before);
      expect(count(now, eventsOf('four', 'bad'))).toBe(0);
    });
    const silent = () => names.answer('shop.plimsoll.test', (_nth, type) => (type === 'AAAA' ? 'servfail' : [address]));
    const healed = () => names.answer('shop.plimsoll.test', [address, ns.outside6]);
    await fault(['both', 'families', 'dns_aaaa_broken', 'dns'], /AAAA/, silent, healed);
  });
  it('C09 whose names do not exist, fail, are empty or unanswered says which of them it is, and blames DNS', async () => {
    const [address] = ns.outside;
    const said: readonly (readonly [name: (typeof NAMES)[number], answer: Answer, outcome: Outcome])[] = [
      ['absent', 'nxdomain', 'dns_nxdomain'],
      ['failing', 'servfail', 'dns_servfail'],
      ['empty', [], 'dns_nodata'],
      ['mute', 'silent', 'dns_timeout'],
    ];
    const all = said.map(([name, answer, outcome]) => {
      const zone = `${name}.plimsoll.test`;
      const steps = [() => names.answer(zone, answer), () => names.answer(zone, [address])] as const;
      return fault([name, 'resolve', outcome, 'dns'], new RegExp(zone), ...steps);
    });
    // The site itself, when its name is gone: the very same word.
    const zone = 'site.plimsoll.test';
    const gone = [() => names.answer(zone, 'nxdomain'), () => names.answer(zone, [address])] as const;
    await Promise.all([...all, fault(['named', 'get', 'dns_nxdomain', 'dns'], /site\.plimsoll\.test/, ...gone)]);
  });
});

describe('the way out of the prober', () => {
  it('N05 that is cut makes every run unmeasured and none bad, is said to be ours, and costs nothing afterwards', async () => {
    const affected = [BESIDE, 'away', 'four', 'named', 'six'];
    await Promise.all(affected.map((name) => watch.untilGood(name)));
    const before = await watch.series();
    const logged = watch.exporter.log().length;
    let now = before;
    ns.cut();
    await watch.until(async () => {
      now = await watch.series();
      return affected.every(
        (name) => count(now, eventsOf(name, 'unmeasured')) - count(before, eventsOf(name, 'unmeasured')) >= 2,
      );
    });
    for (const name of affected) {
      // But for a run that was in the middle of an answer when the cable was cut: it had proof that the network was up.
      expect(count(now, eventsOf(name, 'bad')) - count(before, eventsOf(name, 'bad')), name).toBeLessThanOrEqual(1);
      expect(runs(now, name, 'get', 'no_network', 'prober'), name).toBeGreaterThan(0);
    }
    const said = watch.lines(logged).filter((line) => line.outcome === 'no_network');
    expect(new Set(said.map(({ target }) => target))).toEqual(expect.objectContaining(new Set(affected)));
    for (const line of said)
      expect(line).toMatchObject({
        blame: 'prober',
        msg: expect.stringMatching(/^probe could not tell good from bad/),
      });
    ns.restore();
    await Promise.all(affected.map((name) => watch.untilGood(name)));
    // A target that is really down is bad again, at once: the outage of the uplink hides nothing that comes after it.
    const down = () => proxies[1]!.inject({ kind: 'refuse' });
    await fault(['away', 'get', 'refused', 'target'], /ECONNREFUSED/, down, () => proxies[1]!.inject(undefined));
  });
  it('N06 is never a proxy that a variable of the environment names', async () => {
    await watch.untilGood('away');
    await watch.untilGood('named');
    expect(proxied).toBe(0);
    // A client that does heed the variables ends up there: the trap is no empty promise.
    const [command, ...args] = [
      ...ns.within,
      process.execPath,
      '-e',
      "fetch('http://site.plimsoll.test/').catch(() => {})",
    ];
    await promisify(execFile)(command!, args, { env: { ...process.env, ...environment } });
    expect(proxied).toBeGreaterThan(0);
  });
});
