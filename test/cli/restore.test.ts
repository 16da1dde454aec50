// A backup is worth what its restore is worth: the commands that `backup` prints, run on what kill -9 leaves behind.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Exporter, MAIN, startExporter, until } from '../services/exporter.ts';
import { privateFolder } from '../services/process.ts';
import { type SmallSite, smallSpec, startSmallSite } from '../services/small-site.ts';

const events = (result: string) => `slo_events_total{slo="up",result="${result}",location="main"}`;
let folder: ReturnType<typeof privateFolder>;
let site: SmallSite;
let exporter: Exporter | undefined;
/** With a blank, as people name folders too. */
const at = (name: string) => join(folder.path, 'my data', name);

beforeEach(async () => {
  folder = privateFolder('restore');
  site = await startSmallSite();
  writeFileSync(join(folder.path, 'plimsoll.yaml'), smallSpec(site.url));
});
afterEach(async () => {
  await exporter?.end('SIGKILL');
  site.stop();
  folder.remove();
});

const start = async () => {
  const args = ['--config', join(folder.path, 'plimsoll.yaml'), '--data', at('')];
  exporter = await startExporter({ args });
  return exporter;
};

it('the printed commands bring the state of the backup back, although kill -9 left a newer log beside the store', async () => {
  const first = await start();
  await until(async () => ((await first.metric(events('good'))) ?? 0) >= 2, first.log);
  const copy = join(folder.path, 'copy.db');
  const { stdout, status } = spawnSync(process.execPath, [MAIN, 'backup', copy, '--data', at('')], {
    encoding: 'utf8',
  });
  expect([status, stdout]).toEqual([0, expect.stringContaining('stop the exporter')]);
  // A busy machine may have been too slow for a probe.
  const before = (await first.metric(events('bad'))) ?? 0;
  site.answer(500);
  await until(async () => ((await first.metric(events('bad'))) ?? 0) >= before + 3, first.log);
  await first.end('SIGKILL');
  expect(existsSync(at('plimsoll.db-wal'))).toBe(true);
  const commands = /^ {2}(\S.*)$/gm.exec(stdout)![1]!;
  execFileSync('sh', ['-euc', commands]);
  site.answer(200);
  const again = await start();
  expect(await again.metric(events('bad'))).toBeLessThanOrEqual(before);
  expect(await again.metric(events('good'))).toBeGreaterThanOrEqual(2);
  expect(again.log()).not.toMatch(/damaged|broken/);
});
