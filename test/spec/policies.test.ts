// Alert policies that cannot do what they say are errors; boundaries in pairs. And a spec that measures nothing is a warning.
import { describe, expect, it } from 'vitest';
import { parseSpec } from '../../src/spec/parse.ts';
import { ports, rulesIn, shop, slo, text } from './specs.ts';

const TIER = { tier: 'a', severity: 'page', long: '1h', short: '5m', budget: '2%' };
const policy = (...tiers: object[]) => ({ window: '90d', tiers: tiers.map((tier) => ({ ...TIER, ...tier })) });
const rules = (...policies: object[]) => rulesIn({ policies });
const findings = (spec: object) => parseSpec([{ file: 's.yaml', text: text(spec) }], ports()).findings;
const day = (window: string, long: string) => rules({ window, tiers: [{ ...TIER, long }] });

describe('a policy', () => {
  it.each([
    ['a long window of the length of the short one', rules(policy({ long: '5m' })), ['tier-windows']],
    ['a long window shorter than the short one', rules(policy({ long: '4m' })), ['tier-windows']],
    ['a long window a little longer than the short one', rules(policy({ long: '301s' })), []],
    ['a long window of the whole period', day('1d', '1d'), []],
    ['a long window a minute longer than the period', day('1d', '1d1m'), ['tier-windows']],
    ['a budget of 0 %', rules(policy({ budget: '0%' })), ['tier-budget']],
    ['a budget of 0 as a number', rules(policy({ budget: 0 })), ['tier-budget']],
    ['a budget just above 0', rules(policy({ budget: '0.1%' })), []],
    ['a tier name twice', rules(policy({}, { long: '6h' })), ['duplicate-tier']],
    ['two names', rules(policy({}, { tier: 'b', long: '6h' })), []],
    ['a name that another policy has too', rules(policy({}), { ...policy({}), window: '60d' }), []],
    ['the same period twice', rules(policy({}), policy({})), ['duplicate-policy', 'duplicate-policy']],
    [
      'the same period, written otherwise',
      rules(policy({}), { ...policy({}), window: '2160h' }),
      ['duplicate-policy', 'duplicate-policy'],
    ],
    ['a tier that failed the schema', rules(policy({ short: 'x' })), ['invalid-value']],
    ['a window that failed the schema', rules({ ...policy({}), window: 'x' }), ['invalid-value']],
  ])('with %s', (_name, found, expected) => {
    expect(found).toEqual(expected);
  });
  it('is reported at its place, with what to do', () => {
    const spec = { policies: [policy({ long: '5m' }, { budget: '0%' })] };
    const found = findings(spec).filter((f) => f.rule !== 'nothing-measured');
    expect(found.map((f) => `${f.rule} ${f.path}`)).toEqual([
      'tier-windows policies[0].tiers[0].long',
      'duplicate-tier policies[0].tiers[1].tier',
      'tier-budget policies[0].tiers[1].budget',
    ]);
    for (const f of found) expect([f.rule, f.severity, f.hint]).toEqual([f.rule, 'error', expect.any(String)]);
  });
  it('that stands in two files is reported in both', () => {
    const texts = ['a.yaml', 'b.yaml'].map((file) => ({ file, text: text({ policies: [policy({})] }) }));
    const found = parseSpec(texts, ports()).findings.filter((f) => f.rule === 'duplicate-policy');
    expect(found.map((f) => [f.file, f.path])).toEqual([
      ['a.yaml', 'policies[0].window'],
      ['b.yaml', 'policies[0].window'],
    ]);
    expect(found[0]!.hint).toContain('b.yaml:');
  });
});

describe('nothing-measured', () => {
  const of = (spec: object | string) =>
    parseSpec([{ file: 's.yaml', text: typeof spec === 'string' ? spec : text(spec) }], ports()).findings.map(
      (f) => `${f.line}:${f.column} ${f.severity} ${f.rule}: ${f.message}`,
    );
  it('warns of a spec without targets, and of one without SLOs, and of no other', () => {
    expect(of('targets: []\nslos: []\n')).toEqual([
      '1:1 warning nothing-measured: the spec has no targets: nothing is measured',
    ]);
    expect(of({ exporter: { concurrency: 5 } })).toEqual([
      '1:1 warning nothing-measured: the spec has no targets: nothing is measured',
    ]);
    expect(of({ targets: [shop], slos: [] })).toEqual([
      '2:1 warning nothing-measured: the spec has no SLOs: targets are probed, but no promise is measured',
    ]);
    expect(of({ targets: [shop], slos: [slo()] })).toEqual([]);
  });
  it('is not said of a spec whose lists are not known: that is one mistake, with its own finding', () => {
    expect(rulesIn({ targts: [shop], slo: [slo()] })).toEqual(['unknown-key', 'unknown-key']);
    expect(of('slo: []\n')).toEqual([expect.stringContaining('unknown-key')]);
    const { findings } = parseSpec([{ file: 's.yaml', text: text({ targets: [shop] }) }], ports(), false);
    expect(findings).toEqual([]);
  });
  it('is not said of one file of several, if another has the SLOs', () => {
    const texts = [{ targets: [shop] }, { slos: [slo()] }].map((spec, i) => ({ file: `${i}.yaml`, text: text(spec) }));
    expect(parseSpec(texts, ports()).findings).toEqual([]);
  });
});
