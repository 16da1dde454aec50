// Who may do what: guesses at the token, the signal that opens an inspector, a process with nothing but its data, and what is installed.
import { chmodSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Exporter, startExporter, until } from '../services/exporter.ts';
import { privateFolder } from '../services/process.ts';
import { type SmallSite, smallSpec, startSmallSite } from '../services/small-site.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const TOKEN = 'A-Token-Of-The-Tests';
const GOOD = 'slo_events_total{slo="up",result="good",location="main"}';
const folder = privateFolder('access');
let site: SmallSite;
let exporter: Exporter | undefined;

beforeAll(async () => {
  site = await startSmallSite();
  chmodSync(folder.path, 0o755);
});
afterEach(async () => {
  await exporter?.end('SIGKILL');
  exporter = undefined;
});
afterAll(() => {
  site.stop();
  folder.remove();
});

async function start(name: string, more = '', within: readonly string[] = []): Promise<Exporter> {
  const [config, data] = [join(folder.path, `${name}.yaml`), join(folder.path, name)];
  writeFileSync(config, smallSpec(site.url, more));
  mkdirSync(data);
  exporter = await startExporter({
    args: ['--config', config, '--data', data],
    within: within.map((w) => w.replaceAll('DATA', data)),
  });
  return exporter;
}
const goes = async ({ metric, log }: Exporter) => {
  const before = (await metric(GOOD)) ?? 0;
  await until(async () => ((await metric(GOOD)) ?? 0) >= before + 2, log);
};

describe('an exporter', () => {
  it('Z06 answers ten thousand guesses at its token with 401 and nothing else, and scrapes with the token beside them', async () => {
    const file = join(folder.path, 'token');
    writeFileSync(file, TOKEN, { mode: 0o600 });
    const { url, log } = await start('guessed', `exporter: { tokenFile: ${file} }\n`);
    const agent = new Agent({ keepAlive: true, maxSockets: 20 });
    const ask = (path: string, authorization?: string) =>
      new Promise<string>((resolve, reject) => {
        const headers = authorization === undefined ? {} : { authorization };
        request(url + path, { agent, headers }, (answer) => {
          let body = '';
          answer.setEncoding('utf8').on('data', (text) => {
            body += text;
          });
          answer.on('end', () => resolve(`${answer.statusCode} ${body}`));
        })
          .on('error', reject)
          .end();
      });
    const guess = (i: number): string | undefined => {
      if (i % 7 === 0) return undefined;
      const cut = TOKEN.slice(0, i % TOKEN.length);
      const wrong = [`${cut}${i}`, `${TOKEN}${i}`, TOKEN.toLowerCase(), `${TOKEN.slice(0, -1)}`, ` ${TOKEN.slice(1)}`][
        i % 5
      ]!;
      return i % 3 === 0 ? `Basic ${Buffer.from(`plimsoll:${wrong}`).toString('base64')}` : `Bearer ${wrong}`;
    };
    const paths = ['/metrics', '/probe?target=site', '/api/v1/slos', '/', '/target/site', '/config'];
    const [logged, runs] = [log().length, site.requests];
    const scrape = async () => {
      for (let i = 0; i < 10; i++)
        expect(await ask('/metrics', `Bearer ${TOKEN}`)).toMatch(/^200 [\s\S]*slo_events_total/);
    };
    const scraping = scrape();
    const answers = new Set<string>();
    await Promise.all(
      Array.from({ length: 20 }, async (_, worker) => {
        for (let i = worker; i < 10_000; i += 20) answers.add(await ask(paths[i % paths.length]!, guess(i)));
      }),
    );
    await scraping;
    expect([...answers].map((text) => text.slice(0, 3))).toEqual([...answers].map(() => '401'));
    // One answer for /metrics and the like, one for pages: whether a guess was near is not told.
    expect(answers.size).toBeLessThanOrEqual(2);
    for (const answer of answers) expect(answer).not.toMatch(/site|slo_|probe_|up"|\d{5}/);
    expect(log().length - logged).toBeLessThan(2_000);
    // None of the guesses made a probe: what was asked for meanwhile is the schedule.
    expect(site.requests - runs).toBeLessThan(300);
    agent.destroy();
  });
  it('Z08 opens no inspector on SIGUSR1, says so, and goes on', async () => {
    const running = await start('signalled');
    await goes(running);
    const before = listening(running.pid);
    expect(before).toHaveLength(1);
    process.kill(running.pid, 'SIGUSR1');
    await until(async () => running.log().includes('SIGUSR1 ignored'), running.log);
    await goes(running);
    expect(listening(running.pid)).toEqual(before);
    expect(running.log()).not.toMatch(/Debugger listening/);
  });
  it('Z09 runs as uid 65532 without capabilities on a root that is read-only, and writes to its data directory alone', async () => {
    const script = [
      'mount -t tmpfs -o size=8m,mode=700,uid=65532,gid=65532 tmpfs DATA',
      // Everything that can be: what is left are the file systems of the kernel.
      `awk '$2 !~ "^(DATA|/proc|/sys|/dev)" { print $2 }' /proc/mounts | sort -r | while read -r m; do mount -o remount,bind,ro "$m" || true; done`,
      'exec setpriv --reuid 65532 --regid 65532 --clear-groups --inh-caps=-all --bounding-set=-all --no-new-privs "$@"',
    ].join('\n');
    const running = await start('confined', '', ['unshare', '-m', 'sh', '-c', script, 'sh']);
    await goes(running);
    const status = readFileSync(`/proc/${running.pid}/status`, 'utf8');
    expect(status).toMatch(/^Uid:\t65532\t65532\t65532\t65532$/m);
    expect(status).toMatch(/^CapEff:\t0+$/m);
    expect(status).toMatch(/^CapBnd:\t0+$/m);
    expect(status).toMatch(/^NoNewPrivs:\t1$/m);
    const writable = readFileSync(`/proc/${running.pid}/mounts`, 'utf8')
      .split('\n')
      .map((line) => line.split(' '))
      .filter(
        ([, at = '', , options = '']) =>
          at !== '' && !/^\/(proc|sys|dev)(\/|$)/.test(at) && options.split(',').includes('rw'),
      );
    expect(writable.map(([, at]) => at)).toEqual([join(folder.path, 'confined')]);
    expect(await running.metric('plimsoll_store_up')).toBe(1);
    expect(await running.metric('plimsoll_store_errors_total')).toBe(0);
    expect(readdirSync(`/proc/${running.pid}/root${join(folder.path, 'confined')}`)).not.toEqual([]);
    expect(await running.end('SIGTERM')).toBe(0);
  });
});

/** Inodes of the sockets on which a process listens. */
function listening(pid: number): string[] {
  const sockets = ['tcp', 'tcp6'].flatMap((file) =>
    readFileSync(`/proc/${pid}/net/${file}`, 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === '0A')
      .map((fields) => `socket:[${fields[9]}]`),
  );
  const own = readdirSync(`/proc/${pid}/fd`).map((fd) => link(`/proc/${pid}/fd/${fd}`));
  return sockets.filter((socket) => own.includes(socket));
}
/** Where it leads; empty if it was closed meanwhile. */
const link = (path: string): string => {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
};

interface Locked {
  readonly version?: string;
  readonly hasInstallScript?: boolean;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly optional?: boolean;
}
type Lock = { readonly packages: Readonly<Record<string, Locked>> };
/** Packages whose install script is known; npm does not run them unasked, and none is needed. */
const KNOWN_SCRIPTS = ['node_modules/protobufjs'];

/** Binaries of the formatter and of the search for dead code for other systems: the registry that made the lock did not tell. */
const WITHOUT_SUM = /^node_modules\/(@biomejs\/cli-|@oxc-parser\/binding-)/;

/** What is wrong with a lock file: scripts that are new, and packages that are not what the registry has. */
function trouble({ packages }: Lock): string[] {
  return Object.entries(packages).flatMap(([name, { hasInstallScript, integrity, resolved = '', link, optional }]) => {
    const needsSum = name !== '' && link !== true && !(optional === true && WITHOUT_SUM.test(name));
    return [
      ...(hasInstallScript === true && !KNOWN_SCRIPTS.includes(name)
        ? [`${name} runs a script when it is installed`]
        : []),
      ...(needsSum && integrity === undefined ? [`${name} has no integrity`] : []),
      ...(/^(git|file|http:)/.test(resolved) ? [`${name} is not from the registry: ${resolved}`] : []),
    ];
  });
}

interface Wanted {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}
/** Exact versions that package.json wants, and that the lock does not hold. */
function unlocked({ packages }: Lock, { dependencies, devDependencies, optionalDependencies }: Wanted): string[] {
  return Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })
    .filter(([name, version]) => packages[`node_modules/${name}`]?.version !== version)
    .map(([name, version]) => `${name} ${version} is not in the lock file`);
}

describe('what is installed', () => {
  it('Z10 fails the tests when a package gains a script, lacks its checksum, or is not in the lock file', () => {
    const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as Lock;
    expect(trouble(lock)).toEqual([]);
    const changed = (change: Locked) =>
      trouble({
        packages: { ...lock.packages, 'node_modules/pino': { ...lock.packages['node_modules/pino'], ...change } },
      });
    expect(changed({ hasInstallScript: true })).toEqual(['node_modules/pino runs a script when it is installed']);
    expect(changed({ resolved: 'git+ssh://git@github.com/x/pino.git#1' })).toHaveLength(1);
    expect(trouble({ packages: { 'node_modules/pino': {} } })).toEqual(['node_modules/pino has no integrity']);
    // npm ci refuses these, too; here it is seen without a registry.
    const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Wanted;
    expect(unlocked(lock, manifest)).toEqual([]);
    const wanting = (more: Record<string, string>) =>
      unlocked(lock, { ...manifest, dependencies: { ...manifest.dependencies, ...more } });
    expect(wanting({ 'left-pad': '1.3.0' })).toEqual(['left-pad 1.3.0 is not in the lock file']);
    expect(wanting({ pino: '9.0.0' })).toEqual(['pino 9.0.0 is not in the lock file']);
  });
});
