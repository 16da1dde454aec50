// Where commands write: a file in the way, and places where no folder can be made, end in words and never hang.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { keep } from '../../src/cli/kept.ts';
import { fileInTheWay, makeFolder } from '../../src/files/write-generated.ts';
import { privateFolder } from '../services/process.ts';
import { shop, slo, text } from '../spec/specs.ts';
import { plimsoll } from './push-run.ts';

const folder = privateFolder('folders');
const at = (name: string) => join(folder.path, name);
writeFileSync(at('plimsoll.yaml'), text({ targets: [shop], slos: [slo()] }));
writeFileSync(at('file'), 'mine');
mkdirSync(at('there'));
afterAll(() => folder.remove());

describe('generate --out', () => {
  it.each([['file'], ['file/'], ['file/below/it'], ['./file', '--check'], ['file/below', '--check']])(
    '%s: says that it is a file, and leaves it alone',
    async (out, ...more) => {
      expect(await plimsoll(folder.path, 'generate', 'alerts', '--out', out, ...more)).toEqual({
        code: 2,
        out: expect.stringMatching(
          new RegExp(`^--out ${out}: ${at('file')} is a file, and \\d+ files go into a folder; name a folder, .+\\n$`),
        ),
      });
      expect(readFileSync(at('file'), 'utf8')).toBe('mine');
    },
  );
  it('a place where no folder can be made ends with an error too', async () => {
    const { code, out } = await plimsoll(folder.path, 'generate', 'alerts', '--out', '/proc/nope/here');
    expect([code, out]).toEqual([2, expect.stringContaining('--out /proc/nope/here: nothing was changed: ')]);
  });
  it('a folder that is there, or is not yet, is written into', async () => {
    for (const out of ['there', 'new/one'])
      expect((await plimsoll(folder.path, 'generate', 'alerts', '--out', out)).code).toBe(0);
    expect(existsSync(at('new/one/rules'))).toBe(true);
  });
});

describe('folders', () => {
  it('what is kept of a push does not go into a file', () => {
    expect(() => keep(at('file'), 'x')).toThrow(`--keep ${at('file')}: ${at('file')} is a file, and what would be`);
    expect(() => keep('/proc/nope', 'x')).toThrow('nothing was changed');
    expect(readFileSync(keep(at('kept'), 'x'), 'utf8')).toBe('x');
  });
  it('a file in the way is found above too, and a folder is none', () => {
    expect(fileInTheWay(at('file/a/b'))).toBe(at('file'));
    expect(fileInTheWay(at('there'))).toBeUndefined();
    expect(fileInTheWay(at('nothing/there'))).toBeUndefined();
    expect(fileInTheWay('/')).toBeUndefined();
  });
  it('all that are made on the way have the permissions that are asked for', () => {
    makeFolder(at('secret/a'), 0o700);
    makeFolder(at('open/a'));
    const modes = ['secret', 'secret/a', 'open', 'open/a'].map((name) => (statSync(at(name)).mode & 0o777).toString(8));
    const plain = (0o777 & ~process.umask()).toString(8);
    expect(modes).toEqual(['700', '700', plain, plain]);
  });
});

it('serve --site says that what it found cannot be written, and does not hang', () => {
  // A process of its own: what hangs in mkdir cannot be stopped from within.
  const code = `import { createServer } from 'node:http';
    import { discoverAndKeep } from ${JSON.stringify(join(import.meta.dirname, '../../src/cli/discover.ts'))};
    const site = createServer((_, response) => response.end('<!doctype html><title>Shop</title>'));
    site.listen(0, '127.0.0.1', async () => {
      const log = { info: (x) => console.log('info', x), warn: (x, text) => console.log(text, x.reason) };
      const spec = await discoverAndKeep('http://127.0.0.1:' + site.address().port + '/', {}, '/proc/nope/data', log);
      console.log(spec.slos.length > 0);
      process.exit(0);
    });`;
  const out = execFileSync(process.execPath, ['--input-type=module', '-e', code], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  expect(out).toMatch(/^found, but the spec could not be written for you to keep .*\/proc\/nope.*\ntrue\n$/);
}, 30_000);
