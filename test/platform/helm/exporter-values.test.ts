// Values that the chart of the exporter refuses, with what a person reads then; and the table of all values in its README.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${file:path} is the syntax of references to secrets
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chartFolder, ciPath, only, refusal, rendered } from './chart.ts';
import { readmeOf, valuesTable } from './values-table.ts';

const MINIMAL = ['--values', ciPath('exporter', 'minimal-values.yaml')];
const TWO = '{ configMap: a }, { configMap: a, key: other.yaml }';
/** Put together here, so that no scanner takes it for one that is used. */
const SECRET = ['hun', 'ter2'].join('');
const inSpec = (line: string) => `spec: |\n  targets:\n    - name: a\n      ${line}\n`;

describe('the chart refuses', () => {
  it.each([
    ['an unknown key', 'replica: 1', "at '': additional properties 'replica' not allowed"],
    ['an unknown key below another', 'image: { name: a }', "at '/image': additional properties 'name' not allowed"],
    ['two replicas', 'replicas: 2', "at '/replicas': value must be one of 0, 1"],
    ['port 0', 'service: { port: 0 }', "at '/service/port': minimum: got 0, want 1"],
    ['a port by name', 'service: { port: http }', "at '/service/port': got string, want integer"],
    ['a port too high', 'networkPolicy: { egress: [{ ports: [65536] }] }', 'maximum: got 65,536, want 65,535'],
    ['a way out to no port', 'networkPolicy: { egress: [{ ports: [] }] }', 'minItems: got 0, want 1'],
    [
      'addresses without a mask',
      'networkPolicy: { egress: [{ ports: [1], cidr: 10.0.0.1 }] }',
      "'10.0.0.1' does not match",
    ],
    ['a bad name of a Secret', 'secretMounts: [{ secret: Data_Base, path: a }]', "'Data_Base' does not match pattern"],
    ['a path that leaves the folder', 'secretMounts: [{ secret: a, path: ../a }]', "'../a' does not match pattern"],
    [
      'a secret by value',
      'secretMounts: [{ secret: a, path: a, value: b }]',
      "additional properties 'value' not allowed",
    ],
    ['a token without its key', 'serviceMonitor: { tokenSecret: { name: a } }', "if 'name' exists"],
    ['a bad name of a ConfigMap', 'specs: [{ configMap: Team A }]', "'Team A' does not match pattern"],
    ['a size in other units', 'storage: { size: 2GB }', "'2GB' does not match pattern"],
    ['an unknown level', 'logLevel: trace', "value must be one of 'debug', 'info', 'warn', 'error'"],
    ['a password in a URL', 'traces: { endpoint: "http://a:b@c" }', "at '/traces/endpoint'"],
    ['boards without a label', 'dashboards: { labels: { grafana_dashboard: null } }', 'minProperties: got 0, want 1'],
    ['a tag that moves', 'image: { tag: latest }', 'image.tag is latest, which is another image tomorrow'],
    ['no image', 'image: { repository: "" }', 'image.repository is empty: name the image in your registry'],
    ['a digest that is none', 'image: { digest: "sha256:1" }', "'sha256:1' does not match pattern"],
    ['no spec', 'spec: ""', 'there is no spec: give one as text (--set-file spec=plimsoll.yaml)'],
    ['a ConfigMap twice', `specs: [${TWO}]`, 'specs: the file a.yaml would be there twice'],
    [
      'a team with the name of the text',
      'specs: [{ configMap: plimsoll }]',
      'specs: the file plimsoll.yaml would be there twice',
    ],
    [
      'two secrets in one folder',
      'secretMounts: [{ secret: a, path: a }, { secret: b, path: a }]',
      'path a is there twice',
    ],
    ['a token that nothing uses', 'serviceMonitor: { tokenSecret: { name: a, key: b } }', 'nothing would use it'],
    ['a push to nowhere', 'mimir: { enabled: true }', 'mimir.enabled is true, but mimir.url is empty'],
    ['a push to a path', 'mimir: { enabled: true, url: "http://a/b" }', "at '/mimir/url'"],
  ])('%s', (_, values, message) => {
    expect(refusal('exporter', MINIMAL, values)).toContain(message);
  });

  it.each([
    ['password: SECRET'],
    ['"password": "SECRET"'],
    ['PASSWORD : SECRET'],
    ['password: |\n        SECRET'],
    ['# password: SECRET'],
    ['healthToken: SECRET'],
    ['headers: { x: y, authorization: SECRET }'],
    ['url: mysql://root:SECRET@db.internal/a'],
  ])('a secret in the spec, and does not show it: %s', (line) => {
    const said = refusal('exporter', MINIMAL, inSpec(line.replace('SECRET', SECRET)));
    expect(said).toContain('spec holds a secret in plain text');
    expect(said).not.toContain(SECRET);
  });

  it('no reference to a secret, and nothing that only looks like one', () => {
    const lines = [
      'password: ${file:/run/secrets/plimsoll/db/password}',
      'password: "${env:A}"',
      'url: redis://user:${file:a}@cache.internal:6379/0',
      'url: mysql://plimsoll@db.internal:3306/plimsoll',
      'passwordFile: /etc/alertmanager/secrets/smtp',
      'steps: [password-reset]',
      'text: "see https://a.example:8443/b, mail c@d.example"',
      'password:',
    ];
    for (const line of lines)
      expect(() => rendered('exporter', [...MINIMAL, '--values', '-'], inSpec(line)), line).not.toThrow();
  });
});

describe('the table of values', () => {
  it('is that of values.yaml and the schema', () => {
    const { is, shouldBe } = readmeOf('exporter');
    expect(is.split('\n| `').length).toBeGreaterThan(40);
    expect(is).toBe(shouldBe);
  });
  it('cannot be made of values that are not described, or that are left out', () => {
    const schema = { properties: { a: { description: 'A.' }, b: {} } };
    expect(() => valuesTable({ a: 1 }, schema)).toThrow('values.yaml has no b');
    expect(() => valuesTable({ a: 1, b: 1 }, schema)).toThrow('values.schema.json does not describe b');
    expect(() =>
      valuesTable({ a: 1, b: 1, c: 1 }, { properties: { a: { description: 'A.' }, b: { description: 'B.' } } }),
    ).toThrow('values.schema.json has no c');
  });
});

describe('the README', () => {
  const readme = readFileSync(join(chartFolder('exporter'), 'README.md'), 'utf8');
  const [, script = ''] = /```sh\n([\s\S]*?)```/.exec(readme) ?? [];
  const commands = script.replaceAll('\\\n', '').trim().split('\n');

  it('installs in three commands, of which the last is one that helm takes', () => {
    expect(commands).toHaveLength(3);
    const words = commands[2]!.split(/\s+/).map((word) => word.replaceAll("'", ''));
    expect(words.slice(0, 7).join(' ')).toBe('helm upgrade --install plimsoll helm/exporter -n slo');
    const spec = new URL('../../../plimsoll.yaml', import.meta.url).pathname;
    const objects = rendered(
      'exporter',
      words.slice(7).map((word) => word.replace('plimsoll.yaml', spec)),
    );
    const { volumes } = only(objects, 'StatefulSet').spec.template.spec;
    // The Secret of the second command is the one that is mounted.
    const [, secret] = /secret generic (\S+)/.exec(commands[1]!) ?? [];
    expect(volumes).toContainEqual(
      expect.objectContaining({ secret: expect.objectContaining({ secretName: secret }) }),
    );
  });
});
