import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ParseResult, parseSpec } from '../../src/spec/parse.ts';
import { RULES } from '../../src/spec/rules.ts';
import { formatDuration, parseDuration, parsePercent } from '../../src/spec/scalars.ts';

const TARGETS = `targets:
  - { name: shop, kind: wordpress, url: "https://shop.example.org/" }
  - { name: edge, kind: cdn, url: "https://shop.example.org/" }
`;
const slo = (rest: string) => `${TARGETS}slos:\n  - { name: a, service: s, team: t, ${rest} }\n`;
const GOOD = 'objective: 99.9%, window: 30d, sli: { kind: probe, target: shop }';
const ports = { env: (name: string) => (name === 'PW' ? 'canary-7f3a' : undefined), readFile: (path: string) => (path === 'pw' ? 'canary-file\n' : undefined) };
const parse = (...texts: string[]): ParseResult => parseSpec(texts.map((text, i) => ({ file: `f${i}.yaml`, text })), ports);
/** Each finding as "rule@file:text that it points at". */
const rules = (...texts: string[]) =>
  parse(...texts).findings.map((f) => {
    const line = texts[Number(f.file.slice(1, 2))]!.split('\n')[f.line - 1]!;
    return `${f.rule}@${f.file.slice(0, 2)}:${/^[^\s,}\]:]*/.exec(line.slice(f.column - 1))![0]}`;
  });

/** Spec text -> the findings it must have, with their places. Every rule but file-unreadable is here. */
const CASES: readonly (readonly [sentence: string, text: string | readonly string[], expected: readonly string[]])[] = [
  ['a good spec has no finding', slo(GOOD), []],
  ['a tab or open bracket is a syntax error', 'targets: [', ['yaml-syntax@f0:']],
  ['a second document is refused', `${slo(GOOD)}---\nslos: []\n`, ['yaml-syntax@f0:---']],
  ['a misspelled key is pointed at', slo(`${GOOD}, teem: x`), ['unknown-key@f0:teem']],
  ['a wrong duration is pointed at', slo(GOOD.replace('30d', '30days')), ['schema@f0:30days']],
  ['a name used twice over two files is refused', [slo(GOOD), 'targets:\n  - { name: shop, kind: http, url: "http://x/" }\n'], ['duplicate-name@f1:shop']],
  ['the section exporter may stand in one file only', [`${slo(GOOD)}exporter: {}\n`, 'exporter: {}\n'], ['duplicate-name@f1:exporter']],
  ['a missing variable is named', slo(GOOD).replace('name: shop,', `name: shop, marker: "\${env:NOPE}",`), ['secret-missing@f0:"${env']],
  ['an unknown target is pointed at', slo(GOOD.replace('target: shop', 'target: shoop')), ['unknown-target@f0:shoop']],
  ['a step that does not run is pointed at', slo(GOOD.replace('target: shop', 'target: shop, steps: [front, cron]')), ['unknown-step@f0:cron']],
  ['hits on WordPress does not fit', slo('objective: 90%, window: 7d, sli: { kind: hits, target: shop }'), ['sli-mismatch@f0:{']],
  ['freshness needs one limit', slo('objective: 90%, window: 7d, sli: { kind: freshness, target: edge, of: cache }'), ['sli-mismatch@f0:{']],
  ['100 % leaves no budget', slo(GOOD.replace('99.9%', '100%')), ['objective-range@f0:100%']],
  ['an unknown time zone is pointed at', slo(GOOD.replace('30d', '{ calendar: month, timeZone: Mars/Base }')), ['time-zone@f0:Mars/Base']],
  ['a timeout must be below the interval', `${TARGETS.replace('" }', '", interval: 5s, timeout: 5s }')}`, ['timeout-interval@f0:5s']],
  ['maintenance of an unknown service is refused', `${slo(GOOD)}maintenance:\n  - { from: 2026-12-01T22:00:00Z, for: 2h, services: [sop], reason: r, by: b }\n`, ['unknown-service@f0:sop']],
  ['a password in a URL is found', `targets:\n  - { name: db, kind: mariadb, url: "mysql://u:p@h/d" }\n`, ['inline-secret@f0:"mysql']],
  ['at 93 % the tier of 14.4 can never fire', slo(GOOD.replace('99.9%', '93%')), ['tier-unreachable@f0:93%']],
  ['at 94 % it can', slo(GOOD.replace('99.9%', '94%')), []],
  ['an interval of 2 h leaves the 1 h window without events', slo(GOOD).replace('kind: wordpress,', 'kind: wordpress, interval: 2h,'), ['interval-too-long@f0:shop', 'short-window@f0:shop', 'short-window@f0:shop', 'short-window@f0:shop']],
  ['three events in 5 min are too few', slo(GOOD).replace('kind: wordpress,', 'kind: wordpress, interval: 76s,'), ['short-window@f0:shop']],
  ['four are enough', slo(GOOD).replace('kind: wordpress,', 'kind: wordpress, interval: 75s,'), []],
  ['a window beyond retention is found', `${slo(GOOD)}exporter: { retention: 29d }\n`, ['window-beyond-retention@f0:30d']],
  ['32 days have no policy', slo(GOOD.replace('30d', '32d')), ['no-policy@f0:32d']],
  ['the same promise twice is found', `${slo(GOOD)}  - { name: b, service: s, team: t, ${GOOD} }\n`, ['duplicate-slo@f0:b']],
  ['series over the limit are found', `${[1, 2, 3, 4].reduce((text, i) => `${text}  - { name: b${i}, service: s, team: t, ${GOOD.replace('99.9', `99.${i}`)} }\n`, slo(GOOD))}exporter: { maxSeries: 100 }\n`, ['too-many-series@f0:{']],
  ['maintenance over 10 % of the period is found', `${slo(GOOD.replace('30d', '7d'))}maintenance:\n  - { from: 2026-12-01T22:00:00Z, for: 17h, reason: r, by: b }\n`, ['maintenance-cap@f0:17h']],
];

describe('a spec', () => {
  it.each(CASES)('%s', (_sentence, text, expected) => {
    expect(rules(...(typeof text === 'string' ? [text] : text))).toEqual(expected);
  });
  it('shows every problem at once', () => {
    const found = rules(slo(`${GOOD}, teem: x`).replace('kind: cdn', 'kind: cdm').replace('name: a', 'name: A'));
    expect(found.length).toBeGreaterThanOrEqual(3);
  });
  it('has a case here for every rule', () => {
    const here = readFileSync(import.meta.filename, 'utf8');
    const missing = Object.keys(RULES).filter((rule) => rule !== 'file-unreadable' && !here.includes(`'${rule}@`));
    expect(missing).toEqual([]);
  });
  it('never shows a secret, whatever is wrong with it', () => {
    const text = `targets:\n  - { name: db, kind: mariadb, url: "\${env:PW}", password: "\${file:pw}", interval: "\${env:PW}" }\n`;
    const result = parse(text);
    expect(result.ok).toBe(false);
    expect(JSON.stringify(result.findings)).not.toContain('canary');
  });
  it('puts secrets in, without the line end of the file', () => {
    const result = parse(`targets:\n  - { name: db, kind: mariadb, url: "mysql://u@h/d", password: "\${file:pw}" }\n`);
    expect(result.ok && result.spec.targets[0]).toMatchObject({ password: 'canary-file' });
    expect(result.ok && result.secrets).toEqual(['canary-file']);
  });
  it('is not poisoned by __proto__', () => {
    expect(rules('__proto__: { polluted: 1 }\n')).toEqual(['unknown-key@f0:__proto__']);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
  it('gets a timeout of 80 % of the interval, at most 10 s', () => {
    const result = parse(`targets:\n  - { name: a, kind: http, url: "http://x/", interval: 5s }\n  - { name: b, kind: http, url: "http://x/" }\n`);
    expect(result.ok && result.spec.targets.map((t) => t.timeout)).toEqual([4_000, 10_000]);
  });
});

describe('scalars', () => {
  it('of durations come back from their text', () => {
    fc.assert(
      fc.property(fc.nat({ max: 1e12 }), (ms) => {
        expect(parseDuration(formatDuration(ms))).toBe(ms);
      }),
    );
  });
  it('refuse durations without a unit or with a wrong one', () => {
    expect(['30', 's', '5 m', '-1s', '1y', ''].map(parseDuration)).toEqual(Array(6).fill(undefined));
    expect(['1h30m', '400ms', '1.5h'].map(parseDuration)).toEqual([5_400_000, 400, 5_400_000]);
  });
  it('of percentages are exact: 99.9% is 0.999', () => {
    expect(['99.9%', '99.95 %', '100%', '0%'].map(parsePercent)).toEqual([0.999, 0.9995, 1, 0]);
    expect(['99,9%', '99.9', 'x%'].map(parsePercent)).toEqual([undefined, undefined, undefined]);
  });
});
