// What the workflows run: the programs of infra/pipelines on a copy of an environment with real servers, and the workflows themselves.
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { makeCa } from '../services/ca.ts';
import { type Exporter, startExporter } from '../services/exporter.ts';
import { privateFolder } from '../services/process.ts';
import { pythonTool } from './python.ts';
import { type Applied, copyOf, isRealProvider, SECRETS } from './terraform/environments.ts';
import { toolPath } from './tools.ts';

const ROOT = new URL('../../', import.meta.url).pathname;
const WORKFLOWS = join(ROOT, '.github/workflows');
const folder = privateFolder('pipelines');
afterAll(() => folder.remove());

interface Ended {
  readonly code: number;
  readonly out: string;
}
const run = (command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(
      command,
      args,
      { cwd: ROOT, env: { ...process.env, ...env }, maxBuffer: 100_000_000 },
      (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code), out: stdout + stderr }),
    );
  });

describe('infra/pipelines', () => {
  const ca = makeCa(folder.path);
  const { cert, key } = ca.issue('origin', ['origin.example.com']);
  let of: Applied;
  let isReal = false;
  let origin: Server;
  let exporter: Exporter;
  let port: number;
  let certificate = '00000000-0000-4000-8000-00000000c0de';
  const env = () => ({
    ...SECRETS,
    PLIMSOLL_ENVIRONMENTS: join(of.space.path, 'environments'),
    TF_VAR_certificate_id: certificate,
    ORIGIN_CA: join(folder.path, 'ca.pem'),
    PLIMSOLL_URL: exporter.url,
    PLIMSOLL_TOKEN: 'token-of-the-test',
    GITHUB_ACTIONS: '',
    TF_CLI_ARGS: '-no-color',
  });
  const terraform = (...args: string[]) => run(process.execPath, ['infra/pipelines/terraform.ts', ...args], env());
  const failover = (...args: string[]) => run(process.execPath, ['infra/pipelines/failover.ts', ...args], env());
  const active = async () => (await of.must(['output', '-raw', 'active_origin'])).trim();
  const listen = (at: number) =>
    new Promise<number>((resolve) => {
      origin = createServer({ cert: readFileSync(cert), key: readFileSync(key) }, (_, answer) => answer.end('ok'));
      origin.listen(at, '127.0.0.1', () => resolve((origin.address() as AddressInfo).port));
    });

  beforeAll(async () => {
    of = await copyOf('prod');
    isReal = await isRealProvider(of);
    port = await listen(0);
    await new Promise((resolve) => origin.close(resolve));
    // Where the origin listens in this test.
    of.change(`${of.folder}/outputs.tf`, /origin_host\}\/", address = var/, `origin_host}:${port}/", address = var`);
    of.change(`${of.folder}/terraform.tfvars`, '198.51.100.80', '127.0.0.1');
    writeFileSync(join(folder.path, 'token'), 'token-of-the-test', { mode: 0o600 });
    writeFileSync(
      join(folder.path, 'plimsoll.yaml'),
      `targets: [{ name: t, kind: tcp, url: "tcp://127.0.0.1:9", interval: 1h }]
slos: [{ name: s, service: wordpress, team: web, objective: 99%, window: 30d, sli: { kind: probe, target: t } }]
exporter: { eventsTokenFile: token }
`,
    );
    exporter = await startExporter({
      args: [
        '--config',
        join(folder.path, 'plimsoll.yaml'),
        '--data',
        join(folder.path, 'data'),
        '--log-level',
        'error',
      ],
    });
  }, 120_000);
  afterAll(async () => {
    origin?.close();
    await exporter?.end('SIGTERM');
    of?.space.remove();
  });

  it('say what to write', async () => {
    expect(await terraform('destroy', 'prod')).toEqual({
      code: 1,
      out: 'write node infra/pipelines/terraform.ts plan|apply|drift|follow ENVIRONMENT\n',
    });
    expect(await terraform('plan', 'test')).toEqual({
      code: 1,
      out: 'there is no environment "test"; there are dev, prod\n',
    });
    expect(await failover('west', 'prod')).toEqual({
      code: 1,
      out: 'write node infra/pipelines/failover.ts primary|standby ENVIRONMENT\n',
    });
  });
  it('plan, apply, and see drift', async (context) => {
    if (isReal) context.skip('the provider asks the cloud');
    const planned = await terraform('plan', 'prod');
    expect(planned).toMatchObject({ code: 0, out: expect.stringMatching(/Plan: \d+ to add/) });
    expect(planned.out).not.toContain('made-up-for-the-tests');
    expect(await terraform('apply', 'prod')).toMatchObject({
      code: 0,
      out: expect.stringContaining('Apply complete!'),
    });
    expect(await terraform('drift', 'prod')).toMatchObject({ code: 0, out: expect.stringContaining('prod: no drift') });
    of.change(`${of.folder}/sizes.tf`, /storage_gb = \d+/, 'storage_gb = 500');
    expect(await terraform('drift', 'prod')).toMatchObject({
      code: 1,
      out: expect.stringContaining('Somebody changed the cloud by hand'),
    });
  });
  it('follow what IONOS changes by itself, and nothing else', async (context) => {
    if (isReal) context.skip('the provider asks the cloud');
    expect(await terraform('follow', 'prod')).toMatchObject({
      code: 1,
      out: expect.stringContaining('nothing was changed: module.database.ionoscloud_mariadb_cluster.this (update)'),
    });
    of.change(`${of.folder}/sizes.tf`, 'storage_gb = 500', 'storage_gb = 100');
    expect(await terraform('follow', 'prod')).toMatchObject({
      code: 0,
      out: expect.stringContaining('nothing to follow'),
    });
    // A renewal gives the certificate another id.
    certificate = '00000000-0000-4000-8000-00000000beef';
    const followed = await terraform('follow', 'prod');
    expect(followed, followed.out.slice(-1500)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/prod: module\.edge\.ionoscloud_(application|cdn)/),
    });
    expect(await terraform('drift', 'prod')).toMatchObject({ code: 0 });
  });
  it('the failover changes nothing while the other side is down', async (context) => {
    if (isReal) context.skip('the provider asks the cloud');
    expect(await failover('standby', 'prod')).toMatchObject({
      code: 1,
      out: expect.stringMatching(/does not answer as it should: nothing was changed/),
    });
    expect(await active()).toBe('primary');
  });
  it('then leads the names to the standby, whatever else is pending, tells the exporter, and stays there', async (context) => {
    if (isReal) context.skip('the provider asks the cloud');
    await listen(port);
    of.change(`${of.folder}/sizes.tf`, 'storage_gb = 100', 'storage_gb = 500');
    const moved = await failover('standby', 'prod');
    expect(moved, moved.out.slice(-2000)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/failover of wordpress at .* is recorded/),
    });
    expect(await active()).toBe('standby');
    expect(await exporter.metric('change_events_total{kind="failover",service="wordpress"}')).toBe(1);
    expect(await failover('standby', 'prod')).toMatchObject({
      code: 0,
      out: expect.stringContaining('is on the origin standby already'),
    });
    // Only the names were led elsewhere: the rest is still pending, and whoever applies it does not take the failover back.
    const pending = await terraform('drift', 'prod');
    expect(pending).toMatchObject({ code: 1, out: expect.stringMatching(/0 to add, 1 to change, 0 to destroy/) });
    expect(await terraform('apply', 'prod')).toMatchObject({ code: 0 });
    expect(await active()).toBe('standby');
  });
  it('nothing is planned without the state, where only a bucket keeps it', async () => {
    const ended = await run(process.execPath, ['infra/pipelines/terraform.ts', 'plan', 'prod'], {
      ...env(),
      GITHUB_ACTIONS: 'true',
      TF_STATE_BUCKET: '',
    });
    expect(ended).toEqual({ code: 1, out: expect.stringMatching(/^TF_STATE_BUCKET is not set/) });
  });
  it('an environment without a standby says how to get one', async (context) => {
    if (isReal) context.skip('the provider asks the cloud');
    of.change(`${of.folder}/terraform.tfvars`, /standby_address .*/, '');
    const refused = await failover('standby', 'prod');
    expect(refused.code).toBe(1);
    expect(refused.out).toMatch(/set standby_address|has no origin "standby"/);
  });
  it('an image has a tag that never moves, and is pushed with SBOM and signature', async () => {
    const image = (name: string) =>
      run('infra/pipelines/image.sh', [name], {
        DRY_RUN: '1',
        REGISTRY: 'r.example.com',
        REGISTRY_USER: 'u',
        REGISTRY_PASSWORD: 'hidden',
      });
    for (const tag of ['latest', 'v', 'wordpress-latest', 'x-1.0.0'])
      expect(await image(tag)).toMatchObject({ code: 2, out: expect.stringContaining(`no image is called ${tag}`) });
    for (const [tag, reference, folder] of [
      ['v1.2.3', 'plimsoll:1.2.3', '.'],
      ['wordpress-7.0.1-1', 'wordpress:7.0.1-1', 'helm/wordpress/image'],
      ['backup-0.1.0', 'backup:0.1.0', 'infra/kubernetes/backup/image'],
    ] as const) {
      const { code, out } = await image(tag);
      expect(code).toBe(0);
      const [, built] = out.split('\n');
      expect(built).toContain('docker buildx build --platform linux/amd64 --sbom=true --provenance=mode=max --push');
      expect(built).toContain(`--tag r.example.com/${reference} `);
      expect(built!.trim().endsWith(` ${folder}`)).toBe(true);
      expect(existsSync(join(ROOT, folder, 'Dockerfile')), folder).toBe(true);
      expect(out).toContain(`cosign sign --yes r.example.com/${reference.split(':')[0]}@sha256:`);
      expect(out).not.toContain('hidden');
    }
  });
  it('a push without addresses says what it leaves out', async () => {
    const { code, out } = await run('infra/pipelines/push.sh', [], { GRAFANA_URL: '', MIMIR_URL: '' });
    expect({ code, lines: out.trim().split('\n').length }).toEqual({ code: 0, lines: 2 });
    expect(
      await run('infra/pipelines/push.sh', [], { GRAFANA_URL: 'http://127.0.0.1:9', MIMIR_URL: '' }),
    ).toMatchObject({
      code: 1,
      out: expect.stringContaining('GRAFANA_TOKEN'),
    });
  });
});

describe('the workflows', () => {
  interface Step {
    readonly uses?: string;
    readonly run?: string;
  }
  interface Job {
    readonly steps: readonly Step[];
    readonly permissions?: object;
    readonly 'timeout-minutes'?: number;
    readonly environment?: string;
    readonly concurrency?: object;
  }
  const files = readdirSync(WORKFLOWS).map((name) => {
    const text = readFileSync(join(WORKFLOWS, name), 'utf8');
    return { ...(parse(text) as { permissions: object; jobs: Record<string, Job>; concurrency?: object }), name, text };
  });
  const jobs = files.flatMap(({ name, jobs: all, concurrency }) =>
    Object.entries(all).map(([job, of]) => ({ name: `${name} ${job}`, ...of, locked: concurrency ?? of.concurrency })),
  );
  it('are those that are promised', () => {
    expect(files.map(({ name }) => name).sort()).toEqual([
      'apply.yml',
      'ci.yml',
      'drift.yml',
      'failover.yml',
      'follow.yml',
      'generated.yml',
      'image.yml',
      'manifests.yml',
      'plan.yml',
    ]);
  });
  it('use actions by commit, with the tag beside', () => {
    for (const { name, text } of files)
      for (const [line] of text.matchAll(/uses:.*/g))
        expect(line, name).toMatch(/^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });
  it('may do nothing but what a job says, end in time, and lock what they change', () => {
    for (const { name, permissions } of files) expect(permissions, name).toEqual({});
    for (const { name, ...job } of jobs) {
      expect(job.permissions, name).toBeDefined();
      expect(job['timeout-minutes'], name).toBeGreaterThan(0);
      expect(job.locked, name).toBeDefined();
    }
  });
  it('run npm scripts and files of the repository, and nothing else', () => {
    const scripts = Object.keys(
      (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: object }).scripts,
    );
    const unknown = jobs
      .flatMap(({ steps }) => steps)
      .flatMap(({ run: line }) => {
        if (line === undefined || /^npm ci( --omit=dev)?$/.test(line) || /^npx plimsoll /.test(line)) return [];
        const script = /^npm run ([\w:]+)/.exec(line)?.[1];
        if (script !== undefined) return scripts.includes(script) ? [] : [line];
        const file = line.replace(/^node /, '').split(' ')[0]!;
        return existsSync(join(ROOT, file)) ? [] : [line];
      });
    expect(unknown).toEqual([]);
  });
  it('what changes the cloud needs an environment with its approval', () => {
    const changing = jobs.filter(({ steps }) =>
      steps.some(({ run: line = '' }) => /terraform\.ts (apply|follow)|failover\.ts|image\.sh|push\.sh/.test(line)),
    );
    expect(changing.length).toBe(5);
    for (const { name, environment } of changing) expect(environment, name).toBeDefined();
  });
  it('are clean for actionlint and zizmor', () => {
    const lint = spawnSync(toolPath('actionlint'), ['-no-color'], { cwd: ROOT, encoding: 'utf8' });
    expect(lint.stdout + lint.stderr).toBe('');
    const audit = spawnSync(pythonTool('zizmor'), ['--offline', '--persona=auditor', '--no-progress', '.github'], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    expect(audit.status, audit.stdout).toBe(0);
  });
});
