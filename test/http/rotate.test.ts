// Every file that a load looked at is watched: secrets of targets too, and what only a later load names.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to secrets are written so in the spec
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Exporter, startExporter, until } from '../services/exporter.ts';
import { privateFolder } from '../services/process.ts';

const folder = privateFolder('rotate');
const at = (name: string) => join(folder.path, name);
/** The password that the site takes now, and the ones it was sent. */
let password = 'canary-one';
const sent = new Set<string>();
const answer = createServer((request, response) => {
  const given = String(request.headers['x-password']);
  sent.add(given);
  response.writeHead(given === password ? 200 : 500).end('<html>');
});
let exporter: Exporter;

const write = (name: string, text: string) => writeFileSync(at(name), text);
const spec = (secret: string) => `targets:
  - { name: site, kind: http, url: "http://127.0.0.1:${(answer.address() as AddressInfo).port}/", interval: 1s, timeout: 500ms, headers: { x-password: "\${file:${secret}}" } }
slos:
  - { name: up, service: site, team: web, objective: 99%, window: 30d, sli: { kind: probe, target: site } }
`;
const GOOD = 'probe_runs_total{target="site",kind="http",step="get",outcome="ok",blame="none",location="main"}';
/** One more run was good than before. */
const untilGood = async () => {
  const before = (await exporter.metric(GOOD)) ?? 0;
  await until(async () => ((await exporter.metric(GOOD)) ?? 0) > before, exporter.log);
};

beforeAll(async () => {
  for (const name of ['secrets', 'other']) mkdirSync(at(name));
  await new Promise<void>((resolve) => answer.listen(0, '127.0.0.1', () => resolve()));
  write('secrets/site', `${password}\n`);
  write('other/site', 'canary-two\n');
  write('plimsoll.yaml', spec('secrets/site'));
  exporter = await startExporter({ args: ['--config', at('plimsoll.yaml'), '--data', at('data')] });
});
afterAll(async () => {
  await exporter?.end('SIGKILL');
  answer.closeAllConnections();
  answer.close();
  folder.remove();
});

describe('without a word to the exporter', () => {
  it('a password that is rotated in its file is used from then on, and neither is seen in the log', async () => {
    await untilGood();
    password = 'canary-new';
    write('secrets/site', `${password}\n`);
    await untilGood();
    expect(exporter.log()).toContain('spec reloaded');
    expect(exporter.log()).not.toContain('canary');
  });
  it('a file that only a later spec names is watched from that load on', async () => {
    password = 'canary-two';
    write('plimsoll.yaml', spec('other/site'));
    await untilGood();
    password = 'canary-three';
    write('other/site', `${password}\n`);
    await untilGood();
  });
  it('a secret that was missing is taken when its file comes, and until then the old spec stays', async () => {
    write('plimsoll.yaml', spec('secrets/late'));
    await until(async () => exporter.log().includes('the new spec is invalid'), exporter.log);
    await untilGood();
    password = 'canary-late';
    write('secrets/late', `${password}\n`);
    await untilGood();
    expect(sent).toContain('canary-late');
    expect(exporter.log()).not.toContain('canary');
  });
});
