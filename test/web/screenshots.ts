// node test/web/screenshots.ts: pages in the middle of an outage, for the README. The demo's platform, its database stopped.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startReal } from './real.ts';

const OUT = new URL('../../docs/images/', import.meta.url).pathname;
const PAGES = {
  'page-overview': '/',
  'page-slo': '/slo/shop-availability',
  'page-target': '/target/shop',
  'page-status': '/status',
} as const;

const real = await startReal();
try {
  mkdirSync(OUT, { recursive: true });
  await wait(40_000);
  await real.stack.database.stop();
  await wait(55_000);
  if (!(await real.exporter.slos()).some(({ state }) => state === 'exhausted'))
    throw new Error('no SLO is exhausted: the pictures would show nothing');
  for (const [name, path] of Object.entries(PAGES)) {
    const page = await real.browser.newPage({ viewport: { width: 1280, height: 900 } });
    await page.goto(real.exporter.url + path);
    await page.screenshot({ path: join(OUT, `${name}.png`), fullPage: name !== 'page-slo' });
    await page.close();
    console.log(join(OUT, `${name}.png`));
  }
} finally {
  await real.stop();
}
process.exit();
