// Memory that ends: the process dies loudly, and the next one goes on from what was acknowledged.
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, it } from 'vitest';
import { startExporter, until } from '../services/exporter.ts';
import { privateFolder } from '../services/process.ts';
import { smallSpec, startSmallSite } from '../services/small-site.ts';

const folder = privateFolder('memory');
afterAll(() => folder.remove());

describe('a limit of memory', () => {
  it('X03 that is reached ends the process with an error; the store is whole, and a start goes on from it', async () => {
    const site = await startSmallSite();
    const config = join(folder.path, 'plimsoll.yaml');
    const slo = (i: number) =>
      `  - { name: s-${i}, service: s, team: t, objective: 99%, window: 30d, sli: { kind: probe, target: site } }\n`;
    writeFileSync(config, smallSpec(site.url, Array.from({ length: 200 }, (_, i) => slo(i)).join('')));
    const args = ['--config', config, '--data', join(folder.path, 'data')];
    const exporter = await startExporter({ args });
    await until(async () => (await exporter.counters()).get('up good')! >= 2, exporter.log);
    const before = await exporter.counters();
    // From now on the kernel gives it no more memory than it has, and it needs more.
    const status = spawnSync('prlimit', ['--pid', String(exporter.pid), '--as=1:1', '--data=1:1'], {
      encoding: 'utf8',
    });
    expect(status.stderr).toBe('');
    const isGone = () => !existsSync(`/proc/${exporter.pid}/exe`);
    const scrape = async () => {
      await Promise.allSettled(Array.from({ length: 50 }, () => exporter.text('/metrics')));
      return isGone();
    };
    await until(scrape, exporter.log);
    expect(exporter.log()).toMatch(/out of memory|allocation failed|Fatal/i);
    const db = new DatabaseSync(join(folder.path, 'data', 'plimsoll.db'));
    expect(Object.values(db.prepare('PRAGMA integrity_check').get()!)).toEqual(['ok']);
    db.close();
    const again = await startExporter({ args });
    const after = await again.counters();
    for (const [key, value] of before) expect([key, after.get(key)! >= value]).toEqual([key, true]);
    expect(await again.metric('plimsoll_store_damaged_records_total')).toBe(0);
    await until(async () => (await again.counters()).get('up good')! > after.get('up good')!, again.log);
    expect((await again.counters()).get('up bad')).toBe(0);
    expect(await again.end('SIGTERM')).toBe(0);
    site.stop();
  });
});
