// node test/web/screenshots.ts: pages in the middle of an outage, for the README. The demo's platform, its database stopped.
// Visitors are made up, as one browser is no crowd: beacons are posted, and servers and probes are measured.
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { PERSON } from '../rum/shop.ts';
import { startReal } from './real.ts';

const PHONE = 'Mozilla/5.0 (Android 15; Mobile; rv:143.0) Gecko/143.0 Firefox/143.0';

const OUT = new URL('../../docs/images/', import.meta.url).pathname;
const PAGES = {
  'page-overview': '/',
  'page-slo': '/slo/shop-availability',
  'page-target': '/target/shop',
  'page-status': '/status',
} as const;

/** A crowd: most are content, some wait; product pages are slower. `i` makes each of them another network. */
function madeUpView(i: number, origin: string): Promise<Response> {
  const spread = Math.abs(Math.sin(i * 12.9898)) ** 6;
  const isPost = i % 3 === 0;
  const phone = i % 5 < 3;
  const slow = phone ? 1.3 : 1;
  const phpMs = isPost ? 300 + 900 * spread : 25 + 60 * spread;
  const vitals = {
    ttfb: phpMs + slow * (60 + 300 * spread),
    fcp: phpMs + slow * (400 + 900 * spread),
    lcp: phpMs + slow * (1_100 + 1_900 * spread),
    cls: 0.02 + 0.15 * spread,
    ...(i % 2 === 0 && { inp: slow * (70 + 180 * spread) }),
  };
  const measurements = Object.entries(vitals).map(([name, value]) => ({
    type: 'web-vitals',
    values: { [name]: value },
    context: { id: `${name}-${i}`, navigation_type: 'navigate' },
    trace: { trace_id: createHash('md5').update(`view ${i}`).digest('hex') },
  }));
  const php = { type: 'server-timing', values: { php: phpMs } };
  return fetch(`${real.exporter.url}/collect/shop`, {
    method: 'POST',
    headers: {
      origin,
      'content-type': 'application/json',
      'user-agent': phone ? PHONE : PERSON,
      'x-forwarded-for': `10.${i >> 8}.${i & 255}.1`,
    },
    body: JSON.stringify({
      meta: {
        page: { url: `${origin}${isPost ? '/2026/11/26/hello-world/' : '/'}`, attributes: { view: `view-${i}` } },
        browser: { mobile: phone },
      },
      measurements: [...measurements, php],
    }),
  });
}

async function shoot(name: string, path: string): Promise<void> {
  const page = await real.browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.goto(real.exporter.url + path);
  await page.screenshot({ path: join(OUT, `${name}.png`), fullPage: name !== 'page-slo' });
  await page.close();
  console.log(join(OUT, `${name}.png`));
}

const real = await startReal();
try {
  mkdirSync(OUT, { recursive: true });
  await real.visit('/');
  const origin = new URL(real.stack.siteUrl).origin;
  for (let i = 0; i < 900; i++) {
    const { status } = await madeUpView(i, origin);
    if (status !== 202) throw new Error(`a made-up view was refused with ${status}`);
    await wait(25);
  }
  await wait(20_000);
  await shoot('page-real-users', '/real-users');
  await real.stack.database.stop();
  await wait(55_000);
  if (!(await real.exporter.slos()).some(({ state }) => state === 'exhausted'))
    throw new Error('no SLO is exhausted: the pictures would show nothing');
  for (const [name, path] of Object.entries(PAGES)) await shoot(name, path);
} finally {
  await real.stop();
}
process.exit();
