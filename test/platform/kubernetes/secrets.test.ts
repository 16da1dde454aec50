// Secrets from Terraform's outputs and a file of answers into files that sops encrypts, with the real sops and age; and the values beside them.

import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { environmentSpec } from '../../../infra/kubernetes/environment-spec.ts';
import { KUBERNETES, valuesOf } from '../../../infra/kubernetes/environments.ts';
import { ASKED, SECRETS } from '../../../infra/kubernetes/secret-list.ts';
import { substitute } from '../../../infra/kubernetes/substitute.ts';
import { platformValues } from '../../../infra/kubernetes/values.ts';
import { privateFolder } from '../../services/process.ts';
import { toolPath } from '../tools.ts';

const ROOT = join(KUBERNETES, '../..');
const folder = privateFolder('secrets');
afterAll(() => folder.remove());

const USERS = ['wordpress', 'loki', 'tempo', 'mimir', 'backup', 'copy', 'velero'];
const OUTPUTS = {
  environment: 'plimsoll-dev',
  metrics_key: 'metrics-key-of-the-tests',
  logs_key: 'logs-key-of-the-tests',
  registry_pull_username: 'pull',
  registry_pull_password: 'pull-password-of-the-tests',
  object_storage_keys: Object.fromEntries(
    USERS.map((user) => [user, { access_key: `id-${user}`, secret_key: `secret-${user}` }]),
  ),
};
const SHAPED: Readonly<Record<string, string>> = {
  age_recipient: `age1${'q'.repeat(58)}`,
  age_drill_key: `AGE-SECRET-KEY-1${'Q'.repeat(58)}`,
};
const ANSWERS = Object.keys(ASKED)
  .map((name) => `${name}: ${SHAPED[name] ?? `https://answer-${name}`}\n`)
  .join('');

describe('secrets.ts', () => {
  const here = join(folder.path, 'infra/kubernetes');
  const key = join(folder.path, 'age.agekey');
  const environment = {
    ...process.env,
    TF_VAR_database_password: 'database-password-of-the-tests',
    TF_VAR_cache_password: 'cache-password-of-the-tests',
    SOPS_AGE_KEY_FILE: key,
    SOPS: '',
  };

  function run(args: readonly string[], input = JSON.stringify(OUTPUTS), env: Readonly<Record<string, string>> = {}) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(here, 'secrets.ts'), ...args], {
      input,
      encoding: 'utf8',
      env: { ...environment, SOPS: toolPath('sops'), ...env },
    });
    return { code: status, stdout, stderr };
  }
  const decrypted = (name: string) =>
    parse(
      execFileSync(toolPath('sops'), ['decrypt', join(here, 'secrets/dev', name)], {
        env: environment,
        encoding: 'utf8',
      }),
    );

  beforeAll(() => {
    mkdirSync(here, { recursive: true });
    cpSync(KUBERNETES, here, { recursive: true });
    rmSync(join(here, 'secrets'), { recursive: true, force: true });
    symlinkSync(join(ROOT, 'node_modules'), join(folder.path, 'node_modules'));
    writeFileSync(join(folder.path, 'package.json'), '{"type":"module"}');
    writeFileSync(join(folder.path, 'answers.yaml'), ANSWERS);
  });
  const answers = join(folder.path, 'answers.yaml');

  it('prints a file of answers to fill in, with what each of them is', () => {
    const { code, stdout } = run(['dev'], '');
    expect(code).toBe(0);
    expect(Object.keys(parse(stdout))).toEqual(Object.keys(ASKED));
    expect(stdout).toContain('# incoming webhook of Slack for the team web\nslack_web: ""');
  });

  it('refuses to write before the own key is in .sops.yaml', () => {
    expect(run(['dev', answers])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/put the public key of dev into .*\.sops\.yaml/),
    });
    execFileSync('age-keygen', ['--output', key], { stdio: 'pipe' });
    const recipient = /age1\w+/.exec(readFileSync(key, 'utf8'))![0];
    const config = join(here, '.sops.yaml');
    writeFileSync(config, readFileSync(config, 'utf8').replace('age1REPLACE-dev', recipient));
  });

  it('says all that is missing at once, and writes nothing', () => {
    writeFileSync(join(folder.path, 'few.yaml'), 'slack_web: https://x\n');
    const { code, stderr } = run(['dev', join(folder.path, 'few.yaml')], '{"metrics_key":"x"}', {
      TF_VAR_cache_password: '',
    });
    expect(code).toBe(2);
    for (const said of [
      'the variable TF_VAR_cache_password',
      'platform_secrets.object_storage_keys.loki.access_key of Terraform (a user "loki" in object_storage_users)',
      'slack_flux in the file of answers: incoming webhook of Slack for what Flux says',
    ])
      expect(stderr).toContain(said);
    expect(stderr).not.toContain('slack_web in');
    expect(existsSync(join(here, 'secrets'))).toBe(false);
  });

  it('writes a file for each Secret, of which only the names can be read', () => {
    const { code, stdout, stderr } = run(['dev', answers]);
    expect(stderr).toBe('');
    expect([code, stdout]).toEqual([0, expect.stringContaining(`wrote ${SECRETS.length} Secrets`)]);
    const files = readdirSync(join(here, 'secrets/dev'));
    expect(files.length).toBe(SECRETS.length);
    for (const file of files) {
      const text = readFileSync(join(here, 'secrets/dev', file), 'utf8');
      expect(text, file).not.toMatch(/of-the-tests|answer-|secret-\w/);
      const { metadata, stringData } = parse(text);
      expect(`${metadata.namespace}-${metadata.name}.yaml`).toBe(file);
      for (const value of Object.values(stringData)) expect(value, file).toMatch(/^ENC\[/);
    }
  });

  it.each([
    ['age_recipient: age1short\n', 'age_recipient in the file of answers is none: public key of an age key'],
    ['slack_web: hooks.slack.com\n', 'slack_web in the file of answers is none'],
  ])('%j is refused', (line, said) => {
    const file = join(folder.path, 'odd.yaml');
    writeFileSync(file, ANSWERS.replace(new RegExp(`^${line.split(':')[0]}:.*\\n`, 'm'), line));
    expect(run(['dev', file])).toMatchObject({ code: 2, stderr: expect.stringContaining(said) });
  });

  it('outputs of another environment are refused, and what is no JSON', () => {
    const other = JSON.stringify({ ...OUTPUTS, environment: 'plimsoll-prod' });
    expect(run(['dev', answers], other).stderr).toContain('these are the secrets of plimsoll-prod, not of dev');
    expect(run(['dev', answers], 'Error: no state').stderr).toContain('no JSON on standard input');
  });

  it('and sops gives back what went in', () => {
    expect(decrypted('observability-loki-s3.yaml').stringData).toEqual({
      access_key: 'id-loki',
      secret_key: 'secret-loki',
    });
    const { auths } = JSON.parse(decrypted('wordpress-registry.yaml').stringData['.dockerconfigjson']);
    const [[host, login]] = Object.entries(auths) as [[string, { auth: string }]];
    expect(host).toBe(valuesOf('dev').registry_host);
    expect(Buffer.from(login.auth, 'base64').toString()).toBe('pull:pull-password-of-the-tests');
  });

  it('written again, what was made up stays, and what was given is new', () => {
    const before = decrypted('wordpress-wordpress.yaml').stringData;
    expect(run(['dev', answers], undefined, { TF_VAR_database_password: 'another-password-of-the-tests' }).code).toBe(
      0,
    );
    const after = decrypted('wordpress-wordpress.yaml').stringData;
    expect(after).toEqual({ ...before, DB_PASSWORD: 'another-password-of-the-tests' });
    const salts = Object.entries(after).filter(([name]) => /_(KEY|SALT)$/.test(name) && !name.startsWith('S3'));
    expect(new Set(salts.map(([, value]) => value)).size).toBe(8);
    expect(decrypted('monitoring-plimsoll-health.yaml').stringData.token).toBe(after.PLIMSOLL_HEALTH_TOKEN);
    const without = run(['dev', answers], undefined, { SOPS_AGE_KEY_FILE: '/nowhere' });
    expect([without.code, without.stderr]).toEqual([
      2,
      expect.stringContaining('set SOPS_AGE_KEY_FILE to the private key'),
    ]);
  });

  it.each([
    ['no environment', ['staging'], 'usage: secrets.ts dev|prod'],
    ['a key of prod that is not there yet', ['prod', answers], 'put the public key of prod into'],
    ['no sops', ['dev', answers], 'sops cannot be run'],
  ])('%s: says so in a line', (name, args, said) => {
    const { code, stderr } = run(args, undefined, name === 'no sops' ? { SOPS: '/nowhere/sops' } : {});
    expect([code, stderr]).toEqual([2, expect.stringContaining(said)]);
    expect(stderr).not.toContain('    at ');
  });
});

describe('values.ts', () => {
  it('makes a ConfigMap of the outputs', () => {
    const text = platformValues('dev', JSON.stringify({ environment: 'plimsoll-dev', node_port: '30080' }));
    expect(parse(text)).toMatchObject({ metadata: { name: 'platform-values' }, data: { node_port: '30080' } });
  });
  it.each([
    ['', 'no JSON on standard input'],
    ['[]', 'no values on standard input'],
    ['{"registry_host":null}', 'registry_host is null, and should be a text: has everything been applied?'],
    ['{"environment":"plimsoll-prod"}', 'these are the outputs of plimsoll-prod, not of dev'],
  ])('%j is refused', (input, said) => {
    expect(() => platformValues('dev', input)).toThrow(said);
  });
  it('the values that are committed are the outputs that Terraform has, all of them', () => {
    for (const environment of ['dev', 'prod'] as const) {
      const outputs = readFileSync(join(ROOT, `infra/terraform/environments/${environment}/outputs.tf`), 'utf8');
      const block = /output "platform_values" \{[\s\S]*?value = \{\n([\s\S]*?)\n {2}\}/.exec(outputs)![1]!;
      const names = [...block.matchAll(/^ {4}(\w+) +=/gm)].map(([, name]) => name!);
      const committed = parse(
        readFileSync(join(KUBERNETES, `clusters/${environment}/platform-values.yaml`), 'utf8'),
      ).data;
      expect(Object.keys(committed).sort()).toEqual(names.sort());
    }
  });
});

describe('substitute', () => {
  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: places of values
  it.each([
    ['${a} and ${a}', '1 and 1'],
    ['${b:=x}', 'x'],
    ['${a:-x}', '1'],
    ['$${a} $a', '${a} $a'],
  ])('%s becomes %s', (text, expected) => {
    expect(substitute(text, { a: '1' })).toBe(expected);
  });
  it('names all that have no value', () => {
    expect(() => substitute('${x} ${y} ${a}', { a: '1' })).toThrow('no value for x, y');
  });
  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: places of values
});

describe('the spec of an environment', () => {
  const spec = readFileSync(join(ROOT, 'plimsoll.yaml'), 'utf8');
  it('is the one of the repository with other addresses: SLOs, routes and comments stay', () => {
    const [ours, theirs] = [parse(environmentSpec(spec, valuesOf('prod'))), parse(spec)];
    for (const part of ['slos', 'notify', 'alerting', 'maintenance']) expect(ours[part], part).toEqual(theirs[part]);
    expect(ours.targets.map(({ name }: { name: string }) => name)).toEqual(
      theirs.targets.map(({ name }: { name: string }) => name),
    );
    expect(JSON.stringify([ours.targets, ours.sites])).not.toContain('shop.example.org');
    const { wordpress_host, pod_cidr, nodes_cidr } = valuesOf('prod');
    expect(ours.sites).toMatchObject([
      {
        key: 'shop',
        origins: [`https://${wordpress_host}`],
        trustedProxies: [pod_cidr, nodes_cidr],
        visitorHeader: 'X-Envoy-External-Address',
      },
    ]);
  });
  it('is refused with two targets of a kind', () => {
    const twice = spec.replace(
      '\nslos:',
      '  - { name: second, kind: wordpress, url: "https://second.example.org/" }\n\nslos:',
    );
    expect(() => environmentSpec(twice, valuesOf('prod'))).toThrow('two targets of the kind wordpress');
  });
  it.each(['dev', 'prod'] as const)('is without findings in %s, with its secrets in their places', (environment) => {
    const { 'plimsoll.yaml': text } = parse(
      readFileSync(join(KUBERNETES, `apps/${environment}/spec.yaml`), 'utf8'),
    ).data;
    const run = join(folder.path, `run-${environment}`);
    for (const path of ['database/password', 'cache/password', 'events/token', 'health/token']) {
      mkdirSync(join(run, path, '..'), { recursive: true });
      writeFileSync(join(run, path), 'a-secret-of-the-tests-that-is-long-enough');
    }
    const file = join(folder.path, `${environment}.yaml`);
    writeFileSync(file, text.replaceAll('/run/secrets/plimsoll', run));
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(ROOT, 'src/main.ts'), 'check', '--config', file],
      { encoding: 'utf8' },
    );
    expect(status, stdout + stderr).toBe(0);
  });
});
