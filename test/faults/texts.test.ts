// Names and texts that are made to break out of where they stand, and more series than a target may have.
import { spawnSync } from 'node:child_process';
import { type AddressInfo, createServer, type Server } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { expose } from '../../src/metrics/exposition.ts';
import { OwnMetrics } from '../../src/metrics/own.ts';
import { labelText, SeriesTable } from '../../src/metrics/series.ts';
import { parseSpec } from '../../src/spec/parse.ts';
import { run } from '../probe/run.ts';
import { until } from '../services/exporter.ts';
import { type SmallSite, startSmallSite } from '../services/small-site.ts';
import { ports, slo, validSpec } from '../spec/specs.ts';
import { LANGUAGE_WORDS } from './captures.ts';
import { type Inside, startInside } from './inside.ts';

let site: SmallSite | undefined;
let inside: Inside | undefined;
afterEach(async () => {
  await inside?.stop();
  site?.stop();
  [site, inside] = [undefined, undefined];
});
const complaints = (metrics: string): string => {
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: metrics, encoding: 'utf8' });
  return status === 0 ? '' : `${stdout}${stderr}`;
};

describe('names', () => {
  it('X13 of objects of the language are names like others where they are allowed, and change no object', async () => {
    const before = Object.getOwnPropertyNames(Object.prototype).toSorted();
    site = await startSmallSite();
    const target = { name: 'constructor', kind: 'http', url: site.url, interval: '1s', timeout: '500ms' };
    const own = { service: 'valueof', team: 'tostring', sli: { kind: 'probe', target: 'constructor' } };
    inside = await startInside(
      validSpec(
        `targets: [${JSON.stringify(target)}]\nslos: [${JSON.stringify(slo({ ...own, name: 'constructor' }))}]\n`,
      ),
    );
    const good = 'slo_events_total{slo="constructor",result="good",location="main"}';
    await until(async () => ((await inside!.metric(good)) ?? 0) >= 1, inside.log);
    expect(await inside.metrics()).toContain('slo_info{slo="constructor",service="valueof",team="tostring"');
    for (const name of ['__proto__', 'hasOwnProperty', 'prototype']) {
      const answer = await fetch(`${inside.url}/api/v1/slos/${name}`);
      expect([name, answer.status]).toEqual([name, 404]);
    }
    expect(Object.getOwnPropertyNames(Object.prototype).toSorted()).toEqual(before);
  });

  it.each(LANGUAGE_WORDS)(
    'X13 the word %s of a server is a word that nobody knows, and the run is not ours',
    async (word) => {
      const says = (text: string) =>
        createServer((socket) => socket.on('error', () => {}).once('data', () => socket.end(text)));
      const edge = says(`HTTP/1.1 200 OK\r\nx-cache: ${word}\r\ncontent-length: 4\r\n\r\nshop`);
      const database = says(`-${word} x\r\n`);
      for (const server of [edge, database])
        await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const at = (server: Server) => `127.0.0.1:${(server.address() as AddressInfo).port}`;
      const ofEdge = await run({ kind: 'cdn', url: `http://${at(edge)}/`, steps: ['hit'] });
      expect(ofEdge.steps).toMatchObject([{ outcome: 'cache_status_unknown', blame: 'config' }]);
      const ofDatabase = await run({ kind: 'redis', url: `redis://${at(database)}/0`, steps: ['connect'] });
      expect(ofDatabase.steps).toMatchObject([{ outcome: 'redis_error', blame: 'target' }]);
      for (const server of [edge, database]) server.close();
    },
  );

  it.each(['__proto__', 'constructor', 'hasOwnProperty'])(
    'X13 the key %s is unknown at every place of a spec',
    (key) => {
      const before = Object.getOwnPropertyNames(Object.prototype).toSorted();
      const evil = `{ "${key}": { polluted: true } }`;
      const places = [
        evil,
        `targets: [${evil}]`,
        `slos: [${evil}]`,
        `exporter: ${evil}`,
        `exporter: { modules: { own: ${evil} } }`,
        `targets: [{ name: a, kind: http, url: "http://a.example/", expect: ${evil} }]`,
      ];
      for (const place of places) {
        const result = parseSpec([{ file: 's.yaml', text: place }], ports());
        expect([place, result.ok, result.findings.map((f) => f.rule)]).toEqual([
          place,
          false,
          expect.arrayContaining(['unknown-key']),
        ]);
      }
      expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
      expect(Object.getOwnPropertyNames(Object.prototype).toSorted()).toEqual(before);
    },
  );

  it('X14 with newlines, quotes, backslashes and lone surrogates pass promtool, one line each', () => {
    const table = new SeriesTable(1_000_000, () => {});
    const odd = fc.string({
      unit: fc.constantFrom('\n', '\r', '"', '\\', '\ud800', '\udc00', '{', '}', ',', ' 1', '#', '\0', 'ü', '\u2028'),
    });
    const values = fc.sample(odd, { numRuns: 1_000, seed: 7 });
    for (const status of ['\ud800', '\n', '\\', '"', 'a\\', '"} 7\nevil 1', ...values])
      table.inc(
        'probe_cache_status_total',
        labelText('probe_cache_status_total', { target: `t-${status}`, status, location: status }),
        `t-${status}`,
      );
    const metrics = [...expose(table.families(), 'text')].join('');
    expect(complaints(metrics)).toBe('');
    const lines = metrics.split('\n').filter((line) => /^probe_cache_status_total\{[\s\S]*"\} \d+$/.test(line));
    expect([lines.length, metrics.split('\n').length]).toEqual([table.size, table.size + 3]);
    expect(complaints(`${metrics}broken{a="\n"} 1\n`)).not.toBe('');
  });

  it('X14 of our own series too', async () => {
    const own = new OwnMetrics();
    own.inc('plimsoll_missed_runs_total', { target: 'a"\n\\', reason: '\ud800' });
    expect(complaints([...expose(await own.families(), 'text')].join(''))).toBe('');
  });
});

describe('series', () => {
  it('X16 beyond the limit of a target are refused and counted; old ones go on, other targets too, and a higher limit takes them', async () => {
    site = await startSmallSite();
    const spec = (limit: number) =>
      validSpec({
        targets: ['full', 'other'].map((name) => ({
          name,
          kind: 'http',
          url: `${site!.url}${name}`,
          interval: '1s',
          timeout: '500ms',
        })),
        slos: [slo({ name: 'up', sli: { kind: 'probe', target: 'full' } })],
        exporter: { seriesPerTarget: limit },
      });
    // As many as the first runs need: what comes with another outcome is too many.
    inside = await startInside(spec(1_000));
    const ok = (target: string) =>
      `probe_runs_total{target="${target}",kind="http",step="get",outcome="ok",blame="none",location="main"}`;
    await until(
      async () => ((await inside!.metric(ok('full'))) ?? 0) >= 1 && ((await inside!.metric(ok('other'))) ?? 0) >= 1,
      inside.log,
    );
    const held = inside.exporter.engine.series.size / 2;
    inside.exporter.load(spec(held), {});
    site.answer(500);
    const dropped = 'plimsoll_series_dropped_total{target="full"}';
    await until(async () => ((await inside!.metric(dropped)) ?? 0) >= 2, inside.log);
    expect(inside.exporter.engine.series.size).toBeLessThanOrEqual(2 * held);
    // The SLO counts what has no series.
    expect(await inside.metric('slo_events_total{slo="up",result="bad",location="main"}')).toBeGreaterThanOrEqual(1);
    const before = (await inside.metric(ok('full')))!;
    site.answer(200);
    await until(async () => (await inside!.metric(ok('full')))! > before, inside.log);
    inside.exporter.load(spec(1_000), {});
    site.answer(500);
    await until(
      async () => /^probe_runs_total\{target="full",.*outcome="server_error/m.test(await inside!.metrics()),
      inside.log,
    );
  });
});
