// npm run screenshots: three boards in the middle of an outage, for the README. The demo's platform, its database stopped, drawn by
// plimsoll preview and photographed by Chromium.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { previewBoard } from '../../src/preview/page.ts';
import { prometheusAt } from '../../src/preview/prometheus.ts';
import { variablesOf } from '../../src/preview/variables.ts';
import { privateFolder } from '../services/process.ts';
import { type Live, reportChange, startLive } from './live.ts';

const OUT = new URL('../../docs/images/', import.meta.url).pathname;
const BOARDS = { overview: 1000, slo: 1060, mariadb: 1100 } as const;
const stopped = new AbortController();
// The servers are in sessions of their own: Ctrl-C reaches only this program, which ends them.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopped.abort());
const wait = (seconds: number) => setTimeout(seconds * 1000, undefined, { signal: stopped.signal });

async function photograph(live: Live, name: keyof typeof BOARDS, folder: string): Promise<void> {
  const board = live.boards.find(({ uid }) => uid === `plimsoll-${name}`)!;
  const asked = prometheusAt(live.prometheus.url);
  const now = Math.floor(Date.now() / 1000);
  const span = { fromSeconds: now - 300, toSeconds: now, stepSeconds: 2 };
  const one = name === 'slo' ? { slo: 'shop-db-writes', target: 'shop-db' } : {};
  const variables = await variablesOf(board, one, asked, now);
  const macros = { rateInterval: '20s', interval: '2s', range: '300s', variables };
  const { html } = await previewBoard(board, { asked, span, macros, rows: false });
  const page = join(folder, `${name}.html`);
  writeFileSync(page, html);
  const shot = `--screenshot=${join(OUT, `${name}.png`)}`;
  const size = `--window-size=1440,${BOARDS[name]}`;
  execFileSync(
    'chromium',
    ['--headless', '--no-sandbox', '--hide-scrollbars', '--disable-gpu', size, shot, `file://${page}`],
    { stdio: 'ignore' },
  );
  console.log(join(OUT, `${name}.png`));
}

const folder = privateFolder('screenshots');
const live = await startLive();
try {
  mkdirSync(OUT, { recursive: true });
  await wait(150);
  await reportChange(live, 'deploy');
  await wait(20);
  await live.stack.database.stop();
  await wait(60);
  for (const name of ['overview', 'slo', 'mariadb'] as const) await photograph(live, name, folder.path);
} catch (error) {
  if (!stopped.signal.aborted) throw error;
} finally {
  await live.stop();
  folder.remove();
}
