// The section statusPage of the spec: what it takes, and what is wrong with it, with its place.
import { describe, expect, it } from 'vitest';
import { parseSpec } from '../../src/spec/parse.ts';
import { ports, shop, slo, text, validSpec } from './specs.ts';

const findings = (statusPage: object) =>
  parseSpec(
    [{ file: 's.yaml', text: text({ targets: [shop], slos: [slo({ name: 'shop-up' })], statusPage }) }],
    ports(),
  ).findings;

describe('the section statusPage', () => {
  it('is empty without being written, so there is no page', () => {
    expect(validSpec({ targets: [shop], slos: [slo()] }).statusPage).toEqual({
      title: 'Status',
      components: [],
      messages: [],
    });
  });
  it('refuses an SLO that nobody defines, and says which is meant', () => {
    const [found] = findings({ components: [{ name: 'Shop', slos: ['shop-up', 'shop-upp'] }] });
    expect(found).toMatchObject({ rule: 'unknown-slo', line: 3, severity: 'error', hint: 'did you mean "shop-up"?' });
  });
  it('refuses unknown keys, a component without SLOs and a time without zone', () => {
    const rules = (statusPage: object) => findings(statusPage).map(({ rule }) => rule);
    expect(rules({ component: [] })).toEqual(['unknown-key']);
    expect(rules({ components: [{ name: 'Shop', slos: [] }] })).toHaveLength(1);
    expect(rules({ messages: [{ at: '2026-12-01 22:00', title: 'x' }] })).toHaveLength(1);
    expect(rules({ components: [{ name: 'Shop', slos: ['shop-up'] }] })).toEqual([]);
  });
});
