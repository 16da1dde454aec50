// The Dockerfile of WordPress and the files beside it: linted, held against each other and against the chart. Never built.
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { validate } from 'dockerfile-utils';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { privateFolder } from '../services/process.ts';
import { IMAGE } from '../services/wordpress-image.ts';

const read = (name: string): string => readFileSync(join(IMAGE, name), 'utf8');
const [dockerfile, nginx, fpm, ini, readme] = ['Dockerfile', 'nginx.conf', 'php-fpm.conf', 'php.ini', 'README.md'].map(
  read,
) as [string, string, string, string, string];
const values = parse(read('../values.yaml')) as { shutdown: { finishSeconds: number } };
const PHP = 'php8.2';
const folder = privateFolder('image-of-wordpress');
afterAll(() => folder.remove());

const instructions = dockerfile
  .replaceAll(/^\s*#.*\n/gm, '')
  .replaceAll(/\\\n/g, ' ')
  .split('\n')
  .filter((line) => line.trim() !== '')
  .map((line) => ({ keyword: line.split(' ', 1)[0]!, rest: line.slice(line.indexOf(' ') + 1).trim() }));
const all = (keyword: string) => instructions.filter((i) => i.keyword === keyword).map((i) => i.rest);
const images = all('FROM').map((rest) => rest.split(' ')[0]!);
const copied = all('COPY')
  .filter((rest) => !rest.includes('--from='))
  .map((rest) => rest.split(/\s+/) as [from: string, to: string]);
/** Seconds or megabytes that a line sets. */
const number = (text: string, line: RegExp): number => {
  const found = line.exec(text);
  if (found === null) throw new Error(`nothing like ${line}`);
  return Number(found[1]);
};

describe('the Dockerfile', () => {
  it('has no problem that dockerfile-utils knows', () => {
    const problems = validate(dockerfile, {
      deprecatedMaintainer: 2,
      directiveCasing: 2,
      instructionCasing: 2,
      instructionWorkdirRelative: 2,
    });
    expect(problems.map((p) => `${p.range.start.line + 1}: ${p.message}`)).toEqual([]);
    expect(validate(`${dockerfile}\nFORM x`, {}).length, 'and it sees problems at all').toBeGreaterThan(0);
  });
  it('has tags that do not move by themselves, of one PHP, and the README names each as open', () => {
    expect(images).toHaveLength(4);
    for (const image of images) {
      expect(image).toMatch(/^docker\.io\/library\/[a-z]+:(?!latest)[\w.-]+$/);
      expect(readme).toContain(`\`${image}\``);
      expect(image).toMatch(/\b(?:php)?:?8\.3\b|php8\.3\b/);
    }
    for (const [release] of dockerfile.matchAll(/\b(?:redis|opentelemetry)-\d[\d.]+/g))
      expect(readme).toContain(`\`${release}\``);
  });
  it('copies every file of this folder, and no others', () => {
    const sources = copied.map(([from]) => from);
    for (const from of sources) expect(existsSync(join(IMAGE, from)), from).toBe(true);
    const files = globSync('**/*', { cwd: IMAGE }).filter((name) => statSync(join(IMAGE, name)).isFile());
    const left = files.filter((name) => !sources.some((from) => name === from || name.startsWith(from)));
    expect(left.sort()).toEqual(['Dockerfile', 'README.md']);
  });
  it('copies from stages that are there', () => {
    const stages = all('FROM').flatMap((rest) => / AS (\w+)$/.exec(rest)?.[1] ?? []);
    const used = all('COPY').flatMap((rest) => /--from=(\w+)/.exec(rest)?.[1] ?? []);
    expect([...new Set(used)].sort()).toEqual(stages.sort());
  });
  it('runs as the user of the chart, ends by the signal of the contract, and has no volume', () => {
    const pod = read('../templates/_pod.tpl');
    expect(all('USER')).toEqual([`${number(pod, /runAsUser: (\d+)/)}:${number(pod, /runAsGroup: (\d+)/)}`]);
    expect(all('STOPSIGNAL')).toEqual(['SIGQUIT']);
    expect(all('VOLUME')).toEqual([]);
  });
  it('puts files where the others look for them, and opens the ports on which nginx listens', () => {
    const place = (name: string) => copied.find(([from]) => from === name)?.[1];
    expect(ini).toContain(`auto_prepend_file = ${place('mu-plugins/')}platform/log.php`);
    expect(nginx).toContain(`root ${all('WORKDIR')[0]};`);
    expect(place('wp-config.php')).toBe(`${all('WORKDIR')[0]}/wp-config.php`);
    expect(JSON.parse(all('ENTRYPOINT')[0]!)).toEqual([place('entrypoint.sh')]);
    const listens = [...nginx.matchAll(/listen (\d+);/g)].map(([, port]) => port);
    expect(all('EXPOSE')[0]?.split(' ')).toEqual(listens);
    for (const path of nginx.matchAll(/\$document_root\/wp-content\/(mu-plugins\/[\w./-]+\.php)/g))
      expect(existsSync(join(IMAGE, path[1]!)), path[1]).toBe(true);
  });
});

describe('limits', () => {
  it('fit into each other and into those of the chart', () => {
    const terminate = number(fpm, /\[www\][^[]*request_terminate_timeout = (\d+)s/);
    expect(number(fpm, /process_control_timeout = (\d+)s/)).toBeLessThanOrEqual(values.shutdown.finishSeconds);
    expect(terminate).toBeLessThanOrEqual(values.shutdown.finishSeconds);
    expect(number(ini, /max_execution_time = (\d+)/)).toBeLessThan(terminate);
    expect(number(nginx, /fastcgi_read_timeout (\d+)s;\n {2}fastcgi_connect/)).toBeGreaterThan(terminate);
    const upload = number(ini, /upload_max_filesize = (\d+)M/);
    expect([number(ini, /post_max_size = (\d+)M/), number(nginx, /client_max_body_size (\d+)m/)]).toEqual([
      upload,
      upload,
    ]);
    expect(number(ini, /memory_limit = (\d+)M/)).toBeGreaterThan(upload);
  });
  it('are left to the chart where it sets them', () => {
    expect(nginx).not.toMatch(/^\s*(?:daemon|user)\b/m);
    expect(fpm).toContain('pm.max_children = $' + '{PHP_FPM_MAX_CHILDREN}');
    expect(fpm).not.toMatch(/^(?:user|group) *=/m);
  });
});

describe('locations of nginx', () => {
  it('have no add_header, which would take away the security headers', () => {
    for (const [block] of nginx.matchAll(/^ {4}location [^{]*\{(?:[^{}]|\{[^{}]*\})*\}/gm))
      expect(block).not.toContain('add_header');
    expect(nginx.match(/^ {4}add_header .* always;$/gm)).toHaveLength(5);
  });
});

describe('every file of PHP', () => {
  const files = globSync('**/*.php', { cwd: IMAGE });
  it.each(files)('%s can be read by PHP, says what it is, and cannot be run from outside', (name) => {
    const { status, stdout } = spawnSync(PHP, ['-l', join(IMAGE, name)], { encoding: 'utf8' });
    expect(status, stdout).toBe(0);
    const text = read(name);
    expect(text).toMatch(/^<\?php\n\/\*\*\n \* [A-Z]/);
    expect(text.split('\n').length).toBeLessThanOrEqual(151);
    if (name.startsWith('mu-plugins/') && !name.includes('platform/'))
      expect(text).toContain("defined( 'ABSPATH' ) || exit;");
  });
  it('there is', () => expect(files.length).toBeGreaterThan(10));
});

describe('the entrypoint', () => {
  const run = (env: Record<string, string>, ...args: string[]) =>
    spawnSync('sh', [join(IMAGE, 'entrypoint.sh'), ...args], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, RUN_FOLDER: folder.path, ...env },
    });
  it('becomes the program that was asked for, without a word of nginx', () => {
    expect(run({}, 'sh', '-c', 'echo $0 "$1"', 'a b', 'c').stdout).toBe('a b c\n');
  });
  it.each([
    [{}, 'TRUSTED_PROXIES is missing'],
    [{ TRUSTED_PROXIES: '10.0.0.0/8; include /etc/passwd' }, 'must be networks with commas between'],
    [{ TRUSTED_PROXIES: '10.0.0.0/8\nevil' }, 'must be networks with commas between'],
    [{ TRUSTED_PROXIES: '10.0.0.0/8', VISITOR_HEADER: 'X; evil' }, 'must be the name of a header'],
  ])('does not start nginx with %j', (env, message) => {
    const { status, stderr } = run(env as Record<string, string>, 'nginx', '-v');
    expect([status, stderr]).toEqual([1, expect.stringContaining(message)]);
  });
  it('writes each network for nginx', () => {
    expect(run({ TRUSTED_PROXIES: '10.0.0.0/8,2001:db8::/32' }, 'nginx', '-v').status).toBe(0);
    expect(readFileSync(join(folder.path, 'trusted-proxies.conf'), 'utf8')).toBe(
      'real_ip_header X-Forwarded-For;\nset_real_ip_from 10.0.0.0/8;\nset_real_ip_from 2001:db8::/32;\n',
    );
    expect(readFileSync(join(folder.path, 'from-proxy.conf'), 'utf8')).toBe('10.0.0.0/8 1;\n2001:db8::/32 1;\n');
  });
});
