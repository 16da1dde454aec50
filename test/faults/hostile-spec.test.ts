// Specs that are made to break the parser: real ones with bytes, lines and values changed, and texts that were never one.
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatFindings } from '../../src/cli/findings.ts';
import { parseSpec } from '../../src/spec/parse.ts';

const CANARY = 'canary-7d1f0a93';
const LIMIT_MS = process.env.PLIMSOLL_SOAK === undefined ? 12_000 : 300_000;
/** CPU that one parse may take: neighbours on the machine do not count. The real ones take a few ms. */
const MAX_CPU_MS = 4_000;
setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;
const root = new URL('../../', import.meta.url);
// biome-ignore-start lint/suspicious/noTemplateCurlyInString: references to secrets are written so in a spec
const REAL = [
  readFileSync(new URL('plimsoll.yaml', root), 'utf8'),
  ...[...readFileSync(new URL('README.md', root), 'utf8').matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(
    ([, text]) => text!,
  ),
  'targets:\n  - { name: db, kind: mariadb, url: "mysql://u@h:3306/d", password: "${env:CANARY}" }\nslos: []\n',
  'targets:\n  - { name: a, kind: http, url: "http://a.example/", headers: { authorization: "${file:canary}" } }\n',
];
const WORDS = [
  ...[
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    '${env:CANARY}',
    '${file:canary}',
    '${env:',
    '${file:../../etc/passwd}',
  ],
  ...[
    '1e999',
    '-1',
    '0x7fffffff',
    '99999999999999999999',
    '.inf',
    '.nan',
    '~',
    'null',
    '!!js/function',
    '!!binary',
    '%YAML 1.1',
    '---',
    '...',
  ],
  ...[
    '&a',
    '*a',
    '<<: *a',
    '&a [*a, *a]',
    '? [a]',
    '{',
    '[',
    '}',
    ']',
    '"',
    "'",
    '|',
    '>-',
    '#',
    ':',
    '\t',
    '\0',
    '\ud800',
    '\u2028',
    '\ufeff',
    '\r',
  ],
  ...[
    '9999999999d',
    '0s',
    '1ms',
    '800d',
    '99.99999999999%',
    '-0%',
    'http://[::',
    'http://a:b@c:99999/',
    `http://u:${CANARY}@h/`,
    'a'.repeat(5_000),
  ],
  ...[
    'targets:',
    'slos:',
    'exporter:',
    'sites:',
    'notify:',
    'statusPage:',
    'policies:',
    'maintenance:',
    'modules:',
    '- '.repeat(100),
    '['.repeat(200),
    '{a: '.repeat(200),
  ],
];
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: as above

const edit = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.integer({ min: 0, max: 40 }),
  with: fc.oneof(fc.constantFrom(...WORDS), fc.string({ unit: 'binary', maxLength: 4 }), fc.constant('')),
  twice: fc.boolean(),
});
/** A real spec with up to eight places cut out, replaced or doubled. */
const mutated = fc
  .tuple(fc.constantFrom(...REAL), fc.array(edit, { minLength: 1, maxLength: 8 }))
  .map(([text, edits]) =>
    edits.reduce((so, { at, length, with: by, twice }) => {
      const from = Math.floor(at * so.length);
      const cut = so.slice(from, from + length);
      return so.slice(0, from) + by + (twice ? cut + cut : '') + so.slice(from + length);
    }, text),
  );
const soup = fc
  .array(fc.oneof(fc.constantFrom(...WORDS), fc.string({ maxLength: 8 }), fc.constantFrom('\n', '  ', ': ', ', ')), {
    maxLength: 60,
  })
  .map((parts) => parts.join(''));

/** Parses as a start does, with a secret that must not be seen; returns what a person would be shown. */
function parsed(text: string): string {
  const before = process.cpuUsage();
  const result = parseSpec([{ file: 'hostile.yaml', text }], {
    env: (name) => (name === 'CANARY' ? CANARY : undefined),
    readFile: (path) => (path.endsWith('canary') ? CANARY : undefined),
  });
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1_000).toBeLessThan(MAX_CPU_MS);
  for (const finding of result.findings) {
    expect(finding.line).toBeGreaterThanOrEqual(1);
    expect(finding.column).toBeGreaterThanOrEqual(1);
    expect(finding.message).not.toBe('');
  }
  if (!result.ok) expect(result.findings.some(({ severity }) => severity === 'error')).toBe(true);
  const shown = formatFindings(result.findings, result.secrets);
  expect(shown).not.toMatch(/^\s+at .*\.ts:\d+/m);
  return shown;
}
const objectKeys = () => Object.getOwnPropertyNames(Object.prototype).toSorted();

describe('a hostile spec', () => {
  it.each([
    ['a real one with places changed', mutated],
    ['a text that was never one', soup],
  ])(
    'of %s is findings at worst: no exception, no secret, bounded time and memory',
    { timeout: 2 * LIMIT_MS + 60_000 },
    (_what, texts) => {
      const before = objectKeys();
      let runs = 0;
      let held = 0;
      fc.assert(
        fc.property(texts, (text) => {
          // The text may hold it itself; what is resolved must not be shown.
          const shown = parsed(text);
          if (!text.includes(CANARY)) expect(shown).not.toContain(CANARY);
          runs += 1;
          if (runs === 200) {
            gc();
            held = process.memoryUsage().heapUsed;
          }
        }),
        { numRuns: 1_000_000, interruptAfterTimeLimit: LIMIT_MS, markInterruptAsFailure: false, endOnFailure: true },
      );
      gc();
      expect(runs).toBeGreaterThan(300);
      expect(process.memoryUsage().heapUsed - held).toBeLessThan(60_000_000);
      expect(objectKeys()).toEqual(before);
    },
  );

  it.each([
    [
      'a million aliases',
      `a: &a [${'x,'.repeat(100)}]\n${Array.from({ length: 60 }, (_, i) => `b${i}: *a\n`).join('')}`,
    ],
    [
      'laughs',
      `a: &a ["lol"]\n${Array.from('bcdefghi', (c, i) => `${c}: &${c} [${Array(9).fill(`*${'abcdefgh'[i]}`).join(',')}]\n`).join('')}`,
    ],
    ['an anchor in itself', 'targets: &a [*a]\n'],
    ['100,000 brackets', '['.repeat(100_000)],
    [
      '100,000 keys',
      Array.from({ length: 100_000 }, (_, i) => `k${i}: 1`)
        .join('\n')
        .slice(0, 1_000_000),
    ],
    ['a megabyte of one letter', 'a'.repeat(1_048_576)],
    ['a megabyte of spaces', ' '.repeat(1_048_576)],
    ['a megabyte of colons', ': '.repeat(524_288)],
    ['a megabyte of dashes', '- '.repeat(500_000)],
    [
      'a duration of a million digits',
      `targets: [{ name: a, kind: http, url: "http://a/", interval: ${'9'.repeat(900_000)}s }]`,
    ],
    ['a percentage of a million digits', `slos: [{ objective: "99.${'9'.repeat(900_000)}%" }]`],
    [
      'a regular expression that backtracks',
      `targets: [{ name: a, kind: http, url: "http://a/", expect: { body: "${'(a+)+'.repeat(50)}$" } }]`,
    ],
  ])('of %s is answered', (_what, text) => {
    expect(parsed(text)).not.toBe('');
  });
});
