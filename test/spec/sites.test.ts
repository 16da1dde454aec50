// What `check` says of sites and of SLOs of their real users.
import { describe, expect, it } from 'vitest';
import { rulesIn, slo } from './specs.ts';

const site = {
  key: 'shop',
  origins: ['https://shop.example.org'],
  mode: 'full',
  pages: [{ name: 'front', paths: ['/'] }],
};
const rum = (of: string, more: object = {}) => ({ kind: 'rum', site: 'shop', of, ...more });
const one = (sli: object, change: object = {}, sites: object[] = [site]) => ({
  sites,
  slos: [slo({ objective: '75%', sli, ...change })],
});

describe('check', () => {
  it('is content with vitals at 75 %, whose page tiers do not count, and with errors', () => {
    expect(rulesIn(one(rum('lcp')))).toEqual([]);
    expect(rulesIn(one(rum('inp', { grade: 'not-poor', pages: ['front', 'other'], device: 'mobile' })))).toEqual([]);
    expect(rulesIn(one(rum('errors'), { objective: '99.5%' }))).toEqual([]);
  });
  const tier = (severity: string, budget: string) => ({
    tier: `t-${severity}`,
    severity,
    long: '1d',
    short: '2h',
    budget,
  });
  const policy = (...tiers: object[]) => ({ policies: [{ window: '14d', tiers }] });
  it.each([
    ['only pages', policy(tier('page', '10%')), '75%', ['rum-no-ticket']],
    ['a ticket at 4.2 times at 75 %', policy(tier('ticket', '30%')), '75%', ['rum-no-ticket']],
    ['the same at 95 %', policy(tier('ticket', '30%')), '95%', []],
    // The bound of 100 samples at 0.98 is above 1.
    ['3.92 times at 75 %, beyond the bound of 100 samples', policy(tier('ticket', '28%')), '75%', ['rum-no-ticket']],
    ['one of two', policy(tier('page', '30%'), tier('ticket', '10%')), '75%', []],
  ])('warns if no ticket can be reached: %s', (_, policies, objective, rules) => {
    expect(rulesIn({ ...one(rum('lcp'), { window: '14d', objective }), ...policies })).toEqual(rules);
  });
  it.each([
    ['an unknown site', one(rum('lcp', { site: 'shp' })), ['unknown-site']],
    ['an unknown page', one(rum('lcp', { pages: ['frnt'] })), ['unknown-page']],
    ['a grade of errors', one(rum('errors', { grade: 'not-poor' })), ['rum-errors-grade']],
    ['errors in the mode lite', one(rum('errors'), {}, [{ ...site, mode: 'lite' }]), ['rum-errors-lite']],
    ['a calendar window', one(rum('lcp'), { window: { calendar: 'month' } }), []],
    ['two sites of one key', one(rum('lcp'), {}, [site, site]), ['duplicate-name', 'duplicate-name']],
    ['plain HTTP', one(rum('lcp'), {}, [{ ...site, origins: ['http://shop.example.org'] }]), ['site-plain-http']],
    [
      'an origin with a path',
      one(rum('lcp'), {}, [{ ...site, origins: ['https://shop.example.org/'] }]),
      ['invalid-value'],
    ],
    [
      'nine groups of pages',
      one(rum('lcp'), {}, [{ ...site, pages: Array.from({ length: 9 }, (_, i) => ({ name: `p${i}`, paths: ['/'] })) }]),
      ['invalid-value'],
    ],
    [
      'a group with the name other',
      one(rum('lcp'), {}, [{ ...site, pages: [{ name: 'other', paths: ['/'] }] }]),
      ['invalid-value'],
    ],
    [
      'a misspelt site does not hide the rest',
      { ...one(rum('lcp')), sites: [{ ...site, orgins: [] }] },
      ['unknown-key'],
    ],
  ])('finds %s', (_, spec, rules) => {
    const found = rulesIn(spec);
    if (rules.length === 0) expect(found).toEqual(['promql-calendar']);
    else expect(found).toEqual(rules);
  });
});
