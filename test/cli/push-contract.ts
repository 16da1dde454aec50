// What push and diff must do with a Mimir: one suite for the fake (npm test) and for a real one (npm run test:platform).
import { copyFileSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { privateFolder } from '../services/process.ts';
import { burn, group, plimsoll, record, watchdog, writeAlertmanager, writeGenerated } from './push-run.ts';

export interface Started {
  readonly url: string;
  stop(): Promise<void>;
}

const SOME = [group('slo-page', [record('slo:a:sum'), burn()]), group('slo-heartbeat', [watchdog])];
const KEPT = /plimsoll-replaced-[\dTZ-]+\.yaml/;

export function pushContract(name: string, start: () => Promise<Started>): void {
  describe(`push and diff with ${name}`, () => {
    const folder = privateFolder('push');
    let mimir: Started;
    beforeAll(async () => {
      mimir = await start();
    }, 120_000);
    afterAll(async () => {
      await mimir?.stop();
      folder.remove();
    });
    const run = (...args: string[]) => plimsoll(folder.path, ...args);
    const generated = (dir: string, groups: Parameters<typeof writeGenerated>[1]) =>
      writeGenerated(join(folder.path, dir), groups);
    const on = (tenant: string, from: string, ...more: string[]) => [
      mimir.url,
      '--tenant',
      tenant,
      '--from',
      from,
      ...more,
    ];
    const headers = (tenant: string) => ({ 'x-scope-orgid': tenant, 'content-type': 'application/yaml' });
    const rulesOf = async (tenant: string, namespace = 'plimsoll') =>
      (await fetch(`${mimir.url}/prometheus/config/v1/rules/${namespace}`, { headers: headers(tenant) })).text();
    const post = async (tenant: string, namespace: string, body: string) => {
      const url = `${mimir.url}/prometheus/config/v1/rules/${namespace}`;
      const answer = await fetch(url, { method: 'POST', headers: headers(tenant), body });
      expect(answer.status).toBe(202);
    };
    /** Runs the command that the output gives for going back. */
    const goBack = (out: string) => {
      const line = /^ *(?:to go back: )?plimsoll (push .*)$/m.exec(out)?.[1];
      expect(line).toBeDefined();
      return run(...line!.split(' '));
    };

    it('wants a tenant', async () => {
      const { code, out } = await run('push', 'rules', mimir.url, '--from', generated('one', SOME));
      expect([code, out]).toEqual([4, `${mimir.url} answered 401 (no org id): it wants a tenant: --tenant NAME\n`]);
    });

    it('shows what would change, and changes nothing', async () => {
      const { code, out } = await run('push', 'rules', ...on('dry', generated('dry', SOME)));
      expect(code).toBe(0);
      expect(out).toBe(
        `group slo-page: is new, 2 rules every 30s\ngroup slo-heartbeat: is new, 1 rule every 30s\n${mimir.url}, tenant dry, namespace plimsoll: 2 to set, 0 to delete, 0 stay. Nothing was changed; --yes does it\n`,
      );
      expect(await rulesOf('dry')).toBe('{}\n');
      expect(readdirSync(folder.path).filter((file) => KEPT.test(file))).toEqual([]);
    });

    it('loads what was generated, and then finds no difference', async () => {
      const from = generated('load', SOME);
      const { code, out } = await run('push', 'rules', ...on('load', from, '--yes'));
      expect([code, out]).toEqual([0, expect.stringContaining('2 groups with 3 rules are loaded')]);
      expect(await rulesOf('load')).toContain('expr: |-\n');
      const [url, ...rest] = on('load', from);
      expect(await run('diff', '--against', url!, ...rest)).toMatchObject({
        code: 0,
        out: expect.stringContaining(', as in '),
      });
      const again = await run('push', 'rules', ...on('load', from, '--yes'));
      expect([again.code, again.out]).toEqual([0, expect.stringContaining('nothing to do')]);
      // Whoever takes the URL of the data source gets the same.
      const [, ...more] = on('load', from);
      expect(await run('push', 'rules', `${mimir.url}/prometheus/`, ...more)).toMatchObject({ code: 0 });
    });

    it('says in words what somebody changed by hand, replaces it, and goes back to it', async () => {
      const from = generated('hand', SOME);
      const byHand = 'name: slo-heartbeat\ninterval: 1m\nlimit: 5\nrules:\n  - alert: Watchdog\n    expr: vector(2)\n';
      await post('hand', 'plimsoll', byHand);
      await post('hand', 'plimsoll', 'name: by/hand 1\nrules: [{ record: a, expr: vector(1) }]\n');
      await post('hand', 'others', 'name: theirs\nrules: [{ record: a, expr: vector(1) }]\n');
      const before = await rulesOf('hand');
      const [url, ...rest] = on('hand', from);
      const diff = await run('diff', '--against', url!, ...rest);
      expect(diff.code).toBe(1);
      expect(diff.out.split('\n').slice(0, 6)).toEqual([
        'group by/hand 1: is removed, with 1 rule',
        'group slo-page: is new, 2 rules every 30s',
        'group slo-heartbeat: interval 1m -> 30s',
        'group slo-heartbeat: setting limit is removed (was 5)',
        'group slo-heartbeat: alert Watchdog: label severity is new: none; expression vector(2) -> vector(1)',
        expect.stringContaining('5 differences to'),
      ]);
      expect(await rulesOf('hand')).toBe(before);

      const push = await run('push', 'rules', ...on('hand', from, '--yes', '--keep', 'kept'));
      expect([push.code, push.out]).toEqual([0, expect.stringContaining('delete group by/hand 1')]);
      expect(await rulesOf('hand')).not.toContain('by/hand');
      expect(await rulesOf('hand', 'others')).toContain('theirs');
      const back = await goBack(push.out);
      expect([back.code, back.out]).toEqual([0, expect.stringContaining('2 groups with 2 rules are loaded')]);
      expect(await rulesOf('hand')).toBe(before);
    });

    it('says what was done and how to go back when it is refused in the middle', async () => {
      await run('push', 'rules', ...on('middle', generated('middle', SOME), '--yes'));
      const before = await rulesOf('middle');
      const many = Array.from({ length: 21 }, (_, i) => record(`r:${i}`));
      const next = generated('next', [group('slo-page', [burn()]), group('big', many), group('last', [watchdog])]);
      const { code, out } = await run('push', 'rules', ...on('middle', next, '--yes'));
      expect(code).toBe(3);
      expect(out).toContain('set group big: ');
      expect(out).toContain(
        'per-user rules per rule group limit (limit: 20 actual: 21) exceeded; the limits of the tenant',
      );
      expect(out).toContain(
        'done: set group slo-page\nnot done: set group big, set group last, delete group slo-heartbeat\n',
      );
      expect(await rulesOf('middle')).not.toBe(before);
      expect(await goBack(out)).toMatchObject({ code: 0 });
      expect(await rulesOf('middle')).toBe(before);
    });

    it('says what to write when the path is wrong', async () => {
      const [, ...rest] = on('path', generated('path', SOME));
      const { code, out } = await run('push', 'rules', `${mimir.url}/mimir`, ...rest);
      expect([code, out]).toEqual([4, expect.stringContaining('for example http://mimir:8080')]);
    });

    it('loads an Alertmanager config with its secret, shows no secret, and goes back', async () => {
      const first = writeAlertmanager(join(folder.path, 'am1'), '30s', 'canary-1');
      const second = writeAlertmanager(join(folder.path, 'am2'), '10s', 'canary-2');
      const loaded = async () => (await fetch(`${mimir.url}/api/v1/alerts`, { headers: headers('am') })).text();
      const dry = await run('push', 'alertmanager', ...on('am', first));
      expect([dry.code, dry.out]).toEqual([0, expect.stringContaining('it gets its first')]);
      const one = await run('push', 'alertmanager', ...on('am', first, '--yes'));
      expect([one.code, one.out]).toEqual([0, expect.stringContaining('curl -X DELETE -H ')]);
      const before = await loaded();
      expect(before).toContain('https://hooks.example.org/canary-1');
      const two = await run('push', 'alertmanager', ...on('am', second, '--yes'));
      expect(two.code).toBe(0);
      expect(two.out).toContain('route.group_wait: "30s" -> "10s"\nreceivers[chat].slack_configs[0].api_url changed\n');
      expect(await loaded()).toContain('canary-2');
      const file = join(folder.path, KEPT.exec(two.out)![0]);
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(readFileSync(file, 'utf8')).toContain('canary-1');
      const back = await goBack(two.out);
      expect(back.code).toBe(0);
      expect(await loaded()).toContain('canary-1');
      // The URLs of Grafana's data sources do too, and a file may have any name.
      copyFileSync(join(first, 'alertmanager/mimir.yaml'), join(first, 'alertmanager/mine.yaml'));
      for (const suffix of ['/alertmanager', '/prometheus/']) {
        const args = ['--tenant', 'am', '--from', join(first, 'alertmanager/mine.yaml')];
        const same = await run('push', 'alertmanager', mimir.url + suffix, ...args);
        expect([same.code, same.out]).toEqual([0, expect.stringContaining('mine.yaml; nothing to do')]);
      }
      expect(dry.out + one.out + two.out + back.out).not.toContain('canary');
    });

    it('keeps nothing when Mimir refuses the Alertmanager config', async () => {
      await run(
        'push',
        'alertmanager',
        ...on('no', writeAlertmanager(join(folder.path, 'am3'), '30s', 'canary-3'), '--yes'),
      );
      const wrong = writeAlertmanager(join(folder.path, 'am4'), '30s', 'canary-4', ', api_url_file: /x');
      const { code, out } = await run('push', 'alertmanager', ...on('no', wrong, '--yes'));
      expect(code).toBe(3);
      expect(out).toMatch(
        /answered 400: error validating Alertmanager config: .+\nnothing was changed, nothing is kept/,
      );
      expect(out).not.toContain('canary');
      expect(existsSync(join(folder.path, KEPT.exec(out)![0]))).toBe(false);
    });
  });
}
