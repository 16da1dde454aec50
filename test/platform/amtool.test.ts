// The shipped form before amtool 0.34 with the strict parser of matchers, and the form for Mimir before a real Mimir.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alertmanagerFiles } from '../../alerts/routing/files.ts';
import { burn, routedSpec, SECRETS } from '../alerts/routing-samples.ts';
import { plimsoll } from '../cli/push-run.ts';
import { amtool } from '../services/alertmanager.ts';
import { startMimir } from '../services/mimir.ts';
import { privateFolder } from '../services/process.ts';
import { toolPath } from './tools.ts';

const folder = privateFolder('shipped');
const at = (path: string) => join(folder.path, path);
const files = alertmanagerFiles(routedSpec());
beforeAll(() => {
  for (const { path, text } of files) {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), text);
  }
});
afterAll(() => folder.remove());

describe('amtool 0.34', () => {
  const run = (...args: readonly string[]) => amtool(args, toolPath('amtool'));
  const strict = '--enable-feature=utf8-strict-mode';
  it('is the version that the form is for', () => {
    expect(run('--version').output).toContain('version 0.34');
  });
  it('takes the shipped form, templates and all', () => {
    const { code, output } = run('check-config', strict, at('alertmanager/alertmanager.yaml'));
    expect(output).toMatch(/SUCCESS[\s\S]* 1 templates/);
    expect(code).toBe(0);
  });
  it('refuses a matcher that is not quoted, so the check can fail', () => {
    writeFileSync(
      at('bad.yaml'),
      'route: { receiver: a, routes: [{ matchers: ["x=a b"] }] }\nreceivers: [{ name: a }]\n',
    );
    expect(run('check-config', strict, at('bad.yaml')).code).toBe(1);
  });
  it('routes a page as the older one does', () => {
    const { labels } = burn('db-writes', 'page-fast');
    const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
    const file = `--config.file=${at('alertmanager/alertmanager.yaml')}`;
    const { code, answer } = run('config', 'routes', 'test', file, '--verify.receivers=web-pager,web-slack', ...pairs);
    expect(answer).toContain('web-pager,web-slack');
    expect(code).toBe(0);
  });
});

describe('the Alertmanager of a real Mimir', () => {
  it('takes its form, with secrets that hold everything that YAML minds, and refuses the shipped one', async () => {
    const secrets = privateFolder('mimir-secrets');
    for (const name of ['slack-web', 'slack-press', 'desk', 'deadman'])
      writeFileSync(join(secrets.path, name), `https://secret.example.org/${name}\n`);
    for (const name of ['smtp', 'pagerduty']) writeFileSync(join(secrets.path, name), 'a"b: {c} # \'d\\e\n');
    const own = at('alertmanager/mimir.yaml');
    writeFileSync(own, files.find(({ path }) => path.endsWith('mimir.yaml'))!.text.replaceAll(SECRETS, secrets.path));
    const mimir = await startMimir(toolPath('mimir'));
    try {
      const push = (from: string) =>
        plimsoll(folder.path, 'push', 'alertmanager', mimir.url, '--tenant', 'shop', '--from', from, '--yes');
      expect(await push(own)).toMatchObject({ code: 0 });
      const answer = await fetch(`${mimir.url}/api/v1/alerts`, { headers: { 'x-scope-orgid': 'shop' } });
      const loaded = await answer.text();
      expect(loaded).toContain('secret.example.org/desk');
      expect(loaded).toContain('plimsoll.email.html');
      const refused = await push(at('alertmanager/alertmanager.yaml'));
      expect(refused).toMatchObject({ code: 3, out: expect.stringContaining('templates/*.tmpl') });
    } finally {
      await mimir.stop();
      secrets.remove();
    }
  });
});
