// The section exporter: allow-list, modules, and the files that a spec names.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to secrets are written so in the spec
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadSpec } from '../../src/files/load-spec.ts';
import { unreadable } from '../../src/files/named-files.ts';
import { parseSpec } from '../../src/spec/parse.ts';
import { type Ca, type Certificate, makeCa } from '../services/ca.ts';
import { privateFolder } from '../services/process.ts';
import { ports, rulesIn, text } from './specs.ts';

const allow = (...probeAllow: unknown[]) => rulesIn({ exporter: { probeAllow } });

it.each([
  'shop.example.org',
  'shop',
  '*.example.org',
  '*.internal',
  '10.0.0.0/8',
  '10.0.0.1',
  'fd00::/8',
  '::1',
  '_dmarc.example.org',
  'xn--bcher-kva.example',
])('probeAllow may hold %s', (entry) => {
  expect(allow(entry)).toEqual([]);
});

it.each([
  'https://shop.example.org',
  'shop.example.org:443',
  'shop.example.org/',
  'Shop.example.org',
  '*',
  '*example.org',
  'a.*.example.org',
  '10.0.0.0/33',
  '10.0.0',
  '10.0.0.256',
  '[::1]',
  'fd00::/129',
  '',
  ' shop',
])('probeAllow may not hold "%s"', (entry) => {
  expect(allow('a.example', entry)).toEqual(['invalid-value']);
});

it('points at the entry of probeAllow', () => {
  const yaml = 'exporter:\n  probeAllow:\n    - a.example\n    - b.example:80\n';
  expect(parseSpec([{ file: 's.yaml', text: yaml }], ports()).findings).toMatchObject([
    { line: 4, column: 7, path: 'exporter.probeAllow[1]' },
  ]);
});

it.each([
  ['192.0.2.1:443', []],
  ['[2001:db8::1]:1', []],
  ['one.example:65535', []],
  ['one.example:65536', ['invalid-value']],
  ['one.example:99999', ['invalid-value']],
  ['one.example:0', ['invalid-value']],
  ['one.example:00', ['invalid-value']],
  ['one.example', ['invalid-value']],
  ['https://one.example:443', ['invalid-value']],
  ['2001:db8::1:443', ['invalid-value']],
  [3, ['wrong-type']],
])('a control endpoint %s gives %j', (endpoint, rules) => {
  expect(rulesIn({ exporter: { controls: [endpoint] } })).toEqual(rules);
});

it.each([
  ['http_2xx', ['module-name']],
  ['tcp_connect', ['module-name']],
  ['wordpress', ['module-name']],
  ['http', ['module-name']],
  ['http-own', []],
  ['wordpress_2xx', []],
])('a module named %s gives %j', (name, rules) => {
  expect(rulesIn({ exporter: { modules: { [name]: { kind: 'http' } } } })).toEqual(rules);
});

describe('files that the spec names', () => {
  const folder = privateFolder('named-files');
  const dir = folder.path;
  let ca: Ca;
  let shop: Certificate;
  let other: Certificate;
  const found = (spec: object) => {
    const file = join(dir, 'plimsoll.yaml');
    writeFileSync(file, text(spec));
    return loadSpec([file]);
  };
  const messages = (spec: object) =>
    found(spec).findings.map((f) => `${f.rule} ${f.path} ${f.message.replace(dir, '')}`);
  const target = (pem: string) => ({ targets: [{ name: 'a', kind: 'http', url: 'https://a.example/', ca: pem }] });
  beforeAll(() => {
    ca = makeCa(dir);
    shop = ca.issue('shop', ['shop.example.org']);
    other = ca.issue('other', ['other.example.org']);
    mkdirSync(join(dir, 'folder'));
    writeFileSync(join(dir, 'empty'), '\n');
    writeFileSync(join(dir, 'words'), 'two words\n');
    writeFileSync(join(dir, 'token'), 'right-token\n');
    writeFileSync(join(dir, 'broken.pem'), '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
    writeFileSync(join(dir, 'broken.key'), '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n');
    writeFileSync(join(dir, 'locked.key'), '-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n');
  });
  afterAll(() => folder.remove());

  it('are looked for beside the spec, and the Spec holds where they are', () => {
    const spec = {
      ...target('ca.pem'),
      exporter: { tokenFile: 'token', tls: { cert: 'shop.pem', key: shop.key } },
    };
    expect(found(spec)).toMatchObject({
      ok: true,
      findings: [{ rule: 'nothing-measured' }],
      spec: {
        targets: [{ ca: ca.cert }],
        exporter: { tokenFile: join(dir, 'token'), tls: { cert: shop.cert, key: shop.key } },
      },
    });
  });
  it('are all named by the load, with the spec and the files of secrets, found or not, so that they can be watched', () => {
    const beside = (...names: string[]) => names.map((name) => join(dir, name));
    const target = {
      ...{ name: 'a', kind: 'redis', url: 'rediss://a.example:1/0', ca: 'ca.pem' },
      password: '${file:token}',
    };
    const spec = { targets: [target], exporter: { tokenFile: 'nope', tls: { cert: 'shop.pem', key: 'broken.key' } } };
    expect([...found(spec).paths].sort()).toEqual(
      beside('broken.key', 'ca.pem', 'nope', 'plimsoll.yaml', 'shop.pem', 'token'),
    );
    expect(loadSpec([dir, '/nowhere/a.yaml']).paths).toEqual(expect.arrayContaining([dir, '/nowhere/a.yaml']));
  });
  it.each([
    ['nope.pem', 'no such file'],
    ['folder', 'is a directory'],
    ['empty', 'holds no PEM certificate'],
    ['shop.key', 'holds no PEM certificate'],
    ['broken.pem', 'certificate 1 of 1 cannot be read'],
  ])('a target with ca: %s cannot start: %s', (pem, message) => {
    expect(messages(target(pem))).toEqual([`named-file targets[0].ca /${pem}: ${message}`]);
  });
  it.each([
    ['nope', 'no such file'],
    ['empty', 'is empty'],
    ['words', 'holds more than one word, or characters beyond ASCII'],
  ])('neither can an exporter with tokenFile: %s: %s', (tokenFile, message) => {
    expect(messages({ exporter: { tokenFile } })).toEqual([`named-file exporter.tokenFile /${tokenFile}: ${message}`]);
  });
  it('nor one whose key is none, is locked, or belongs to another certificate', () => {
    const keys = ['shop.pem', 'broken.key', 'locked.key', other.key].map((key) => ({
      exporter: { tls: { cert: 'shop.pem', key } },
    }));
    expect(keys.flatMap(messages)).toEqual([
      'named-file exporter.tls.key /shop.pem: holds no PEM private key',
      'named-file exporter.tls.key /broken.key: the private key cannot be read',
      'named-file exporter.tls.key /locked.key: the key has a passphrase',
      `named-file exporter.tls.key /other.key: is not the key of ${shop.cert}`,
    ]);
  });
  it('and what may not be read is said in plain words', () => {
    const of = (code: string) => unreadable(Object.assign(new Error(`${code}: raw text`), { code }));
    expect(['EACCES', 'ENOENT', 'EISDIR', 'EIO'].map(of)).toEqual([
      'no permission to read it',
      'no such file',
      'is a directory',
      'EIO',
    ]);
  });
});
