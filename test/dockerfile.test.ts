// The Dockerfile, linted and held against the repository. Never builds it: there is no container runtime here.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, globSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { validate } from 'dockerfile-utils';
import { describe, expect, it } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import { privateFolder } from './services/process.ts';

const ROOT = join(import.meta.dirname, '..');
const text = readFileSync(join(ROOT, 'Dockerfile'), 'utf8');
const ignored = readFileSync(join(ROOT, '.dockerignore'), 'utf8').split('\n').filter(Boolean);

/** Keyword and arguments of every instruction, continued lines joined. */
const instructions = text
  .replaceAll(/^\s*#.*\n/gm, '')
  .replaceAll(/\\\n/g, ' ')
  .split('\n')
  .filter((line) => line.trim() !== '')
  .map((line) => ({ keyword: line.split(' ', 1)[0]!, rest: line.slice(line.indexOf(' ') + 1).trim() }));
const all = (keyword: string) => instructions.filter((i) => i.keyword === keyword).map((i) => i.rest);
const stages = instructions.flatMap((i, index) => (i.keyword === 'FROM' ? [index] : []));
const last = instructions.slice(stages.at(-1));
const lastOf = (keyword: string) => last.filter((i) => i.keyword === keyword).at(-1)?.rest ?? '';
const words = (rest: string) => rest.split(/\s+/).filter((word) => !word.startsWith('--'));
/** What comes from the repository, not from another stage. */
const copied = all('COPY')
  .filter((rest) => !rest.includes('--from='))
  .flatMap((rest) => words(rest).slice(0, -1));

describe('the Dockerfile', () => {
  it('has no problem that dockerfile-utils knows', () => {
    const problems = validate(text, {
      deprecatedMaintainer: 2,
      directiveCasing: 2,
      instructionCasing: 2,
      instructionWorkdirRelative: 2,
    });
    expect(problems.map((p) => `${p.range.start.line + 1}: ${p.message}`)).toEqual([]);
    expect(validate('FORM node', {}).length, 'and dockerfile-utils sees problems at all').toBeGreaterThan(0);
  });
  it('has two stages, of images with a tag that is not latest', () => {
    const images = all('FROM').map((rest) => rest.split(' ')[0]!);
    expect(images).toHaveLength(2);
    for (const image of images) expect(image).toMatch(/:(?!latest$)[\w.-]+$/);
  });
  it('has the Node that package.json pins, in both stages', () => {
    const pinned = new Set(Object.values(manifest.optionalDependencies).map((version) => version.split('.')[0]));
    expect(pinned.size).toBe(1);
    const majors = all('FROM').map((rest) => /node(?:js|:)(\d+)/.exec(rest)?.[1]);
    expect(majors).toEqual([[...pinned][0], [...pinned][0]]);
  });
  it('ends as a user without rights, given as a number so that Kubernetes can check it', () => {
    expect(lastOf('USER')).toMatch(/^[1-9]\d*:[1-9]\d*$/);
  });
  it('copies files that exist, that .dockerignore lets through, and none of the tests', () => {
    expect(copied.sort()).toEqual([
      '.npmrc',
      'alerts',
      'dashboards',
      'package-lock.json',
      'package.json',
      'package.json',
      'src',
    ]);
    expect(ignored[0]).toBe('*');
    for (const source of copied) {
      expect(existsSync(join(ROOT, source)), source).toBe(true);
      expect(ignored, source).toContain(`!${source}`);
    }
    expect(ignored.filter((line) => line.startsWith('!')).sort()).toEqual([...new Set(copied)].map((s) => `!${s}`));
  });
  it('copies all that the command line imports: it starts from these files alone', () => {
    const image = privateFolder('image');
    for (const source of copied) cpSync(join(ROOT, source), join(image.path, source), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(image.path, 'node_modules'));
    cpSync(join(ROOT, 'plimsoll.yaml'), join(image.path, 'plimsoll.yaml'));
    const run = (...args: string[]) =>
      execFileSync(process.execPath, ['src/main.ts', ...args], { cwd: image.path, encoding: 'utf8' });
    expect(run('--version')).toMatch(/^\d/);
    expect(run('generate', 'alerts', '--out', 'out')).toMatch(/\d\d files/);
    expect(run('generate', 'dashboards', '--out', 'boards')).toMatch(/\d\d files/);
    image.remove();
  });
  it('installs every package that the source imports: without devDependencies and optionalDependencies', () => {
    const sources = globSync(['src/**/*.ts', 'alerts/**/*.ts', 'dashboards/**/*.ts'], { cwd: ROOT }).map((file) =>
      readFileSync(join(ROOT, file), 'utf8'),
    );
    const imported = sources.flatMap((source) =>
      [
        ...source.matchAll(/(?:^(?:import|export)\s[^'"]*?from |^import |\bimport\()'((?:@[\w-]+\/)?[\w-]+)[^':]*'/gm),
      ].map((m) => m[1]!),
    );
    expect(imported.length).toBeGreaterThan(20);
    // preview alone draws, is for reviews, and says what to install.
    expect([...new Set(imported)].filter((name) => !Object.hasOwn(manifest.dependencies, name))).toEqual(['echarts']);
  });
  it('copies no file of a stage that this stage does not make', () => {
    const from = all('COPY').filter((rest) => rest.includes('--from='));
    expect(from.map((rest) => /--from=(\w+)/.exec(rest)?.[1])).toEqual(['modules', 'modules']);
    expect(all('FROM')[0]).toMatch(/ AS modules$/);
  });
  it('gives the volume to the user, or a new one could not be written', () => {
    const { rest = '' } = last.find((i) => i.keyword === 'COPY' && i.rest.endsWith(' /data')) ?? {};
    expect(rest).toContain(`--chown=${lastOf('USER')} `);
    expect(lastOf('VOLUME')).toBe('/data');
  });
  it('serves what is copied, with arguments that serve knows', () => {
    const [node, main, command] = JSON.parse(lastOf('ENTRYPOINT')) as string[];
    expect([node, main, command]).toEqual(['/nodejs/bin/node', 'src/main.ts', 'serve']);
    const args = JSON.parse(lastOf('CMD')) as string[];
    const help = execFileSync(process.execPath, [join(ROOT, 'src/main.ts'), 'serve', '--help'], { encoding: 'utf8' });
    for (const option of args.filter((arg) => arg.startsWith('--'))) expect(help).toContain(`${option} <`);
    expect(lastOf('EXPOSE')).toBe(args[args.indexOf('--listen') + 1]?.split(':')[1]);
  });
});
