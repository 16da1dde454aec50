// The exporter on a real file system of its own that is full, or read-only: a tmpfs in a mount namespace of the process.
import { execFile, execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { openStore } from '../../src/store/store.ts';
import { type Exporter, MAIN, startExporter, until } from '../services/exporter.ts';
import { privateFolder } from '../services/process.ts';
import { type SmallSite, smallSpec, startSmallSite } from '../services/small-site.ts';

const run = promisify(execFile);
const GOOD = 'slo_events_total{slo="up",result="good",location="main"}';
const MEASURED = 'probe_runs_total{target="site",kind="http",step="get",outcome="ok",blame="none",location="main"}';
let folder: ReturnType<typeof privateFolder>;
let site: SmallSite;
let exporter: Exporter | undefined;

/** Starts it with a tmpfs of 1 MB at the data directory; `options` are those of mount. */
async function start(options = ''): Promise<Exporter> {
  folder = privateFolder('disk');
  site = await startSmallSite();
  const config = join(folder.path, 'plimsoll.yaml');
  // With so many SLOs nearly every tick needs a page more: a commit that fits into pages that are there needs no room.
  const slo = (i: number) =>
    `  - { name: s-${i}, service: s, team: t, objective: 99%, window: 30d, sli: { kind: probe, target: site } }\n`;
  writeFileSync(config, smallSpec(site.url, Array.from({ length: 150 }, (_, i) => slo(i)).join('')));
  const mount = `mkdir -p ${data()} && mount -t tmpfs -o size=1m${options} tmpfs ${data()} && exec "$@"`;
  const own = process.getuid?.() === 0 ? ['-m'] : ['-rm'];
  exporter = await startExporter({
    args: ['--config', config, '--data', data()],
    within: ['unshare', ...own, 'sh', '-c', mount, 'sh'],
  });
  return exporter;
}
/** What is on the disk, copied out of its namespace: what a start after kill -9 would find. */
function copyOut(): Map<string, number> {
  const dir = join(folder.path, 'copy');
  mkdirSync(dir);
  for (const file of readdirSync(seen())) if (file !== 'filler') copyFileSync(seen(file), join(dir, file));
  const store = openStore(dir, Number.POSITIVE_INFINITY);
  const { slos, last } = store.restored;
  store.close();
  return new Map(slos.map((slo) => [slo.name, last!.totals.get(slo.id)!.good]));
}
const data = () => join(folder.path, 'data');
/** The data directory as the exporter sees it. */
const seen = (file = '') => join(`/proc/${exporter!.pid}/root`, data(), file);
const metric = (name: string) => exporter!.metric(name);
const until1 = (check: () => Promise<boolean>) => until(check, exporter!.log);

afterEach(async () => {
  await exporter?.end('SIGKILL');
  site.stop();
  folder.remove();
});

describe('a disk that is full', () => {
  it('S01 stops counters and not measuring, is said, loses nothing to kill -9, and costs nothing once there is room again', async () => {
    const { log } = await start();
    await until1(async () => ((await metric(GOOD)) ?? 0) >= 2);
    const filler = seen('filler');
    try {
      writeFileSync(filler, Buffer.alloc(2_000_000));
    } catch (error) {
      expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC');
    }
    await until1(async () => (await metric('plimsoll_store_up')) === 0);
    const [counted, measured] = [await metric(GOOD), (await metric(MEASURED))!];
    await until1(async () => (await metric(MEASURED))! >= measured + 3);
    expect(await metric(GOOD)).toBe(counted);
    expect(await metric('plimsoll_store_pending_ticks')).toBeGreaterThanOrEqual(3);
    expect(JSON.parse(await exporter!.text('/readyz'))).toEqual({
      status: 'degraded',
      reasons: [expect.stringContaining('the store cannot be written (')],
    });
    expect((await exporter!.slos())[0]!.windows[0]!.good).toBeGreaterThan(counted!);
    expect(log()).toMatch(/the store cannot be written.*full|full.*the store cannot be written/);
    // Killed now, a start would find all that was acknowledged.
    expect(copyOut().get('up')).toBeGreaterThanOrEqual(counted!);
    rmSync(filler);
    await until1(async () => (await metric('plimsoll_store_up')) === 1);
    const back = await metric(GOOD);
    expect(back).toBeGreaterThanOrEqual(counted! + 3);
    expect(await metric('plimsoll_store_pending_ticks')).toBe(0);
    expect(log()).toContain('the store takes commits again; nothing was lost');
    expect(await exporter!.end('SIGTERM')).toBe(0);
  });
});

describe('a data directory that is read-only at the start', () => {
  it('S07 shows burn rates without counters, and takes counters up where they were once it is writable', async () => {
    const { log, pid } = await start(',ro');
    const first = async () => (await exporter!.slos())[0]!;
    await until1(async () => (await first()).windows[0]!.good > 4);
    expect(await metric('plimsoll_store_up')).toBe(0);
    expect(await metric(GOOD)).toBeUndefined();
    expect(log()).toContain('the store cannot be written');
    // What was spent before is not known: a budget would look whole, and open a gate.
    const { state, budgetRemainingRatio, burn } = await first();
    expect({ state, budgetRemainingRatio, burn: burn['5m'] }).toEqual({
      state: 'no-data',
      budgetRemainingRatio: null,
      burn: 0,
    });
    expect(await metric('slo_budget_remaining_ratio{slo="up"}')).toBeNaN();
    expect(JSON.parse(await exporter!.text('/readyz'))).toEqual({
      status: 'degraded',
      reasons: [expect.stringContaining('could not be opened since the start')],
    });
    expect(await exporter!.text('/')).toContain('history is not read');
    const { stdout } = await run(process.execPath, [MAIN, 'status', '--url', exporter!.url]);
    expect(stdout).toMatch(/^Degraded: the store could not be opened since the start/);
    execFileSync('nsenter', ['-t', String(pid), '-m', 'mount', '-o', 'remount,rw', data()]);
    await until1(async () => (await metric(GOOD)) !== undefined);
    expect(await metric(GOOD)).toBeGreaterThanOrEqual(3);
    expect(await metric('plimsoll_store_up')).toBe(1);
    expect(await first()).toMatchObject({ state: 'ok', budgetRemainingRatio: 1 });
    expect(JSON.parse(await exporter!.text('/readyz'))).toEqual({ status: 'ready', reasons: [] });
  });

  it('S07 and at the end: what could not be written is said to be lost', async () => {
    const { log } = await start(',ro');
    await until1(async () => ((await metric('plimsoll_store_pending_ticks')) ?? 0) > 1);
    expect(await exporter!.end('SIGTERM')).toBe(0);
    expect(log()).toMatch(/"ticks":\d+,"msg":"these ticks could not be written and are lost/);
  });
});
