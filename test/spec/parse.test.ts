// parseSpec: every problem at once, each at its place, and never a secret in a finding.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to secrets are written so in the spec
import { describe, expect, it } from 'vitest';
import { parseSpec } from '../../src/spec/parse.ts';
import { ports, rulesOf, shop, slo, text } from './specs.ts';

const places = (yaml: string) =>
  parseSpec([{ file: 's.yaml', text: yaml }], ports()).findings.map((f) => `${f.line}:${f.column} ${f.rule} ${f.path}`);

describe('a spec that is right', () => {
  it('fills in a timeout of 80 % of a short interval and of 10 s for a long one', () => {
    const result = parseSpec(
      [
        {
          file: 's.yaml',
          text: text({
            targets: [
              { ...shop, interval: '5s' },
              { ...shop, name: 'slow', interval: '60s' },
            ],
          }),
        },
      ],
      ports(),
    );
    expect(result.ok && result.spec.targets.map((t) => t.timeout)).toEqual([4_000, 10_000]);
  });

  it('concatenates files, and empty sections are empty lists', () => {
    const result = parseSpec(
      [
        { file: 'a.yaml', text: text({ targets: [shop] }) },
        { file: 'b.yaml', text: `${text({ slos: [slo()] })}maintenance:\n` },
      ],
      ports(),
    );
    expect(result).toMatchObject({
      ok: true,
      findings: [],
      spec: { targets: [{ name: 'shop' }], slos: [{ name: 'a' }] },
    });
  });
});

describe('places', () => {
  it('points at the key for an unknown key, the parent for a missing one, the value for a wrong one', () => {
    const yaml =
      'targets:\n  - name: shop\n    kind: http\n    url: https://a.example/\n    intervall: 5s\n  - kind: http\n    url: nope\n';
    expect(places(yaml)).toEqual([
      '5:5 unknown-key targets[0].intervall',
      '6:5 missing-key targets[1]',
      '7:10 invalid-value targets[1].url',
    ]);
  });

  it('suggests the nearest known key and kind', () => {
    const { findings } = parseSpec(
      [{ file: 's.yaml', text: 'targets:\n  - { name: a, kind: htp, url: https://a.example/ }\nslo: []\n' }],
      ports(),
    );
    expect(findings.map((f) => f.hint)).toEqual(['did you mean "http"?', 'did you mean "slos"?']);
    expect(findings.map((f) => f.rule)).toEqual(['unknown-kind', 'unknown-key']);
  });

  it('reports a duplicate name at both places, over files', () => {
    const { findings } = parseSpec(
      ['a.yaml', 'b.yaml'].map((file) => ({ file, text: text({ targets: [shop] }) })),
      ports(),
    );
    expect(findings.map((f) => [f.file, f.rule])).toEqual([
      ['a.yaml', 'duplicate-name'],
      ['b.yaml', 'duplicate-name'],
    ]);
    expect(findings[0]?.hint).toContain('b.yaml:');
  });

  it('takes the section exporter from one file only', () => {
    const { findings } = parseSpec(
      ['a.yaml', 'b.yaml'].map((file) => ({ file, text: 'exporter: { concurrency: 5 }\n' })),
      ports(),
    );
    expect(findings.map((f) => [f.file, f.rule])).toEqual([['b.yaml', 'duplicate-section']]);
  });
});

describe('YAML', () => {
  it.each([
    ['a: [', 'yaml-syntax'],
    ['a: 1\na: 2\n', 'yaml-syntax'],
    ['slos: []\n---\nslos: []\n', 'yaml-syntax'],
    ['slos: !custom []\n', 'yaml-tag'],
    ['%YAML 1.1\n---\nslos: []\n', 'yaml-tag'],
    ['__proto__: { polluted: true }\n', 'unknown-key'],
    ['slos:\n  - { <<: {} }\n', 'unknown-key'],
    [`a: ${'['.repeat(5_000)}`, 'yaml-limit'],
    ['#'.repeat(1_048_577), 'yaml-limit'],
    [`a: &a [1]\nb: [${'*a,'.repeat(60)}]\n`, 'yaml-limit'],
    ['slos: 3\n', 'wrong-type'],
  ])('%.30s is a finding of rule %s', (yaml, rule) => {
    expect(rulesOf(yaml)).toContain(rule);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('takes braces in quoted texts for text, not for nesting', () => {
    const braces = '{['.repeat(100);
    expect(rulesOf(`a: "\\"${braces}"\nb: '${braces}'\n`)).not.toContain('yaml-limit');
    expect(rulesOf(`a: "x"${braces}\n`)).toContain('yaml-limit');
  });
  it('takes a file of exactly 1 MiB', () => {
    expect(rulesOf(`slos: []\n${'#'.repeat(1_048_567)}`)).toEqual([]);
  });
});

describe('secrets', () => {
  const canary = 'canary-7f3a';
  const withSecret = (value: string) =>
    `targets:\n  - { name: a, kind: redis, url: 'redis://h:1/0', password: '${value}' }\n`;

  it('come from the environment and from files beside the spec, less one newline', () => {
    const read: string[] = [];
    const result = parseSpec([{ file: 'conf/s.yaml', text: withSecret('${file:db}') }], {
      env: () => undefined,
      readFile: (path) => {
        read.push(path);
        return `${canary}\n`;
      },
    });
    expect(read).toEqual(['conf/db']);
    expect(result).toMatchObject({ ok: true, secrets: [canary], spec: { targets: [{ password: canary }] } });
  });

  it('that are missing or empty are a finding with the name of the variable', () => {
    for (const env of [{}, { PW: '' }]) {
      const { findings } = parseSpec([{ file: 's.yaml', text: withSecret('${env:PW}') }], ports(env));
      expect(findings).toMatchObject([{ rule: 'secret-missing', path: 'targets[0].password' }]);
      expect(findings[0]?.message).toContain('PW');
    }
  });

  it('never stand in a finding, wherever the reference stands', () => {
    const yaml = [
      'targets:',
      '  - { name: "${env:S}", kind: "${env:S}", url: "${env:S}", interval: "${env:S}" }',
      '  - { name: "X${env:S}", kind: http, url: "${env:S}", interval: "${env:S}", method: "${env:S}" }',
      'slos:',
      '  - { name: a, service: a, team: a, objective: "${env:S}", window: "${env:S}", sli: { kind: probe, target: "${env:S}" } }',
      '  - { name: b, service: a, team: a, objective: 99%, window: 30d, sli: { kind: probe, target: "${env:S}" } }',
    ].join('\n');
    const { findings } = parseSpec([{ file: 's.yaml', text: yaml }], ports({ S: canary }));
    expect(findings.length).toBeGreaterThan(6);
    expect(JSON.stringify(findings)).not.toContain(canary);
  });

  it('in plain text are a warning, are redacted, and do not stop the start', () => {
    const plain = parseSpec([{ file: 's.yaml', text: withSecret(canary) }], ports());
    const url = `targets:\n  - { name: a, kind: redis, url: 'redis://u:${canary}@h:1/0' }\n`;
    for (const result of [plain, parseSpec([{ file: 's.yaml', text: url }], ports())]) {
      expect(result).toMatchObject({
        ok: true,
        findings: [{ rule: 'nothing-measured' }, { rule: 'inline-secret', severity: 'warning' }],
        secrets: [canary],
      });
      expect(JSON.stringify(result.findings)).not.toContain(canary);
    }
  });
});
