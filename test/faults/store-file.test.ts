// The file of the store: deleted or locked under the process, written short, of another version, or in use by another process.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Ledger } from '../../src/store/ledger.ts';
import { openStore } from '../../src/store/store.ts';
import { type Exporter, MAIN, startExporter, until } from '../services/exporter.ts';
import { privateFolder } from '../services/process.ts';
import { type SmallSite, smallSpec, startSmallSite } from '../services/small-site.ts';

const event = (result: string) => `slo_events_total{slo="up",result="${result}",location="main"}`;
const GOOD = event('good');
let folder: ReturnType<typeof privateFolder>;
let site: SmallSite;
let exporter: Exporter | undefined;
beforeEach(async () => {
  folder = privateFolder('store-file');
  site = await startSmallSite();
  writeFileSync(join(folder.path, 'plimsoll.yaml'), smallSpec(site.url));
});
afterEach(async () => {
  await exporter?.end('SIGKILL');
  exporter = undefined;
  site.stop();
  folder.remove();
});
const data = (file = '') => join(folder.path, 'data', file);
const args = () => ['--config', join(folder.path, 'plimsoll.yaml'), '--data', data()];
const start = async () => {
  exporter = await startExporter({ args: args() });
};
const log = () => exporter!.log();
const kill = async () => {
  await exporter!.end('SIGKILL');
  exporter = undefined;
};
const metric = (series: string) => exporter!.metric(series);
const goodAbove = (floor: number) => until(async () => ((await metric(GOOD)) ?? 0) > floor, log);
/** A start that ends by itself. */
const refused = () =>
  spawnSync(process.execPath, [MAIN, 'serve', ...args(), '--listen', '127.0.0.1:0'], {
    encoding: 'utf8',
    timeout: 60_000,
  });
const window = async () => (await exporter!.slos())[0]!.windows.at(-1)!;

describe('a store that is deleted under the process', () => {
  it.each(['its file and log', 'its directory'])(
    'S06 %s: is seen with the next tick, said, and written again; no counter falls, also over kill -9',
    async (what) => {
      await start();
      await goodAbove(2);
      const inode = statSync(data('plimsoll.db')).ino;
      const before = (await metric(GOOD))!;
      if (what === 'its directory') rmSync(data(), { recursive: true });
      else rmSync(data('plimsoll.db'));
      if (what === 'its file and log') rmSync(data('plimsoll.db-wal'));
      await until(async () => log().includes('was deleted or replaced while it was open'), log);
      expect(await metric(GOOD)).toBeGreaterThanOrEqual(before);
      await until(async () => (await metric('plimsoll_store_up')) === 1, log);
      expect(log()).toContain('the store takes commits again; nothing was lost');
      expect(statSync(data('plimsoll.db')).ino).not.toBe(inode);
      await goodAbove(before + 2);
      const [counted, measured] = [(await metric(GOOD))!, (await window()).good];
      await kill();
      await start();
      expect(await metric(GOOD)).toBeGreaterThanOrEqual(counted);
      // With the directory the rows are gone: what is left is what memory held, the totals.
      if (what !== 'its directory') expect((await window()).good).toBeGreaterThanOrEqual(measured);
      expect(await metric(event('bad'))).toBe(0);
    },
  );
  it('S06 and replaced by another: that one is not overwritten, and no counter falls', async () => {
    await start();
    await goodAbove(2);
    const other = join(folder.path, 'other');
    mkdirSync(other);
    openStore(other, Number.POSITIVE_INFINITY).close();
    const before = (await metric(GOOD))!;
    renameSync(join(other, 'plimsoll.db'), data('plimsoll.db'));
    const { ino } = statSync(data('plimsoll.db'));
    await until(async () => log().includes('was deleted or replaced'), log);
    await until(async () => (await metric('plimsoll_store_up')) === 1, log);
    expect(statSync(data('plimsoll.db')).ino).toBe(ino);
    await goodAbove(before + 1);
  });
});

describe('a store that somebody else keeps locked', () => {
  it('S16 costs no run, and no target is blamed: counters stand still, what was measured is written when it is free', async () => {
    await start();
    await goodAbove(1);
    const other = new DatabaseSync(data('plimsoll.db'));
    other.exec('BEGIN IMMEDIATE');
    await until(async () => (await metric('plimsoll_store_up')) === 0, log);
    const counted = (await metric(GOOD))!;
    await until(async () => (await metric('plimsoll_store_pending_ticks'))! >= 4, log);
    expect(await metric(GOOD)).toBe(counted);
    expect((await exporter!.slos())[0]!.state).toBe('ok');
    expect(log()).toMatch(/database is locked.*the store cannot be written/);
    other.exec('ROLLBACK');
    other.close();
    await until(async () => (await metric('plimsoll_store_up')) === 1, log);
    expect(await metric(GOOD)).toBeGreaterThanOrEqual(counted + 3);
    expect([await metric(event('bad')), await metric(event('unmeasured'))]).toEqual([0, 0]);
    expect(await exporter!.text('/metrics')).not.toMatch(/^plimsoll_missed_runs_total\{.*\} [1-9]/m);
  });
});

describe('a write that is cut short', () => {
  it('S02 by a limit on the size of files is not acknowledged, and what comes after it is whole', async () => {
    await start();
    await goodAbove(1);
    // In the middle of a page of the log: the kernel writes what fits, and reports fewer bytes than were given.
    const limit = (bytes: number | 'unlimited') =>
      spawnSync('prlimit', ['--pid', String(exporter!.pid), `--fsize=${bytes}:unlimited`], { encoding: 'utf8' });
    expect(limit(2_000).stderr).toBe('');
    await until(async () => (await metric('plimsoll_store_up')) === 0, log);
    const counted = (await metric(GOOD))!;
    await until(async () => (await metric('plimsoll_store_pending_ticks'))! >= 2, log);
    expect(await metric(GOOD)).toBe(counted);
    // Also who is killed now has all that was acknowledged.
    await kill();
    await start();
    expect(await metric(GOOD)).toBeGreaterThanOrEqual(counted);
    await goodAbove(counted + 1);
    expect(limit(2_000).stderr).toBe('');
    await until(async () => (await metric('plimsoll_store_up')) === 0, log);
    expect(limit('unlimited').stderr).toBe('');
    await until(async () => (await metric('plimsoll_store_up')) === 1, log);
    await exporter!.end('SIGTERM');
    exporter = undefined;
    const db = new DatabaseSync(data('plimsoll.db'));
    expect(Object.values(db.prepare('PRAGMA integrity_check').get()!)).toEqual(['ok']);
    db.close();
  });
});

describe('a store of another version', () => {
  const digest = () =>
    createHash('sha256')
      .update(readFileSync(data('plimsoll.db')))
      .digest('hex');
  it('S08 that is newer is refused with what to do, and not touched', async () => {
    mkdirSync(data());
    const newer = new DatabaseSync(data('plimsoll.db'));
    // Not in WAL mode: opening it as ours would change even that.
    newer.exec('CREATE TABLE what (is_new TEXT); PRAGMA user_version = 3; PRAGMA application_id = 0x504c4d03');
    newer.close();
    const before = digest();
    const { status, stderr } = refused();
    expect(status).toBe(3);
    expect(stderr).toMatch(/was written by a newer plimsoll \(schema 3\); upgrade, or use another --data directory/);
    expect(digest()).toBe(before);
    expect(existsSync(data('plimsoll.db-wal'))).toBe(false);
  });

  it('S09 of version 1 is upgraded whole or not at all, whenever it is killed; the totals are the same', {
    timeout: 300_000,
  }, async () => {
    // So many names that the upgrade takes a while.
    const names = Array.from({ length: 3_000 }, (_, i) => ({ name: `s-${i}`, stepMs: 1_000, periodMs: 3_600_000 }));
    const old = openStore(data(), Number.POSITIVE_INFINITY);
    const ledger = new Ledger(old);
    ledger.setSlos(names, Date.now());
    for (const [i, { name }] of names.entries()) ledger.add(name, { good: i, bad: 1 }, Date.now());
    expect(ledger.tick(Date.now())).toBeUndefined();
    old.close();
    const db = new DatabaseSync(data('plimsoll.db'));
    db.exec(`CREATE TABLE old (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, created_ms INTEGER NOT NULL) STRICT;
      INSERT INTO old SELECT id, name, created_ms FROM slo; DROP TABLE slo; DROP TABLE slo_copy; DROP TABLE ahead;
      ALTER TABLE old RENAME TO slo; PRAGMA user_version = 1; PRAGMA application_id = 0`);
    db.close();
    const version1 = readFileSync(data('plimsoll.db'));
    const script = `import { openStore } from ${JSON.stringify(new URL('../../src/store/store.ts', import.meta.url).href)};
      console.log('go'); openStore(${JSON.stringify(data())}, Infinity); console.log('done'); setInterval(() => {}, 1000);`;
    let halfWay = 0;
    const rounds = process.env.PLIMSOLL_SOAK === undefined ? 8 : 100;
    for (let round = 0; round < rounds; round++) {
      rmSync(data(), { recursive: true });
      mkdirSync(data());
      writeFileSync(data('plimsoll.db'), version1);
      const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let said = '';
      await new Promise<void>((resolve) => {
        child.stdout.on('data', (chunk) => {
          // The upgrade begins right after the first line.
          if (said === '') setTimeout(() => child.kill('SIGKILL'), (round * 40) / rounds);
          said += chunk;
        });
        child.once('exit', () => resolve());
      });
      if (!said.includes('done')) halfWay += 1;
      const store = openStore(data(), Number.POSITIVE_INFINITY);
      const again = new Ledger(store);
      expect(again.setSlos(names, Date.now())).toBe(0);
      for (const [i, { name }] of names.entries())
        expect(again.entry(name)!.acknowledged).toMatchObject({ good: i, bad: 1 });
      store.close();
    }
    expect(halfWay).toBeGreaterThan(0);
  });
});

describe('a store that another process has', () => {
  it('S10 is refused to the second, and taken by a start after kill -9 without anybody’s help', async () => {
    await start();
    await goodAbove(1);
    const { status, stderr } = refused();
    expect(status).toBe(3);
    expect(stderr).toMatch(/is in use by another plimsoll process; give this one its own --data directory/);
    await goodAbove((await metric(GOOD))!);
    const counted = (await metric(GOOD))!;
    await kill();
    await start();
    expect(await metric(GOOD)).toBeGreaterThanOrEqual(counted);
  });
});
