// What a running exporter takes over when files change, as a Kubernetes volume changes them: by swapping a link.
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Exporter, startExporter, until } from '../services/exporter.ts';
import { privateFolder } from '../services/process.ts';
import { type SmallSite, smallSpec, startSmallSite } from '../services/small-site.ts';

const folder = privateFolder('reload');
const volume = join(folder.path, 'specs');
let site: SmallSite;
let exporter: Exporter;
let version = 0;

/** Writes the files of a volume anew: a directory of its own, then the link to it swapped. */
function publish(files: Readonly<Record<string, string>>): void {
  version += 1;
  const dir = `..v${version}`;
  mkdirSync(join(volume, dir), { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(volume, dir, name), text);
    if (version === 1) symlinkSync(join('..data', name), join(volume, name));
  }
  symlinkSync(dir, join(volume, '..new'));
  renameSync(join(volume, '..new'), join(volume, '..data'));
}
const headers = (token: string) => ({ authorization: `Bearer ${token}` });
const status = async (token: string) =>
  (await fetch(`${exporter.url}/api/v1/slos`, { headers: headers(token) })).status;
const names = async (token: string) =>
  (JSON.parse(await exporter.text('/api/v1/slos', headers(token))) as { slos?: { name: string }[] }).slos?.map(
    (s) => s.name,
  );

/** Versions of the rules that belong to the spec. */
const rulesVersions = async (token: string): Promise<string[]> =>
  [
    ...(await exporter.text('/metrics', headers(token))).matchAll(/^plimsoll_rules_info\{version="(\w{12})"\} 1$/gm),
  ].map((m) => m[1]!);

beforeAll(async () => {
  site = await startSmallSite();
  const spec = smallSpec(site.url, `exporter: { tokenFile: ${join(volume, 'token')} }\n`);
  publish({ 'plimsoll.yaml': spec, 'blog.yaml': 'slos: []\n', token: 'first' });
  exporter = await startExporter({ args: ['--config', volume, '--data', join(folder.path, 'data')] });
});
afterAll(async () => {
  await exporter?.end('SIGKILL');
  site.stop();
  folder.remove();
});

describe('a volume that is published anew', () => {
  it('brings a further SLO and a new token, and ends the old one', async () => {
    expect(await names('first')).toEqual(['up']);
    const before = await rulesVersions('first');
    const spec = smallSpec(site.url, `exporter: { tokenFile: ${join(volume, 'token')} }\n`);
    const blog =
      'slos: [{ name: blog, service: blog, team: web, objective: 99%, window: 7d, sli: { kind: probe, target: site } }]\n';
    publish({ 'plimsoll.yaml': spec, 'blog.yaml': blog, token: 'second' });
    await until(async () => (await status('second')) === 200, exporter.log);
    expect(await status('first')).toBe(401);
    expect(await names('second')).toEqual(['blog', 'up']);
    expect(exporter.log()).toContain('spec reloaded');
    // Another period has other rules, so what Prometheus has loaded is no longer what the spec says.
    const after = await rulesVersions('second');
    expect([before.length, after.length]).toEqual([1, 1]);
    expect(after).not.toEqual(before);
    expect(await exporter.text('/metrics', headers('second'))).toMatch(
      /^probe_interval_seconds\{target="site",location="main"\} \d/m,
    );
    expect(exporter.log()).not.toMatch(/first|second/);
  });
});
