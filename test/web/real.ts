// The exporter with its pages on the whole real platform, and a browser that looks at them: for the tests and the screenshots.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { hide, PERSON } from '../rum/shop.ts';
import { SHOP } from '../services/edge.ts';
import { type Exporter, startExporter, until } from '../services/exporter.ts';
import { privateFolder } from '../services/process.ts';
import { type Stack, specFor, startStack } from '../services/stack.ts';

export interface Real {
  readonly stack: Stack;
  readonly exporter: Exporter;
  readonly browser: Browser;
  /** Opens a path of the site as a visitor, and leaves it: one view. */
  visit(path: string): Promise<void>;
  /** Waits until it is true. */
  until(check: () => Promise<boolean>): Promise<void>;
  stop(): Promise<void>;
}

/** Starts everything and waits until every SLO was measured; takes about 20 s. */
export async function startReal(): Promise<Real> {
  const folder = privateFolder('pages');
  const stack = await startStack({ realUsers: true });
  const config = join(folder.path, 'plimsoll.yaml');
  writeFileSync(config, specFor(stack), { mode: 0o600 });
  const args = ['--config', config, '--data', join(folder.path, 'data'), '--log-level', 'error'];
  const launch = (...more: string[]) =>
    chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', ...more] });
  const [exporter, browser, visitor] = await Promise.all([
    startExporter({ args, listen: stack.listen! }),
    launch(),
    launch(
      `--user-agent=${PERSON}`,
      `--host-resolver-rules=MAP ${SHOP} 127.0.0.1`,
      '--ignore-certificate-errors',
      '--disable-blink-features=AutomationControlled',
    ),
  ]);
  const wait = (check: () => Promise<boolean>) => until(check, () => exporter.log());
  await wait(async () => (await exporter.slos()).every((slo) => slo.measured >= 3));
  return {
    stack,
    exporter,
    browser,
    async visit(path) {
      const page = await visitor.newPage();
      await page.goto(new URL(path, stack.siteUrl).href);
      await page.locator('body').click();
      await hide(page);
    },
    until: wait,
    async stop() {
      await Promise.all([browser.close(), visitor.close()]);
      await exporter.end('SIGKILL');
      await stack.stop();
      folder.remove();
    },
  };
}
