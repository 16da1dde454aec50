// plimsoll push against a stand-in for Mimir: the contract, and the faults that a real one does not show on demand.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { keep } from '../../src/cli/kept.ts';
import { privateFolder } from '../services/process.ts';
import { pushContract } from './push-contract.ts';
import { type FakeMimir, startFakeMimir } from './push-fake-ruler.ts';
import { group, plimsoll, watchdog, writeAlertmanager, writeGenerated } from './push-run.ts';

pushContract('a stand-in for Mimir', startFakeMimir);

describe('what can go wrong with a push', () => {
  const folder = privateFolder('push-faults');
  const at = (name: string) => join(folder.path, name);
  let mimir: FakeMimir;
  beforeAll(async () => {
    mimir = await startFakeMimir();
    writeGenerated(at('generated'), [group('a', [watchdog]), group('b', [watchdog])]);
    writeFileSync(at('token'), 'canary-token\n');
  });
  afterEach(() => {
    mimir.spoil = () => false;
  });
  afterAll(async () => {
    await mimir.stop();
    folder.remove();
  });
  const push = (...more: string[]) =>
    plimsoll(folder.path, 'push', 'rules', mimir.url, '--tenant', 't', '--from', 'generated', ...more);
  const always =
    (status: number, body: string): FakeMimir['spoil'] =>
    (_, response) => {
      response.writeHead(status).end(body);
      return true;
    };

  it('sends tenant and token, and shows the token nowhere', async () => {
    mimir.seen.length = 0;
    const { code, out } = await push('--token-file', 'token', '--yes');
    expect(code).toBe(0);
    for (const { headers } of mimir.seen)
      expect(headers).toMatchObject({ authorization: 'Bearer canary-token', 'x-scope-orgid': 't' });
    expect(mimir.seen.map(({ method, path }) => `${method} ${path}`)).toContain(
      'POST /prometheus/config/v1/rules/plimsoll',
    );
    expect(out).toContain('--token-file token');
    expect(out).not.toContain('canary');
  });

  it.each([
    [401, 'invalid token', [], 4, 'it wants a token: --token-file FILE'],
    [401, '<html>login</html>', ['--token-file', 'token'], 4, '(a page of HTML): it does not take this token'],
    [403, 'namespace is protected, no modification allowed', [], 4, 'ruler_protected_namespaces'],
    [500, 'object storage is away', [], 4, 'answered 500: object storage is away'],
    [200, '<!doctype html><title>Grafana</title>', [], 4, "answers, but not as Mimir's ruler"],
    [200, 'a: [', [], 4, 'the answer is no YAML'],
    [200, 'plimsoll: [{ rules: [] }]', [], 4, 'group 1 has no name'],
    [404, '404 page not found', [], 4, 'has no ruler API at /prometheus/config/v1/rules/plimsoll'],
  ])('%i %s', async (status, body, more, code, message) => {
    mimir.spoil = always(status, body);
    expect(await push(...more)).toEqual({ code, out: expect.stringContaining(message) });
  });

  it('does not read an answer without end', async () => {
    mimir.spoil = (_, response) => {
      response.writeHead(200);
      const more = () => {
        while (!response.destroyed && response.write('#'.repeat(1_000_000)));
      };
      response.on('drain', more);
      more();
      return true;
    };
    expect(await push()).toEqual({ code: 4, out: expect.stringContaining('the answer is too large for rules') });
  });

  it('never overwrites what it kept', () => {
    const file = keep(at('kept'), 'one', 0);
    expect(() => keep(at('kept'), 'two', 0)).toThrow('nothing was changed');
    expect([file, readFileSync(file, 'utf8')]).toEqual([at('kept/plimsoll-replaced-19700101T000000-000Z.yaml'), 'one']);
  });

  it('takes "no rule groups found" of an older Mimir for none', async () => {
    mimir.spoil = always(404, 'no rule groups found');
    expect(await push()).toEqual({ code: 0, out: expect.stringContaining('2 to set') });
  });

  it('says that the config API is switched off', async () => {
    mimir.spoil = ({ url }, response) => {
      response
        .writeHead(url === '/prometheus/api/v1/rules' ? 200 : 404)
        .end('{"status":"success","data":{"groups":[]}}');
      return true;
    };
    expect(await push()).toEqual({ code: 4, out: expect.stringContaining('-ruler.enable-api=true') });
  });

  it('says that a Prometheus takes its rules from files', async () => {
    mimir.spoil = ({ url }, response) => {
      response.writeHead(url === '/api/v1/rules' ? 200 : 404).end('{"status":"success","data":{"groups":[]}}');
      return true;
    };
    expect(await push()).toEqual({
      code: 2,
      out: expect.stringContaining('is a Prometheus, which takes rules from files'),
    });
  });

  it.each([
    [
      'an answer of 503',
      (r: Parameters<FakeMimir['spoil']>[1]) => r.writeHead(503).end('ring is not ready'),
      'answered 503: ring is not ready',
    ],
    ['a broken connection', (r: Parameters<FakeMimir['spoil']>[1]) => r.destroy(), 'cannot reach'],
  ])('says what was done before %s', async (_, fail, message) => {
    writeGenerated(at('changed'), [group('c', [watchdog]), group('d', [watchdog])]);
    let posts = 0;
    mimir.spoil = ({ method }, response) => {
      posts += method === 'POST' ? 1 : 0;
      if (method !== 'POST' || posts < 2) return false;
      fail(response);
      return true;
    };
    const tenant = message.replaceAll(/\W/g, '');
    const args = ['push', 'rules', mimir.url, '--tenant', tenant, '--from', 'changed', '--yes'];
    const { code, out } = await plimsoll(folder.path, ...args);
    expect(code).toBe(4);
    expect(out).toContain(message);
    expect(out).toContain('done: set group c\nnot done: set group d');
    expect(out).toMatch(
      /to go back: plimsoll push rules http\S+ --tenant \w+ --from \S*plimsoll-replaced-\S+\.yaml --yes\n$/,
    );
  });

  it('is not content when something else is there afterwards', async () => {
    let reads = 0;
    mimir.spoil = ({ method }, response) => {
      reads += method === 'GET' ? 1 : 0;
      if (method === 'GET' && reads < 3) return false;
      response.writeHead(method === 'GET' ? 200 : 202).end('{}');
      return true;
    };
    const args = ['push', 'rules', mimir.url, '--tenant', 'lost', '--from', 'generated', '--yes'];
    expect(await plimsoll(folder.path, ...args)).toEqual({
      code: 1,
      out: expect.stringContaining('what was loaded is not what is there now:\ngroup a: is new'),
    });
  });

  it('changes nothing if it cannot keep what is replaced', async () => {
    mimir.seen.length = 0;
    writeFileSync(at('file'), '');
    const args = ['push', 'rules', mimir.url, '--tenant', 'keep', '--from', 'generated', '--yes', '--keep', 'file/x'];
    expect(await plimsoll(folder.path, ...args)).toEqual({
      code: 2,
      out: expect.stringContaining('nothing was changed'),
    });
    expect(mimir.seen.filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  it.each([
    ['nothing', () => {}, 2, '--from nothing: no such file; run npm run alerts first'],
    ['empty', () => mkdirSync(at('empty')), 2, 'empty: holds no rule file for Mimir'],
    ['broken', () => put('broken', 'a.yaml', 'groups: ['), 3, 'broken/a.yaml: is no YAML'],
    [
      'foreign',
      () => put('foreign', 'a.yaml', 'namespace: other\ngroups: []'),
      3,
      'foreign/a.yaml: is for the namespace other',
    ],
    [
      'twice',
      () => {
        for (const name of ['a', 'b'])
          put('twice', `${name}.yaml`, 'namespace: plimsoll\ngroups: [{ name: g, rules: [{ record: a, expr: 1 }] }]');
      },
      3,
      'twice/b.yaml: group g is in twice/a.yaml too',
    ],
  ])('--from %s', async (from, prepare, code, message) => {
    prepare();
    const args = ['push', 'rules', mimir.url, '--tenant', 't', '--from', from];
    expect(await plimsoll(folder.path, ...args)).toEqual({ code, out: expect.stringContaining(message) });
  });
  function put(dir: string, file: string, text: string): void {
    mkdirSync(at(dir), { recursive: true });
    writeFileSync(join(at(dir), file), text);
  }

  it.each([
    [['push', 'rules', 'mimir:8080'], 'URL mimir:8080: write a URL like http://mimir:8080'],
    [['push', 'rules', 'http://u:canary@h'], 'leave user and password out'],
    [['push', 'rules', 'http://h?a=b'], 'leave out what follows'],
    [['push', 'rules', 'http://h', '--tenant', 'a b'], '--tenant a b: a name without spaces'],
    [['push', 'rules', 'http://h', '--token-file', 'none'], '--token-file none: no such file'],
    [['push', 'rules', 'http://h', '--ca', 'token'], '--ca token: holds no PEM certificate'],
    [['push', 'rules'], "missing required argument 'url'"],
  ])('%j', async (args, message) => {
    const { code, out } = await plimsoll(folder.path, ...args);
    expect([code, out]).toEqual([2, expect.stringContaining(message)]);
    expect(out).not.toContain('canary');
  });

  it('says that nothing listens', async () => {
    const args = ['push', 'rules', 'http://127.0.0.1:1', '--from', 'generated'];
    expect(await plimsoll(folder.path, ...args)).toEqual({
      code: 4,
      out: expect.stringContaining('cannot reach http://127.0.0.1:1'),
    });
  });

  it.each([
    [200, '{"status":"success","data":{"alerts":[]}}', 'answered 200, but no config'],
    [410, '{"status":"deprecated"}', 'is it a Mimir with -alertmanager.enable-api=true?'],
  ])('does not take a Prometheus or an Alertmanager (%i) for a Mimir', async (status, body, message) => {
    mimir.spoil = always(status, body);
    const from = writeAlertmanager(at('am'), '30s', 'canary-5');
    const args = ['push', 'alertmanager', mimir.url, '--from', from];
    expect(await plimsoll(folder.path, ...args)).toEqual({ code: 4, out: expect.stringContaining(message) });
  });

  it('masks what Mimir quotes of a config, and says which secret is missing', async () => {
    mimir.spoil = ({ method }, response) => {
      if (method !== 'POST') return false;
      response.writeHead(400).end('yaml:\n  line 3: cannot use `canary-6…` of https://hooks.example.org/canary-6');
      return true;
    };
    const from = writeAlertmanager(at('quoted'), '30s', 'canary-6');
    const args = ['push', 'alertmanager', mimir.url, '--tenant', 'q', '--from', from, '--yes'];
    const { code, out } = await plimsoll(folder.path, ...args);
    expect([code, out]).toEqual([
      3,
      expect.stringContaining('yaml: line 3: cannot use `…` of https://hooks.example.org/[secret]'),
    ]);
    writeFileSync(join(from, 'slack'), '');
    expect(await plimsoll(folder.path, ...args)).toEqual({
      code: 3,
      out: expect.stringMatching(
        new RegExp(
          `^${from}/alertmanager/mimir.yaml: receivers.0.slack_configs.0.api_url: file ${from}/slack is empty\nMimir reads no files, .+ this file on this machine, readable by you, with the secret and nothing else:\n {2}${from}/slack \\(is empty\\)\nMount them there, .+\n$`,
        ),
      ),
    });
  });

  it('says of every secret that is not there which file must be where, before Mimir is asked, and shows none that is', async () => {
    const from = writeAlertmanager(at('absent'), '30s', 'canary-9');
    const other = `}, { api_url: 'https://hooks.example.org/\${file:../absent-too}', channel: '#b' }, { api_url: '\${file:slack-2}', channel: '#c'`;
    const file = join(from, 'alertmanager/mimir.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace(' }]', `${other} }]`));
    writeFileSync(join(from, 'alertmanager/slack-2'), 'canary-10');
    const args = ['push', 'alertmanager', 'http://127.0.0.1:1', '--from', from];
    const one = await plimsoll(folder.path, ...args);
    expect([one.code, one.out]).toEqual([3, expect.stringContaining(`  ${from}/absent-too (no such file)\n`)]);
    expect(one.out).not.toMatch(/canary|slack-2/);
    rmSync(join(from, 'slack'));
    const two = await plimsoll(folder.path, ...args);
    expect(two.out).toContain('these files on this machine, readable by you, each with one secret and nothing else:');
    expect(two.out.match(/^ {2}\S+ \(.+\)$/gm)).toEqual([
      `  ${from}/slack (no such file)`,
      `  ${from}/absent-too (no such file)`,
    ]);
  });

  it.each([
    ['none', () => rmSync(at('forms/alertmanager/mimir.yaml')), 2, 'forms: holds no Alertmanager config for Mimir'],
    [
      'two',
      () => put('forms/more', 'mimir.yaml', 'route: {}\nreceivers: []'),
      2,
      'forms: two configs, forms/alertmanager/mimir.yaml',
    ],
    [
      'no template',
      () => rmSync(at('forms/alertmanager/templates/plimsoll.tmpl')),
      3,
      'templates/plimsoll.tmpl: no such file',
    ],
    [
      'a path',
      () => put('forms/alertmanager', 'mimir.yaml', 'route: {}\nreceivers: []\ntemplates: [../a]'),
      3,
      'not paths',
    ],
    ['a broken file', () => put('forms/alertmanager', 'mimir.yaml', 'route: ['), 2, 'holds no Alertmanager config'],
  ])('takes no Alertmanager config with %s', async (_, spoil, code, message) => {
    rmSync(at('forms'), { recursive: true, force: true });
    writeAlertmanager(at('forms'), '30s', 'canary-7');
    spoil();
    const args = ['push', 'alertmanager', mimir.url, '--tenant', 'f', '--from', 'forms'];
    expect(await plimsoll(folder.path, ...args)).toEqual({ code, out: expect.stringContaining(message) });
  });
});
