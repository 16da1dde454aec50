// serve --site: the spec that it makes is one that check finds nothing in, and people can keep it.
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { specFor } from '../../src/cli/discover.ts';
import { loadSpec } from '../../src/files/load-spec.ts';
import { parseSpec } from '../../src/spec/parse.ts';
import { targetOf } from '../../src/spec/spec.ts';
import { freePort, privateFolder } from '../services/process.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');
const folder = privateFolder('discover');
const ports = { env: () => undefined, readFile: () => undefined };
afterAll(() => folder.remove());

const yes = [true, false];
const sites = ['http://shop.example.org/', 'https://shop.example.org/blog/', 'https://[2001:db8::1]:8443/?a=1'].flatMap(
  (url) => yes.flatMap((isWordPress) => yes.map((isCdn) => ({ url, isWordPress, isCdn }))),
);

it.each(sites)('the spec for $url, WordPress: $isWordPress, CDN: $isCdn has no findings', ({ url, ...found }) => {
  for (const extra of [{}, { address: '192.0.2.1', ca: '/etc/ca.pem' }]) {
    const text = stringify(specFor(new URL(url), extra, found));
    const result = parseSpec([{ file: 'site', text }], ports);
    expect(result).toMatchObject({ ok: true, findings: [] });
    if (!result.ok) continue;
    const kinds = [
      found.isWordPress ? 'wordpress' : 'http',
      ...(found.isCdn ? ['cdn'] : []),
      ...(url.startsWith('https') ? ['tls'] : []),
    ];
    expect(result.spec.targets.map((target) => target.kind)).toEqual(kinds);
    // Every target is there for an SLO.
    expect(new Set(result.spec.slos.map((slo) => targetOf(slo.sli)))).toEqual(
      new Set(result.spec.targets.map((target) => target.name)),
    );
  }
});

it('serve --site says what it found, and leaves the spec beside the store', async () => {
  const site = createServer((_, response) => response.end('<!doctype html><title>Shop</title>'));
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(site.address() as AddressInfo).port}/`;
  const data = join(folder.path, 'data');
  const listen = `127.0.0.1:${await freePort()}`;
  const child: ChildProcess = spawn(process.execPath, [
    MAIN,
    'serve',
    '--site',
    url,
    '--data',
    data,
    '--listen',
    listen,
  ]);
  let log = '';
  const serving = new Promise<void>((resolve) => {
    const look = (chunk: Buffer) => {
      log += chunk;
      if (log.includes('"msg":"serving"') || log.includes('plimsoll:')) resolve();
    };
    child.stdout?.on('data', look);
    child.stderr?.on('data', look);
  });
  await serving;
  child.kill('SIGTERM');
  await new Promise((resolve) => child.once('exit', resolve));
  site.close();
  const found = log.split('\n').find((line) => line.includes('"file":'));
  expect(JSON.parse(found!)).toMatchObject({
    targets: ['site (http)'],
    slos: ['site-availability', 'site-speed'],
    file: join(data, 'site.yaml'),
    msg: expect.stringContaining('copy the file to plimsoll.yaml'),
  });
  expect(loadSpec([join(data, 'site.yaml')])).toMatchObject({
    ok: true,
    findings: [],
    spec: { targets: [{ name: 'site', url }] },
  });
});
