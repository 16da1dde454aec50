// plimsoll init: a spec without findings from the outputs of Terraform, never over a file, and words for what is not there.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { privateFolder } from '../services/process.ts';
import { plimsoll } from './push-run.ts';

const folder = privateFolder('init');
afterAll(() => folder.remove());
const at = (name: string) => join(folder.path, name);

const PLATFORM = {
  service: 'wordpress',
  url: 'https://wordpress.example.com/',
  origin_url: 'https://origin.example.com/',
  database: { host: 'db.example.net', port: 3306, username: 'wordpress' },
  cache: { host: 'cache.example.net', port: 6379, username: 'wp:cache' },
  cdn_addresses: ['198.51.100.20', '2001:db8::20'],
  dns_ttl: 60,
};
const outputs = (value: unknown, name = 'plimsoll') => ({ [name]: { sensitive: false, type: 'string', value } });
const init = (content: unknown, ...more: string[]) => {
  writeFileSync(at('outputs.json'), typeof content === 'string' ? content : JSON.stringify(content));
  return plimsoll(folder.path, 'init', '--from-terraform', 'outputs.json', ...more);
};

describe('the spec of a platform', () => {
  it('has a target for each part, SLOs that can page, and no finding', async () => {
    const { code, out } = await init({ ...outputs(PLATFORM), kubeconfig: { sensitive: true, value: 'secret' } });
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('wordpress.example.com') });
    expect(await plimsoll(folder.path, 'check', '--no-secrets')).toEqual({
      code: 0,
      out: expect.stringMatching(/6 targets, 8 SLOs: fine/),
    });
    const text = readFileSync(at('plimsoll.yaml'), 'utf8');
    const { targets, slos } = parse(text) as { targets: Record<string, unknown>[]; slos: Record<string, unknown>[] };
    expect(targets.map(({ kind }) => kind)).toEqual(['wordpress', 'mariadb', 'redis', 'cdn', 'tls', 'dns']);
    expect(targets[1]!.url).toBe('mysql://plimsoll@db.example.net:3306/plimsoll');
    expect(targets[2]!.url).toBe('redis://wp%3Acache@cache.example.net:6379/0');
    // A name of type A never leads to an address of version 6.
    expect(targets[5]).toMatchObject({ within: ['198.51.100.20'], maxTtl: '60s' });
    expect(slos[0]!.dependsOn).toEqual(['wordpress-db', 'wordpress-cache', 'wordpress-dns']);
    expect(text).not.toContain('secret:');
  });
  it('is the same from the output alone, and has what there is', async () => {
    const all = await init(outputs(PLATFORM), '--out', '-');
    expect((await init(PLATFORM, '--out', '-')).out).toBe(all.out);
    const small = await init({ service: 'blog', url: 'http://blog.example.com/' }, '--out', '-', '--team', 'web');
    const { targets, slos } = parse(small.out) as {
      targets: { name: string }[];
      slos: { name: string; team: string }[];
    };
    expect(targets.map(({ name }) => name)).toEqual(['blog', 'blog-dns']);
    expect(slos.map(({ name, team }) => `${name} ${team}`)).toEqual([
      'blog-availability web',
      'blog-uncached web',
      'blog-speed web',
      'blog-dns web',
    ]);
    writeFileSync(at('small.yaml'), small.out);
    expect((await plimsoll(folder.path, 'check', 'small.yaml')).out).toMatch(/2 targets, 4 SLOs: fine/);
  });
});

describe('a mistake', () => {
  it('leaves a file that is there', async () => {
    writeFileSync(at('mine.yaml'), 'mine');
    const { code, out } = await init(PLATFORM, '--out', 'mine.yaml');
    expect({ code, out }).toEqual({ code: 2, out: expect.stringMatching(/^mine.yaml is there already .* --out -\n$/) });
    expect(readFileSync(at('mine.yaml'), 'utf8')).toBe('mine');
  });
  it.each([
    ['no JSON', 'plimsoll = {', 3, /^outputs.json: is not JSON .*terraform output -json plimsoll > outputs.json/],
    ['nothing applied', {}, 3, /has no outputs: nothing has been applied yet/],
    ['other outputs', outputs(PLATFORM, 'platform'), 3, /has no output plimsoll \(it has platform\)/],
    ['a list', '[]', 3, /has no outputs/],
    ['a wrong port', { ...PLATFORM, database: { ...PLATFORM.database, port: 0 } }, 3, /plimsoll.database.port: /],
    ['no address', { ...PLATFORM, cdn_addresses: ['cdn.example.com'] }, 3, /plimsoll.cdn_addresses.0: /],
  ])('%s', async (_, content, code, message) => {
    const ended = await init(content, '--out', 'never.yaml');
    expect(ended).toEqual({ code, out: expect.stringMatching(message) });
  });
  it('no file, or no option', async () => {
    const missing = await plimsoll(folder.path, 'init', '--from-terraform', 'missing.json');
    expect(missing).toEqual({ code: 2, out: expect.stringMatching(/^--from-terraform: cannot read missing.json/) });
    const none = await plimsoll(folder.path, 'init');
    expect(none).toEqual({ code: 2, out: expect.stringContaining('plimsoll serve --site') });
    const nowhere = await init(PLATFORM, '--out', 'missing/plimsoll.yaml');
    expect(nowhere).toEqual({ code: 2, out: expect.stringMatching(/^cannot write missing\/plimsoll.yaml: ENOENT/) });
  });
});
