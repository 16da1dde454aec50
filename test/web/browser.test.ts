// Pages in Chromium: for everybody, without script, narrow, dark, on paper, in forced colours, under their policy, with hostile texts.
import axe, { type AxeResults } from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PLAIN, type Platform, webPlatform } from './platform.ts';

const PATHS = [
  '/',
  '/?state=nix',
  '/slo/ok-slo',
  '/slo/burning-slo',
  '/slo/exhausted-slo',
  '/slo/low-traffic-slo',
  '/slo/no-data-slo',
  '/slo/young-slo',
  '/slo/maintenance-slo',
  '/slo/month-slo',
  '/slo/lcp-slo',
  '/slo/nobody-knows',
  '/target/exhausted',
  '/events',
  '/events?kind=nix',
  '/report/2026-11',
  '/config',
  '/status',
  '/real-users',
  '/real-users/shop',
  '/real-users/quiet',
  '/real-users/few',
  '/real-users/none',
  '/real-users/nobody-knows',
];
/** A page of every kind: what another look can break. */
const KINDS = [
  '/',
  '/slo/exhausted-slo',
  '/slo/no-data-slo',
  '/target/exhausted',
  '/events',
  '/report/2026-11',
  '/config',
  '/status',
  '/real-users',
  '/real-users/shop',
];
const HOSTILE = `"><script>window.broken=1</script><img src=x onerror="window.broken=2">' onmouseover='window.broken=3' javascript:window.broken=4 \u202egpj.exe ${'w'.repeat(60)}`;

let browser: Browser;
beforeAll(async () => {
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
});
afterAll(() => browser.close());

/** Serves the platform while `look` looks at its pages. */
async function served<T>(platform: Platform, look: (base: string) => Promise<T>): Promise<T> {
  const base = await platform.app.listen({ port: 0, host: '127.0.0.1' });
  try {
    return await look(base);
  } finally {
    await platform.app.close();
  }
}

/** Opens the paths and collects what `check` finds wrong, and what the browser itself complains of. */
async function findings(
  base: string,
  options: BrowserContextOptions,
  check: (page: Page) => Promise<readonly string[]>,
  paths: readonly string[] = KINDS,
) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const found: string[] = [];
  let path = '';
  let seen = 0;
  const say = (text: string) => found.push(`${path}: ${text}`);
  const isStatus = /status of 40[04]/;
  page.on('console', (message) => {
    if (message.type() === 'error' && !isStatus.test(message.text())) say(message.text());
  });
  page.on('pageerror', (error) => say(error.message));
  page.on('request', (request) => {
    if (!request.url().startsWith(base) && !request.url().startsWith('data:')) say(`asks ${request.url()}`);
  });
  for (path of paths) {
    await page.goto(base + path);
    for (const text of await check(page)) say(text);
    seen += await page.locator('h1').count();
  }
  await context.close();
  expect(seen).toBe(paths.length);
  return found;
}

/** Rules of WCAG 2.2 A and AA, and best practices. A policy keeps others' scripts out, so axe is put in past it. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations: found, passes } = await page.evaluate<AxeResults>('axe.run()');
  expect(passes.length).toBeGreaterThan(10);
  return found.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200)}`);
}

async function tooWide(page: Page): Promise<string[]> {
  const [content = 0, screen = 0] = await page.evaluate<number[]>('[document.documentElement.scrollWidth, innerWidth]');
  return content > screen ? [`${content} px on a screen of ${screen}`] : [];
}

describe('pages of a platform in every state', () => {
  let platform: Platform;
  let base: string;
  beforeAll(async () => {
    platform = await webPlatform();
    base = await platform.app.listen({ port: 0, host: '127.0.0.1' });
  });
  afterAll(() => platform.app.close());

  it.each([
    ['light', { colorScheme: 'light' }, PATHS],
    ['dark', { colorScheme: 'dark' }, KINDS],
    ['narrow', { viewport: { width: 320, height: 640 } }, KINDS],
    ['with forced colours', { forcedColors: 'active' }, KINDS],
  ] as const)(
    '%s: axe, policy and console find nothing, nothing comes from elsewhere, nothing is too wide',
    async (_, options, paths) => {
      const check = async (page: Page) => [...(await violations(page)), ...(await tooWide(page))];
      expect(await findings(base, options, check, paths)).toEqual([]);
    },
  );
  it('say the same without script, and have a button more with it', async () => {
    const textOf = async (javaScriptEnabled: boolean): Promise<unknown[]> => {
      const context = await browser.newContext({ javaScriptEnabled });
      const page = await context.newPage();
      await page.goto(`${base}/slo/exhausted-slo`);
      const texts: unknown[] = [await page.locator('main').textContent(), await page.locator('footer button').count()];
      // Details open without script.
      await page.locator('summary').first().click();
      texts.push(await page.locator('details table').first().isVisible());
      await context.close();
      return texts;
    };
    const [without, withScript] = [await textOf(false), await textOf(true)];
    expect(String(without[0]).length).toBeGreaterThan(2_000);
    expect(without).toEqual([withScript[0], 0, true]);
    expect(withScript[1]).toBe(1);
  });
  it('renew themselves, but not while somebody reads, and stop when they are told', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.clock.install();
    let answers = 0;
    await page.goto(base);
    await page.route('**/', async (route) => {
      answers += 1;
      const response = await route.fetch();
      await route.fulfill({ response, body: (await response.text()).replace('<h1>', `<h1>renewed ${answers} `) });
    });
    const later = async () => {
      await page.clock.runFor(16_000);
      await page.waitForTimeout(300);
      return await page.locator('h1').textContent();
    };
    expect(await later()).toContain('renewed 1');
    await page.locator('main a').first().focus();
    expect(await later()).toContain('renewed 1');
    await page.locator('footer button').click();
    expect(await later()).toContain('renewed 1');
    await page.locator('footer button').click();
    await page.evaluate('document.activeElement.blur()');
    expect(await later()).toContain('renewed 2');
    await context.close();
  });
  it('lead with the keyboard from the top to the content, and from a mark of the curve to its entry', async () => {
    const page = await browser.newPage();
    await page.goto(`${base}/slo/exhausted-slo`);
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.className')).toBe('skip');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('main');
    const mark = page.locator('svg.burndown a').last();
    await mark.focus();
    expect(await mark.getAttribute('aria-label')).toContain('dns_timeout');
    await page.keyboard.press('Enter');
    expect(new URL(page.url()).hash).toBe('#episode-2');
    await page.close();
  });
  it('fit on paper: no navigation, and no text that is cut', async () => {
    const page = await browser.newPage({ viewport: { width: 600, height: 850 } });
    await page.emulateMedia({ media: 'print' });
    for (const path of ['/report/2026-11', '/slo/exhausted-slo', '/real-users/shop']) {
      await page.goto(base + path);
      const cut = await page.evaluate<number>(
        "[...document.querySelectorAll('.scroll')].filter((e) => e.scrollWidth > e.clientWidth).length",
      );
      expect([await page.locator('header').isVisible(), await tooWide(page), cut]).toEqual([false, [], 0]);
      expect((await page.pdf({ format: 'A4' })).length).toBeGreaterThan(10_000);
    }
    await page.close();
  });
});

describe('hostile texts in spec, changes and answers of targets', () => {
  it('stay texts: nothing of them runs, leads away, or widens a page', async () => {
    const platform = await webPlatform({ text: HOSTILE.slice(0, 190) });
    await served(platform, async (base) => {
      const found = await findings(base, { viewport: { width: 1280, height: 800 } }, async (page) => {
        const broken = await page.evaluate<number | undefined>('globalThis.broken');
        const elements = await page.locator('img, main script, [onmouseover], a[href^="javascript"]').count();
        return [
          ...(broken === undefined ? [] : [`broken ${broken}`]),
          ...(elements === 0 ? [] : [`${elements} elements`]),
          ...(await tooWide(page)),
        ];
      });
      expect(found).toEqual([]);
      const feed = await (await fetch(`${base}/feed.atom`)).text();
      const page = await browser.newPage();
      await page.goto(`${base}/config`);
      const isXml = await page.evaluate(
        `new DOMParser().parseFromString(${JSON.stringify(feed)}, 'application/xml').querySelector('parsererror') === null`,
      );
      expect([isXml, feed.includes('<script')]).toEqual([true, false]);
    });
  });
  it('are seen as what they are by the same eyes: a page without escaping is found out', async () => {
    const platform = await webPlatform(PLAIN);
    platform.app.addHook('onRequest', async ({ headers }) => {
      delete headers['accept-encoding'];
    });
    platform.app.addHook('onSend', async (_request, _reply, payload) =>
      typeof payload === 'string' ? payload.replace('<h1>', '<h1><img src="https://evil.example/x" alt="">') : payload,
    );
    const found = await served(platform, (base) => findings(base, {}, async () => []));
    expect(found.length).toBeGreaterThanOrEqual(KINDS.length);
    expect(found.join()).toContain('Content Security Policy');
  });
});
