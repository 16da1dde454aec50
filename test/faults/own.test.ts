// Our own troubles are not the target's: an exporter that is starved, stopped, or cannot resolve names loses coverage and no budget.
// And none of them hides a target that is really down once it can measure again.
import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Exporter, startExporter, until } from '../services/exporter.ts';
import { type NameServer, startNameServer } from '../services/name-server.ts';
import { privateFolder } from '../services/process.ts';
import { type SmallSite, smallSpec, startSmallSite } from '../services/small-site.ts';

const event = (result: string) => `slo_events_total{slo="up",result="${result}",location="main"}`;
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
let folder: ReturnType<typeof privateFolder>;
let site: SmallSite;
let exporter: Exporter;
let names: NameServer | undefined;
const hogs: ChildProcess[] = [];
beforeEach(async () => {
  folder = privateFolder('own');
  site = await startSmallSite();
});
afterEach(async () => {
  for (const hog of hogs.splice(0)) hog.kill('SIGKILL');
  await exporter?.end('SIGKILL');
  names?.stop();
  names = undefined;
  site.stop();
  folder.remove();
});
const start = async (within: readonly string[], url = site.url) => {
  const config = join(folder.path, 'plimsoll.yaml');
  writeFileSync(config, smallSpec(url));
  exporter = await startExporter({ args: ['--config', config, '--data', join(folder.path, 'data')], within });
};
const metric = async (series: string) => (await exporter.metric(series)) ?? 0;
const above = async (result: string, floor: number) =>
  until(async () => (await metric(event(result))) > floor, exporter.log);
/** It measures well again; then the target is really down, and that is seen. */
async function expectOutageSeen(): Promise<void> {
  await above('good', await metric(event('good')));
  const bad = await metric(event('bad'));
  site.answer(500);
  await above('bad', bad + 2);
  const [slo] = await exporter.slos();
  expect([slo!.blame, slo!.outcome]).toEqual(['target', 'server_error']);
  expect(slo!.budgetRemainingRatio).toBeLessThan(1);
}

describe('our own fault', () => {
  it('of a CPU that others take: what was measured is good or unmeasured, never bad', async () => {
    await start(['nice', '-n', '19']);
    await above('good', 1);
    for (let i = 0; i < 8; i++) hogs.push(spawn('sh', ['-c', 'while :; do :; done'], { stdio: 'ignore' }));
    const requests = site.requests;
    await wait(5_000);
    for (const hog of hogs.splice(0)) hog.kill('SIGKILL');
    await until(async () => site.requests > requests + 2, exporter.log);
    expect(await metric(event('bad'))).toBe(0);
    expect((await exporter.slos())[0]!.budgetRemainingRatio).toBe(1);
    await expectOutageSeen();
  });

  it('of a process that is stopped and goes on, again and again, in the middle of runs: unmeasured, and no budget', async () => {
    // Stops the exporter while it waits for the answer, which then lies there until it may read it, longer than the timeout.
    let stops = 0;
    let status = 200;
    const server = createServer((_request, response) => {
      response.writeHead(status).end('<html>shop</html>');
      if (stops === 0) return;
      stops -= 1;
      process.kill(exporter.pid, 'SIGSTOP');
      setTimeout(() => process.kill(exporter.pid, 'SIGCONT'), 1_300);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    await start([], `http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await above('good', 1);
    stops = 4;
    await until(async () => stops === 0, exporter.log);
    await above('good', await metric(event('good')));
    expect(await metric(event('unmeasured'))).toBeGreaterThan(0);
    expect(await metric(event('bad'))).toBe(0);
    const [slo] = await exporter.slos();
    expect(slo!.budgetRemainingRatio).toBe(1);
    expect(await exporter.text('/metrics')).toMatch(
      /^plimsoll_missed_runs_total\{target="site",reason="(late|overlap)"\} [1-9]/m,
    );
    status = 500;
    await above('bad', 1);
    expect((await exporter.slos())[0]!.blame).toBe('target');
    server.closeAllConnections();
    server.close();
  });

  it('of a target that never answers while we are stopped: it is really down, and that is seen once we go on', async () => {
    await start([]);
    await above('good', 1);
    site.answer('never');
    process.kill(exporter.pid, 'SIGSTOP');
    await wait(1_500);
    process.kill(exporter.pid, 'SIGCONT');
    await above('bad', 2);
    expect((await exporter.slos())[0]!.outcome).toBe('timeout');
  });

  it.each(['silent', 'gone'] as const)(
    'of a resolver that is %s: unmeasured with the reason, and no budget; good again with it',
    async (dead) => {
      // A loopback address of its own, so that port 53 is free.
      const address = `127.53.${1 + Math.floor(Math.random() * 250)}.${1 + Math.floor(Math.random() * 250)}`;
      names = await startNameServer(address, 53);
      names.answer('shop.test', ['127.0.0.1']);
      const conf = join(folder.path, 'resolv.conf');
      writeFileSync(conf, `nameserver ${address}\n`);
      const mount = `mount --bind ${conf} /etc/resolv.conf && exec "$@"`;
      await start(['unshare', '-m', 'sh', '-c', mount, 'sh'], site.url.replace('127.0.0.1', 'shop.test'));
      await above('good', 1);
      if (dead === 'gone') names.stop();
      else names.answer('shop.test', 'silent');
      const [bad, unmeasured] = [await metric(event('bad')), await metric(event('unmeasured'))];
      await above('unmeasured', unmeasured + 2);
      expect(await metric(event('bad'))).toBe(bad);
      expect((await exporter.slos())[0]!.budgetRemainingRatio).toBe(1);
      expect(exporter.log()).toMatch(/"outcome":"(no_resolver|dns_\w+)"/);
      if (dead === 'gone') names = await startNameServer(address, 53);
      names.answer('shop.test', ['127.0.0.1']);
      await expectOutageSeen();
    },
  );
});
