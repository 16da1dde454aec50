// Values that the chart of WordPress refuses, with what a person reads then; the table of values; and the script before an upgrade.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { freePort, privateFolder } from '../../services/process.ts';
import { chartFolder, ciPath, only, refusal, rendered } from './chart.ts';
import { readmeOf } from './values-table.ts';

const MINIMAL = ['--values', ciPath('wordpress', 'minimal-values.yaml')];
const PROD = ['--values', ciPath('wordpress', 'prod-values.yaml')];
const folder = privateFolder('chart-wordpress');
afterAll(() => folder.remove());

describe('the chart refuses', () => {
  it.each([
    ['an unknown key', 'replica: 1', "at '': additional properties 'replica' not allowed"],
    ['an unknown key below another', 'database: { password: a }', "'/database': additional properties 'password' not"],
    ['a secret by value', 'existingSecret: { DB_PASSWORD: a }', "at '/existingSecret': got object, want string"],
    ['a URL as host', 'host: https://shop.example.org', "at '/host': 'https://shop.example.org' does not match"],
    ['a host without a domain', 'host: shop', "at '/host': 'shop' does not match pattern"],
    ['a tag in the repository', 'image: { repository: "a.example/b:1" }', "at '/image/repository'"],
    ['a digest that is none', 'image: { digest: "sha256:1" }', "'sha256:1' does not match pattern"],
    ['a tag that moves', 'image: { tag: latest }', 'image.tag is latest, which is another image tomorrow'],
    ['no release', 'image: { tag: "" }', 'image has neither tag nor digest'],
    ['no image', 'image: { repository: "" }', 'image.repository is empty: name the image in your registry'],
    [
      'an exporter without release',
      'fpmExporter: { enabled: true }',
      'fpmExporter.image has neither tag nor digest: name a release',
    ],
    [
      'another image for nginx without release',
      'nginx: { image: { repository: a.example/b } }',
      'nginx.image has neither tag nor digest',
    ],
    ['a bad port', 'database: { port: 70000 }', 'maximum: got 70,000, want 65,535'],
    ['a port as text', 'cache: { port: "6379" }', "at '/cache/port': got string, want integer"],
    ['an address without a mask', 'database: { cidr: 10.7.222.1 }', "at '/database/cidr': '10.7.222.1' does not match"],
    ['an address that is none', 'cache: { cidr: 10.7.300.0/24 }', "at '/cache/cidr'"],
    ['a bucket in plain text', 'objectStorage: { endpoint: "http://s3.example.org" }', "at '/objectStorage/endpoint'"],
    ['a bad bucket', 'objectStorage: { bucket: My_Media }', "at '/objectStorage/bucket'"],
    ['a CDN without TLS', 'cdnUrl: http://cdn.example.org', "at '/cdnUrl'"],
    ['a proxy that is everybody', 'trustedProxies: [0.0.0.0/0]', "at '/trustedProxies/0': 'not' failed"],
    ['a share above one', 'traces: { ratio: 10 }', "at '/traces/ratio': maximum: got 10, want 1"],
    ['a collector with a path', 'traces: { endpoint: "http://a:4318/v1/traces" }', "at '/traces/endpoint'"],
    ['too frequent scrapes', 'podMonitor: { interval: 5s }', "at '/podMonitor/interval'"],
    ['a schedule that is none', 'cron: { schedule: every minute }', "at '/cron/schedule'"],
    ['memory in other units', 'php: { memory: 1GB }', "at '/php/memory': '1GB' does not match pattern"],
    ['no worker', 'php: { workers: 0 }', 'minimum: got 0, want 1'],
    ['nobody who may send requests', 'networkPolicy: { webFrom: [] }', 'minItems: got 0, want 1'],
    ['two ways in', 'ingress: { enabled: true }', 'route.enabled and ingress.enabled are both true'],
    ['a route to nowhere', 'route: { gateway: { name: "" } }', 'route.gateway.name is empty: name the Gateway'],
    ['fewest above most', 'autoscaling: { maxReplicas: 5 }', 'autoscaling.minReplicas (6) is above autoscaling.max'],
    ['fewer pods than zones', 'autoscaling: { minReplicas: 2 }', '2 pods cannot stand in 3 zones'],
    ['fewer pods than zones, by number', 'autoscaling: { enabled: false }\nreplicas: 2', '2 pods cannot stand in 3'],
    [
      'busy workers without exporter',
      'autoscaling: { busyPercent: 70 }',
      'phpfpm_active_processes of fpmExporter, which is off',
    ],
    ['no host', 'host: ""', 'host is empty: the name under which visitors see the site'],
    ['no secret', 'existingSecret: ""', 'existingSecret is empty: the Secret with passwords, keys and salts'],
    ['no database', 'database: { host: "" }', 'database.host is empty: Terraform: platform_values.database_host'],
    ['no user', 'database: { user: "" }', 'database.user is empty'],
    ['no network of the database', 'database: { cidr: "" }', 'database.cidr is empty: the network policy'],
    ['no cache', 'cache: { host: "" }', 'cache.host is empty'],
    ['no network of the cache', 'cache: { cidr: "" }', 'cache.cidr is empty: the network policy'],
    ['no endpoint', 'objectStorage: { endpoint: "" }', 'objectStorage.endpoint is empty'],
    ['no region', 'objectStorage: { region: "" }', 'objectStorage.region is empty'],
    ['no bucket', 'objectStorage: { bucket: "" }', 'objectStorage.bucket is empty'],
    ['no proxies', 'trustedProxies: []', 'trustedProxies is empty: the networks of the gateway'],
  ])('%s', (_, values, message) => {
    expect(refusal('wordpress', MINIMAL, values)).toContain(message);
  });

  it('busy workers that nobody scrapes', () => {
    const said = refusal('wordpress', PROD, 'podMonitor: { enabled: false }');
    expect(said).toContain('but podMonitor.enabled is false: switch it on, or set busyPercent to 0');
  });

  it('to run on its defaults', () => {
    expect(refusal('wordpress', [], '{}')).toContain('is empty');
  });
});

describe('the chart takes', () => {
  it('no pods at all, and few that may stand anywhere', () => {
    for (const values of ['replicas: 0', 'replicas: 1\nspread: { strict: false }'])
      expect(() =>
        rendered('wordpress', [...MINIMAL, '--values', '-'], `autoscaling: { enabled: false }\n${values}`),
      ).not.toThrow();
  });

  it('names that look like numbers, as texts', () => {
    const values = `existingSecret: "1"\nimagePullSecrets: ["2"]\npriorityClassName: "3"\nroute: { gateway: { name: "4", namespace: "5", sectionName: "6" } }`;
    const text = JSON.stringify(rendered('wordpress', [...MINIMAL, '--values', '-'], values));
    for (const n of [1, 2, 4]) expect(text).toContain(`"name":"${n}"`);
    expect(text).toContain('"priorityClassName":"3"');
    expect(text).toContain('"namespace":"5","sectionName":"6"');
  });
});

describe('what is missing', () => {
  const checks = readFileSync(join(chartFolder('wordpress'), 'templates/_checks.tpl'), 'utf8');
  const asked = [...checks.matchAll(/platform_values\.(\w+)/g)].map(([, name]) => name!);
  it.each(['dev', 'prod'])('is said to be where Terraform has it in %s', (environment) => {
    const outputs = new URL(`../../../infra/terraform/environments/${environment}/outputs.tf`, import.meta.url);
    const [, values = ''] = /output "platform_values" \{([\s\S]*?)\n\}/.exec(readFileSync(outputs, 'utf8')) ?? [];
    const there = [...values.matchAll(/^ {4}(\w+) +=/gm)].map(([, name]) => name!);
    expect(asked.length).toBeGreaterThan(5);
    expect(there).toEqual(expect.arrayContaining(asked));
  });
});

describe('the table of values', () => {
  it('is that of values.yaml and the schema', () => {
    const { is, shouldBe } = readmeOf('wordpress');
    expect(is.split('\n| `').length).toBeGreaterThan(60);
    expect(is).toBe(shouldBe);
  });
});

describe('the script before an upgrade', () => {
  const [container] = only(rendered('wordpress', MINIMAL), 'Job').spec.template.spec.containers;
  /** Runs what the container runs, with stand-ins for wp-cli and, where it says so, for PHP. */
  function run(
    wp: string,
    php?: string,
  ): { readonly code: number | null; readonly out: string; readonly calls: string } {
    const place = join(folder.path, String(Math.random()).slice(2));
    mkdirSync(place);
    const calls = join(place, 'calls');
    writeFileSync(calls, '');
    const commands = { wp: `echo "$*" >> ${calls}\n${wp}`, ...(php === undefined ? {} : { php }) };
    for (const [name, script] of Object.entries(commands)) {
      writeFileSync(join(place, name), `#!/bin/sh\n${script}\n`);
      chmodSync(join(place, name), 0o755);
    }
    const [command, ...args] = container.args as string[];
    const { status, stdout, stderr } = spawnSync(command!, args, {
      encoding: 'utf8',
      env: { ...ENV, PATH: `${place}:${process.env.PATH}` },
    });
    return { code: status, out: stdout + stderr, calls: readFileSync(calls, 'utf8') };
  }
  const ENV = { DB_HOST: '127.0.0.1', DB_PORT: '1', DB_NAME: 'n', DB_USER: 'u', DB_PASSWORD: 'p' };

  it('updates the tables of a site', () => {
    const { code, calls } = run('exit 0', 'exit 0');
    expect(calls).toBe('core is-installed\ncore update-db\n');
    expect(code).toBe(0);
  });
  it('fails when the update fails', () => {
    expect(run('[ "$2" = is-installed ] || exit 7', 'exit 0').code).toBe(7);
  });
  it('has nothing to do before the site is installed', () => {
    const { code, out, calls } = run('exit 1', 'exit 0');
    expect(out).toContain('WordPress is not installed: nothing to update');
    expect(calls).toBe('core is-installed\n');
    expect(code).toBe(0);
  });
  it('fails with the real PHP when no database answers, and does not take that for a site that is not installed', async () => {
    ENV.DB_PORT = String(await freePort());
    const { code, out, calls } = run('exit 1');
    expect(out).toContain('mysqli_sql_exception: Connection refused');
    expect(calls).toBe('');
    expect(code).toBe(255);
  });
});
