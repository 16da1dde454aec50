// The exporter with its pages on the whole real platform, and a browser that looks at them: for the tests and the screenshots.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { type Exporter, startExporter, until } from '../services/exporter.ts';
import { privateFolder } from '../services/process.ts';
import { type Stack, specFor, startStack } from '../services/stack.ts';

const STATUS_PAGE = `statusPage:
  title: Shop status
  components:
    - { name: Website, slos: [shop-availability] }
    - { name: Checkout, slos: [shop-origin, shop-db-writes] }
`;

export interface Real {
  readonly stack: Stack;
  readonly exporter: Exporter;
  readonly browser: Browser;
  /** Waits until it is true. */
  until(check: () => Promise<boolean>): Promise<void>;
  stop(): Promise<void>;
}

/** Starts everything and waits until every SLO was measured; takes about 20 s. */
export async function startReal(): Promise<Real> {
  const folder = privateFolder('pages');
  const stack = await startStack();
  const config = join(folder.path, 'plimsoll.yaml');
  writeFileSync(config, `${specFor(stack)}${STATUS_PAGE}`, { mode: 0o600 });
  const args = ['--config', config, '--data', join(folder.path, 'data'), '--log-level', 'error'];
  const [exporter, browser] = await Promise.all([
    startExporter({ args }),
    chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] }),
  ]);
  const wait = (check: () => Promise<boolean>) => until(check, () => exporter.log());
  await wait(async () => (await exporter.slos()).every((slo) => slo.measured >= 3));
  return {
    stack,
    exporter,
    browser,
    until: wait,
    async stop() {
      await browser.close();
      await exporter.end('SIGKILL');
      await stack.stop();
      folder.remove();
    },
  };
}
