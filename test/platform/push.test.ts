// plimsoll push and diff against a real Mimir: the same suite that the stand-in of npm test passes, and what only a real one knows.
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRuleFile } from '../../src/generate/read-rules.ts';
import { pushContract } from '../cli/push-contract.ts';
import { burn, group, plimsoll, record, watchdog, writeGenerated } from '../cli/push-run.ts';
import { type Mimir, startMimir } from '../services/mimir.ts';
import { privateFolder } from '../services/process.ts';
import { GENERATED, textOf, yamlFiles } from './generated.ts';
import { toolPath } from './tools.ts';

pushContract('a real Mimir', () => startMimir(toolPath('mimir')));

describe('a real Mimir', () => {
  const folder = privateFolder('push-real');
  let mimir: Mimir;
  beforeAll(async () => {
    mimir = await startMimir(toolPath('mimir'), ['-ruler.max-rule-groups-per-tenant=3']);
  });
  afterAll(async () => {
    await mimir?.stop();
    folder.remove();
  });
  const push = (tenant: string, groups: Parameters<typeof writeGenerated>[1]) => {
    const from = writeGenerated(`${folder.path}/${tenant}`, groups);
    return plimsoll(folder.path, 'push', 'rules', mimir.url, '--tenant', tenant, '--from', from, '--yes');
  };
  const mimirtool = (...args: string[]) =>
    promisify(execFile)(toolPath('mimirtool'), [...args, `--address=${mimir.url}`], { encoding: 'utf8' });

  it('evaluates what was pushed', async () => {
    const fast = { ...group('fast', [record('plimsoll:test'), watchdog]), intervalMs: 1_000 };
    expect(await push('run', [fast])).toMatchObject({ code: 0 });
    const firing = async () => {
      const answer = await fetch(`${mimir.url}/prometheus/api/v1/alerts`, { headers: { 'x-scope-orgid': 'run' } });
      return JSON.stringify(await answer.json());
    };
    await expect.poll(firing, { timeout: 90_000, interval: 1_000 }).toContain('"alertname":"Watchdog"');
  });

  it('is seen by mimirtool as we see it', async () => {
    const groups = [group('slo-page', [record('slo:a:sum'), burn()]), group('slo-heartbeat', [watchdog])];
    expect(await push('tool', groups)).toMatchObject({ code: 0 });
    const file = `${folder.path}/tool/mimir.yaml`;
    const { stdout } = await mimirtool('rules', 'diff', file, '--id=tool', '--namespaces=plimsoll');
    expect(stdout).toBe('no changes detected\n');
    writeGenerated(`${folder.path}/tool`, [group('slo-heartbeat', [{ ...watchdog, forMs: 60_000 }])]);
    const changed = await mimirtool('rules', 'diff', file, '--id=tool', '--namespaces=plimsoll');
    expect(changed.stdout).toContain('0 Groups Created, 1 Groups Updated, 1 Groups Deleted');
  });

  it('refuses an expression that cannot be read, and says where', async () => {
    const { code, out } = await push('wrong', [group('a', [{ ...watchdog, expr: 'up ==' }])]);
    expect([code, out]).toEqual([3, expect.stringMatching(/could not parse expression: .*unexpected end of input/)]);
    expect(out).toContain('done: nothing\nnot done: set group a\n');
  });

  it('refuses more groups than the tenant may have', async () => {
    const groups = ['a', 'b', 'c', 'd'].map((name) => group(name, [watchdog]));
    const { code, out } = await push('many', groups);
    expect([code, out]).toEqual([
      3,
      expect.stringContaining('per-user rule groups limit (limit: 3 actual: 4) exceeded'),
    ]);
    expect(out).toContain('done: set group a, set group b, set group c\nnot done: set group d\n');
  });
});

describe(`what stands in ${GENERATED}`, () => {
  const folder = privateFolder('push-generated');
  let mimir: Mimir;
  beforeAll(async () => {
    mimir = await startMimir(toolPath('mimir'));
  });
  afterAll(async () => {
    await mimir?.stop();
    folder.remove();
  });
  const push = (what: string, from: string) =>
    plimsoll(folder.path, 'push', what, mimir.url, '--tenant', 'platform', '--from', from, '--yes');

  it('is loaded within the default limits, and evaluated without an error', async () => {
    expect(await push('rules', GENERATED)).toEqual({
      code: 0,
      out: expect.stringMatching(/[1-9]\d* rules are loaded/),
    });
    // The same rules, evaluated more often: nobody waits for minutes.
    const hasty = join(folder.path, 'hasty');
    mkdirSync(hasty);
    for (const file of yamlFiles.filter((name) => readRuleFile(textOf(name)).kind === 'mimir')) {
      const text = textOf(file).replaceAll(/^ {4}interval: .*$/gm, '    interval: 5s');
      writeFileSync(join(hasty, file.replaceAll('/', '-')), text);
    }
    expect(await push('rules', hasty)).toMatchObject({ code: 0 });
    const health = async () => {
      const url = `${mimir.url}/prometheus/api/v1/rules`;
      const answer = await fetch(url, { headers: { 'x-scope-orgid': 'platform' } });
      const { data } = (await answer.json()) as {
        data: { groups: { rules: { name: string; health: string; lastError: string }[] }[] };
      };
      const rules = data.groups.flatMap((loaded) => loaded.rules);
      return rules.length === 0 ? ['nothing is loaded'] : rules.filter((rule) => rule.health !== 'ok');
    };
    await expect.poll(health, { timeout: 110_000, interval: 1_000 }).toEqual([]);
  });

  it("is taken by Mimir's Alertmanager, with its secrets put in", async () => {
    const config = textOf('alertmanager/mimir.yaml');
    // The paths of the secrets are those of the machine that deploys.
    const local = config.replaceAll(/\$\{file:([^}]+)\}/g, (_, path: string) => `\${file:${secretFor(path)}}`);
    const copy = join(folder.path, 'copy/alertmanager');
    cpSync(join(GENERATED, 'alertmanager/templates'), join(copy, 'templates'), { recursive: true });
    writeFileSync(join(copy, 'mimir.yaml'), local);
    const { code, out } = await push('alertmanager', join(folder.path, 'copy'));
    expect([code, out]).toEqual([0, expect.stringContaining('the Alertmanager config is loaded')]);
    expect(out).not.toContain('canary');
  });
  function secretFor(path: string): string {
    const file = join(folder.path, path.replaceAll('/', '-'));
    writeFileSync(file, 'https://canary.example.org/x\n');
    return file;
  }
});

describe('a Mimir whose config API is switched off', () => {
  it('is named as that', async () => {
    const mimir = await startMimir(toolPath('mimir'), ['-ruler.enable-api=false']);
    const folder = privateFolder('push-off');
    try {
      const from = writeGenerated(folder.path, [group('a', [watchdog])]);
      const end = await plimsoll(folder.path, 'push', 'rules', mimir.url, '--tenant', 'off', '--from', from);
      expect(end).toEqual({ code: 4, out: expect.stringContaining('-ruler.enable-api=true') });
    } finally {
      await mimir.stop();
      folder.remove();
    }
  });
});
