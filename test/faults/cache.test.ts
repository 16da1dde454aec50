// What an edge says of its copies: too old, or nothing at all. The edge is a small server that says what the test wants.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventsOf, startWatch, type Watch } from '../services/watched.ts';

const FRESH: Readonly<Record<string, string>> = { 'x-cache': 'HIT', age: '3' };
const headers: Record<string, Readonly<Record<string, string>>> = { old: FRESH, silent: FRESH };
const servers = Object.keys(headers).map((name) =>
  createServer((_request, response) => response.writeHead(200, headers[name]).end('<html>shop</html>')),
);
let watch: Watch;
beforeAll(async () => {
  for (const server of servers) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const [old, silent] = servers.map((server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  watch = await startWatch(
    [
      { name: 'old', kind: 'cdn', url: old, steps: ['hit', 'age'], maxAge: '1h' },
      { name: 'silent', kind: 'cdn', url: silent, steps: ['hit'] },
    ],
    {
      slos: [
        { name: 'available', sli: { kind: 'probe', target: 'old', steps: ['hit'] } },
        { name: 'fresh', sli: { kind: 'freshness', target: 'old', of: 'cache', below: '10m' } },
        { name: 'hits', sli: { kind: 'hits', target: 'silent' } },
      ],
    },
  );
});
afterAll(async () => {
  await watch?.stop();
  for (const server of servers) server.close();
});

const say = (name: string, what: Readonly<Record<string, string>>) => () => {
  headers[name] = what;
};

describe.concurrent('an edge', () => {
  it('C06 whose copy is older than the limit is stale for the SLO on freshness, and available all the same', async () => {
    const before = await watch.series();
    const grown = (now: Map<string, number>, slo: string, result: string) =>
      (now.get(eventsOf(slo, result)) ?? 0) - (before.get(eventsOf(slo, result)) ?? 0);
    await watch.fault(
      {
        target: 'old',
        step: 'age',
        outcome: 'stale_too_old',
        blame: 'edge',
        counts: 'bad',
        detail: /7200 s old/,
        good: ['hit'],
      },
      say('old', { ...FRESH, age: '7200' }),
      say('old', FRESH),
      async () => {
        await watch.until(async () => grown(await watch.series(), 'fresh', 'bad') >= 1);
        const now = await watch.series();
        expect(grown(now, 'available', 'bad')).toBe(0);
        expect(grown(now, 'available', 'good')).toBeGreaterThan(0);
        expect(now.get('probe_cache_age_seconds{target="old",location="main"}')).toBe(7_200);
      },
    );
  });
  it('C07 that says nothing of its cache is unmeasured: no hit, no miss, and an age that is absent', async () => {
    const before = await watch.series();
    await watch.fault(
      { target: 'silent', step: 'hit', outcome: 'cache_status_unknown', blame: 'config', counts: 'unmeasured' },
      say('silent', {}),
      say('silent', FRESH),
      async (now) => {
        expect(now.has('probe_cache_age_seconds{target="silent",location="main"}')).toBe(false);
        expect(now.get(eventsOf('hits', 'bad'))).toBe(before.get(eventsOf('hits', 'bad')));
        await watch.until(async () => ((await watch.series()).get(eventsOf('hits', 'unmeasured')) ?? 0) > 0);
      },
    );
    expect((await watch.series()).get(eventsOf('hits', 'bad'))).toBe(0);
  });
});
