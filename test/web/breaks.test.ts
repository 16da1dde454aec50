// Pages of the real platform: healthy, and with each part broken that the demo can break. What on-call must see is on the first page.
import axe, { type AxeResults } from 'axe-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OUTCOMES, type Outcome } from '../../src/spec/outcome.ts';
import { escaped } from '../../src/web/markup.ts';
import { BREAKS } from '../demo/breaks.ts';
import { type Real, startReal } from './real.ts';

let real: Real;
beforeAll(async () => {
  real = await startReal();
});
afterAll(() => real?.stop());

/** What a browser and axe complain of on these pages. */
async function complaints(paths: readonly string[]): Promise<string[]> {
  const page = await real.browser.newPage({ viewport: { width: 320, height: 640 } });
  const found: string[] = [];
  page.on('console', (message) => message.type() === 'error' && found.push(message.text()));
  page.on('pageerror', (error) => found.push(error.message));
  for (const path of paths) {
    await page.goto(real.exporter.url + path);
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate<AxeResults>('axe.run()');
    found.push(...violations.map(({ id, nodes }) => `${path} ${id} ${nodes[0]?.html}`));
    const width = await page.evaluate<number>('document.documentElement.scrollWidth');
    if (width > 320) found.push(`${path} is ${width} px wide`);
  }
  await page.close();
  return found;
}

const html = (path: string) => real.exporter.text(path, { accept: 'text/html' });

describe('on the real platform', () => {
  it('healthy: all is ok, measured and shown with certificate, cache and versions', async () => {
    // A busy machine may be slow: that is measured too.
    const wrong = (await real.exporter.slos()).filter(({ name, state }) => state !== 'ok' && name !== 'shop-speed');
    expect(wrong).toEqual([]);
    expect(await html('/?state=ok')).toContain('shop-availability');
    expect(await html('/status')).toContain('Everything works.');
    const cdn = await html('/target/shop-cdn');
    for (const words of ['✓ good', 'Cache', '<td>hit</td>', 'first_byte']) expect(cdn).toContain(words);
    expect(await html('/target/shop-cert')).toContain('valid for another');
    expect(
      await complaints([
        '/',
        '/slo/shop-availability',
        '/target/shop',
        '/target/shop-cdn',
        '/target/shop-db',
        '/target/shop-cert',
        '/events',
        '/config',
        '/status',
      ]),
    ).toEqual([]);
    expect(await html('/target/shop-db')).not.toContain('probe-password');
  });
  it('a visit is on the page of real users: its vitals, PHP by Server-Timing and the probe on one axis, and no verdict on one view', async () => {
    expect(await html('/real-users')).toContain('No beacons yet');
    await real.visit('/');
    const numbers = async () => JSON.parse(await real.exporter.text('/real-users.json'));
    await real.until(async () => (await numbers()).groups[0]?.vitals.lcp?.n === 1);
    const { site, groups, server, firstByte, worst, engines, slos, probed } = await numbers();
    expect([site, groups[0].page, groups[0].views]).toEqual(['shop', 'front', 1]);
    expect(server.map(({ name }: { name: string }) => name)).toContain('php');
    expect(firstByte[0]).toMatchObject({ page: 'front', browsers: { n: 1 }, verdict: { part: 'unknown' } });
    expect(firstByte[0].probes.map(({ target, step }: Record<string, string>) => `${target} ${step}`)).toEqual(
      expect.arrayContaining(['shop front', 'shop uncached', 'shop-cdn hit']),
    );
    expect(worst.find(({ vital }: { vital: string }) => vital === 'lcp')).toMatchObject({ path: '/', page: 'front' });
    expect(worst[0].traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(Object.keys(engines)).toEqual(['chromium']);
    expect(slos).toMatchObject([{ slo: 'shop-paint', n: 1, sliRatio: null }]);
    expect(probed.map(({ slo }: { slo: string }) => slo)).toContain('shop-availability');
    const page = await html('/real-users');
    for (const words of [
      'Too few views: 1 of the 100',
      'servers p75: php',
      'probe shop: front',
      '? 1 of 100: no verdict',
    ])
      expect(page).toContain(words);
    expect(await complaints(['/real-users', '/real-users/shop'])).toEqual([]);
  });
  it.each(Object.entries(BREAKS))(
    '%s broken: the first page says what, whose fault, since when, and where to look',
    async (_, broken) => {
      await broken.begin(real.stack);
      try {
        await real.until(async () => {
          const slo = (await real.exporter.slos()).find(({ name }) => name === broken.slo)!;
          return slo.state !== 'ok' && (slo.burn['5m'] ?? 0) > 1 && broken.outcomes.includes(slo.outcome ?? '');
        });
        const overview = await html('/');
        expect(overview).toMatch(/<title>\d+ (exhausted|burning) /);
        expect(overview).toMatch(
          new RegExp(`since [^<]+</b> (${broken.blames.join('|')}): (${broken.outcomes.join('|')})`),
        );
        const slo = await html(`/slo/${broken.slo}`);
        const outcome = broken.outcomes.find((name) => slo.includes(`: ${name} (`));
        expect(broken.outcomes).toContain(outcome);
        expect(slo).toContain(escaped(OUTCOMES[outcome as Outcome][2]));
        const target = (await real.exporter.slos()).find(({ name }) => name === broken.slo)!.target;
        expect(await html(`/target/${target}`)).toContain('✖ bad: ');
        expect(await complaints(['/', `/slo/${broken.slo}`, '/real-users'])).toEqual([]);
      } finally {
        await broken.end(real.stack);
      }
      await real.until(async () => {
        const targets = new Set((await real.exporter.slos()).map(({ target }) => target));
        return (await Promise.all([...targets].map(failing))).every((fails) => !fails);
      });
    },
  );
});

/** Did the last run of the target fail? */
async function failing(target: string): Promise<boolean> {
  const { runs } = JSON.parse(await real.exporter.text(`/target/${target}.json`)) as {
    runs: { steps: { outcome: Outcome }[] }[];
  };
  return runs[0]?.steps.some(({ outcome }) => OUTCOMES[outcome][0] === 'bad') !== false;
}
