// Whose time a slow first byte is: what is said where the numbers carry it, and what is missing where they don't.
import { describe, expect, it } from 'vitest';
import { p75 } from '../../src/rum/quantile.ts';
import type { GroupNumbers, Percentile } from '../../src/spec/real-users.ts';
import { type FirstByte, firstBytes } from '../../src/web/first-byte.ts';
import { verdictOf } from '../../src/web/first-byte-verdict.ts';
import type { SeenRun } from '../../src/web/runs.ts';

const sure = (value: number): Percentile => ({ value, low: 0.95 * value, high: 1.05 * value });
const told = (name: string, value: number, n = 500) => ({ name, n, p75: sure(value) });
const probe = (reachMs: number, answerMs: number) => ({
  target: 'shop',
  step: 'front',
  runs: 9,
  atMs: 0,
  phasesMs: { dns: reachMs, first_byte: answerMs },
  totalMs: reachMs + answerMs,
});
const times = (browsers: Percentile | undefined, more: Partial<FirstByte> = {}, n = 500): FirstByte => ({
  page: 'front',
  browsers: browsers === undefined ? null : { n, p75: browsers },
  server: [],
  probes: [],
  ...more,
});
const painted = (seconds: number, n = 500) =>
  ({ vitals: { lcp: { n, p75: sure(seconds) } } }) as unknown as GroupNumbers;
const said = (one: FirstByte, group?: GroupNumbers) => {
  const { part, text } = verdictOf(one, group, 100);
  return `${part}: ${text.replaceAll('\u00a0', ' ')}`;
};

describe('a verdict on the first byte', () => {
  it.each<readonly [string, FirstByte, GroupNumbers | undefined, RegExp]>([
    [
      'no views',
      times(undefined, { probes: [probe(1, 2_000)] }),
      undefined,
      /^unknown: No verdict: 0 views.*The probe alone/,
    ],
    ['99 views', times(sure(5), {}, 99), undefined, /^unknown: No verdict: 99 views .* takes 100/],
    ['in time', times(sure(0.4)), undefined, /^none: The first byte is in time\./],
    ['in time, painted late', times(sure(0.4)), painted(4), /^front-end: .*Look at images/],
    ['in time, painted late by few', times(sure(0.4)), painted(4, 50), /^none/],
    ['in time, paint at its threshold', times(sure(0.4)), painted(2.5), /^none/],
    ['at the threshold', times(sure(0.8)), undefined, /^unknown: No verdict: the band .* 800 ms/],
    [
      'a band without an end is not in time',
      times({ value: undefined, low: 0.7, high: undefined }),
      undefined,
      /^unknown/,
    ],
    [
      'servers take most of it',
      times(sure(2), { server: [told('php', 1.2)] }),
      undefined,
      /^origin: .*2\.00 s.*1\.20 s\.$/,
    ],
    [
      'the database does',
      times(sure(2), { server: [told('wp-total', 1.5), told('db', 1)] }),
      undefined,
      /^origin: .*in the database \(1\.00 s\)/,
    ],
    [
      'a database alone is not the server',
      times(sure(2), { server: [told('db', 1.9)] }),
      undefined,
      /^unknown: .*too few of these pages tell/,
    ],
    ['an edge alone is not the server', times(sure(2), { server: [told('edge', 1.9)] }), undefined, /^unknown/],
    ['few of them told it', times(sure(2), { server: [told('php', 1.9, 99)] }), undefined, /^unknown/],
    [
      'copies in a cache',
      times(sure(2), { server: [told('php', 3)] }),
      undefined,
      /^unknown: .*copies in a cache.*no probe/,
    ],
    [
      'servers are fast, no probe',
      times(sure(2), { server: [told('php', 0.2)] }),
      undefined,
      /^unknown: Not the origin: .*Missing is a probe/,
    ],
    [
      'the answer is late, servers are not',
      times(sure(2), { server: [told('php', 0.2)], probes: [probe(30, 1_500)] }),
      undefined,
      /^edge: CDN or edge: .*1\.50 s.*200 ms/,
    ],
    [
      'the connection is late',
      times(sure(2), { server: [told('php', 0.2)], probes: [probe(1_200, 300)] }),
      undefined,
      /^network: Network of the site/,
    ],
    [
      'only visitors wait',
      times(sure(2), { server: [told('php', 0.2)], probes: [probe(30, 250)] }),
      undefined,
      /^network: Network of the visitors/,
    ],
    [
      'a bit of everything',
      times(sure(2), { server: [told('php', 0.6)], probes: [probe(500, 900)] }),
      undefined,
      /^unknown: No part is half/,
    ],
    [
      'no Server-Timing, probe late',
      times(sure(2), { probes: [probe(20, 1_500)] }),
      undefined,
      /^unknown: Origin or CDN/,
    ],
    [
      'no Server-Timing, connection late',
      times(sure(2), { probes: [probe(1_500, 20)] }),
      undefined,
      /^network: Network of the site/,
    ],
    [
      'no Server-Timing, probe fast',
      times(sure(2), { probes: [probe(20, 90)] }),
      undefined,
      /^unknown: .*perhaps from a cache/,
    ],
    [
      'beyond the last boundary',
      times({ value: undefined, low: 4, high: undefined }, { server: [told('php', 3)] }),
      undefined,
      /^origin: of the 4\.00 s|^origin: Origin: of the 4\.00 s/,
    ],
  ])('%s', (_, one, group, expected) => expect(said(one, group)).toMatch(expected));
});

describe('the probe beside them', () => {
  const site = { origins: ['https://shop.example.org'], pages: [{ name: 'front', paths: ['/'] }] } as never;
  const numbers = { groups: [], server: [] } as never;
  const target = (name: string, url: string, kind = 'wordpress') => ({ name, url, kind }) as never;
  const run = (firstByteMs: number, more: object = {}, outcome = 'ok') =>
    ({
      atMs: firstByteMs,
      distorted: false,
      steps: [{ step: 'front', outcome, phases: { dns: 1, tls: 2, first_byte: firstByteMs, transfer: 900 } }],
      ...more,
    }) as unknown as SeenRun;
  const of = (targets: readonly never[], runs: readonly SeenRun[]) => firstBytes(site, numbers, targets, () => runs);

  it('is of a target whose URL has an origin of the site, in the group of its path', () => {
    const targets = [
      target('a', 'https://shop.example.org/'),
      target('b', 'https://shop.example.org/cart'),
      target('c', 'https://elsewhere.example.org/'),
      target('d', 'http://shop.example.org/'),
      target('e', 'tls://shop.example.org:443', 'tls'),
    ];
    expect(of(targets, [run(5)]).map(({ page, probes }) => [page, probes.map((p) => p.target)])).toEqual([
      ['front', ['a']],
      ['other', ['b']],
    ]);
  });
  it('is the good run in the middle, without its transfer: bad, skipped and distorted ones say nothing', () => {
    const runs = [run(90), run(10), run(50), run(9_000, {}, 'timeout'), run(1, { distorted: true })];
    expect(of([target('a', 'https://shop.example.org/')], runs)[0]!.probes).toEqual([
      { target: 'a', step: 'front', runs: 3, atMs: 50, phasesMs: { dns: 1, tls: 2, first_byte: 50 }, totalMs: 53 },
    ]);
    expect(of([target('a', 'https://shop.example.org/')], [run(1, {}, 'timeout')])).toEqual([]);
  });
});

it('a percentile beyond the last boundary has no value, as the verdict takes it', () => {
  expect(p75([1, 4], [0, 0, 100])).toEqual({ value: undefined, low: 4, high: undefined });
});
