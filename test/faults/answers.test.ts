// What servers and the network do to an answer of HTTP: every fault at TCP level, each on a proxy of its own before a healthy site.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Fault, type FaultProxy, startFaultProxy } from '../services/fault-proxy.ts';
import { type SmallSite, startSmallSite } from '../services/small-site.ts';
import { type Expected, startWatch, type Watch } from '../services/watched.ts';

const NAMES = ['late', 'drip', 'endless', 'many', 'huge', 'reset'] as const;
const sites = new Map<string, SmallSite>();
const proxies = new Map<string, FaultProxy>();
let watch: Watch;
beforeAll(async () => {
  for (const name of NAMES) {
    const site = await startSmallSite();
    sites.set(name, site);
    proxies.set(name, await startFaultProxy(Number(new URL(site.url).port)));
  }
  const url = (name: string) => `http://127.0.0.1:${proxies.get(name)!.port}/`;
  watch = await startWatch(NAMES.map((name) => ({ name, kind: 'http', url: url(name) })));
});
afterAll(async () => {
  await watch?.stop();
  for (const proxy of proxies.values()) await proxy.close();
  for (const site of sites.values()) site.stop();
});

const answer = (
  name: string,
  fault: Fault,
  expected: Omit<Expected, 'target' | 'step' | 'counts'>,
  meanwhile?: Parameters<Watch['fault']>[3],
) =>
  watch.fault(
    { target: name, step: 'get', counts: 'bad', ...expected },
    () => proxies.get(name)!.inject(fault),
    () => proxies.get(name)!.inject(undefined),
    meanwhile,
  );

/** Seconds that phases of a target took, in all. */
const phase = (series: Map<string, number>, target: string, name: string) =>
  series.get(`probe_phase_duration_seconds_sum{target="${target}",phase="${name}",location="main"}`) ?? 0;
const rssKb = (pid: number) => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);

describe.concurrent('an answer of HTTP', () => {
  it('W06 that begins long after the deadline is a timeout in the phase first_byte, and its socket is closed', async () => {
    await answer(
      'late',
      { kind: 'delay', ms: 30_000 },
      { outcome: 'timeout', blame: 'target', detail: /phase first_byte/ },
      (series) => {
        expect(phase(series, 'late', 'first_byte')).toBeGreaterThan(1);
        // One run at a time: the proxy may hold that of now, and never those before it.
        expect(proxies.get('late')!.seen.open).toBeLessThanOrEqual(2);
      },
    );
  });
  it('W07 that drips a byte at a time ends at the deadline of the whole run', async () => {
    await answer('drip', { kind: 'drip', everyMs: 100 }, { outcome: 'timeout', blame: 'target', detail: /deadline/ });
  });
  it('W08 that never ends is cut at the cap, without more memory', async () => {
    const before = rssKb(watch.exporter.pid);
    const fault: Fault = { kind: 'say', bytes: 'HTTP/1.1 200 OK\r\n\r\n', endless: Buffer.alloc(65_536, 'x') };
    await answer('endless', fault, { outcome: 'body_limit', blame: 'target', detail: /more than \d+ bytes/ });
    // Twice the cap and a few copies; the peak of the process holds what other faults take at the same time.
    expect(rssKb(watch.exporter.pid) - before).toBeLessThan(100_000);
  });
  it('W11 with ten thousand headers, or a megabyte of them, is cut', async () => {
    const many = Array.from({ length: 10_000 }, (_, i) => `x-${i}: ${i}\r\n`).join('');
    const cut = { outcome: 'header_limit', blame: 'target' } as const;
    const huge = `x: ${'a'.repeat(2 ** 20)}\r\n`;
    await Promise.all([
      answer('many', { kind: 'say', bytes: `HTTP/1.1 200 OK\r\n${many}\r\n` }, cut),
      answer('huge', { kind: 'say', bytes: `HTTP/1.1 200 OK\r\n${huge}\r\n` }, cut),
    ]);
  });
  it('W12 that is reset in mid-body is a reset, and the phases that were reached are kept', async () => {
    const fault: Fault = { kind: 'reset', afterBytes: 130 };
    await answer('reset', fault, { outcome: 'reset', blame: 'target', detail: /phase transfer/ }, (series) =>
      expect(phase(series, 'reset', 'transfer')).toBeGreaterThan(0),
    );
  });
});
