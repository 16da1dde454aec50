import { describe, expect, it } from 'vitest';
import { diffAlertmanager } from '../../src/generate/diff-alertmanager.ts';
import { type ComparedGroup, diffGroups } from '../../src/generate/diff-rules.ts';

const burn = (more: object = {}) => ({
  alert: 'SLOErrorBudgetBurn',
  expr: 'sum by (slo) (rate(slo_events_total{result="bad"}[5m])) > 14.4 * 0.001',
  forMs: 60_000,
  labels: { severity: 'page' },
  annotations: { summary: 'burns' },
  ...more,
});
const record = (name: string, expr = '1') => ({ record: name, expr });
const group = (more: Partial<ComparedGroup> = {}): ComparedGroup => ({
  name: 'slo-page',
  intervalMs: 30_000,
  rules: [burn()],
  ...more,
});
const diff = (before: Partial<ComparedGroup>, after: Partial<ComparedGroup>) =>
  diffGroups([group(before)], [group(after)]);

describe('the difference between two lists of rules', () => {
  it('is nothing for the same rules, however they are laid out', () => {
    expect(diffGroups([group()], [group()])).toEqual([]);
    const lines = 'sum by (slo) (rate(slo_events_total{result="bad"}[5m])) # bad ones\n  > 14.4 *\n  0.001\n';
    expect(diff({}, { rules: [burn({ expr: lines })] })).toEqual([]);
    const turned = { labels: { b: '1', a: '2' } };
    expect(diff({ rules: [burn(turned)] }, { rules: [burn({ labels: { a: '2', b: '1' } })] })).toEqual([]);
  });

  it('counts blanks and # inside of quotes', () => {
    const of = (value: string) => ({ rules: [record('r', `up{job="${value}"}`)] });
    expect(diff(of('a b'), of('a  b'))).toEqual([
      'group slo-page: record r: expression up{job="a b"} -> up{job="a  b"}',
    ]);
    expect(diff(of('a #1'), of('a #2'))).toHaveLength(1);
  });

  it('says times, labels, annotations and the part of an expression that changed', () => {
    const after = burn({
      forMs: 120_000,
      keepFiringForMs: 300_000,
      expr: 'sum by (slo) (rate(slo_events_total{result="bad"}[5m])) > 6 * 0.001',
      labels: { severity: 'ticket', team: 'web' },
      annotations: {},
    });
    expect(diff({}, { rules: [after] })).toEqual([
      'group slo-page: alert SLOErrorBudgetBurn: for 1m -> 2m; keep_firing_for 0s -> 5m; label severity page -> ticket; ' +
        'label team is new: web; expression changed: …[5m])) > 14.4 * 0.001 -> …[5m])) > 6 * 0.001; ' +
        'annotation summary is removed (was burns)',
    ]);
  });

  it('shortens what is long', () => {
    const long = (name: string) => ({ rules: [record('r', `${name} + `.repeat(200) + name)] });
    const [sentence] = diff(long('a'), long('b'));
    expect(sentence).toMatch(/^group slo-page: record r: expression changed: (?:a \+ )+.*… -> (?:b \+ )+.*…$/);
    expect(sentence!.length).toBeLessThan(700);
  });

  it('names rules and groups that come and go', () => {
    expect(diffGroups([group()], [])).toEqual(['group slo-page: is removed, with 1 rule']);
    expect(diffGroups([], [group({ rules: [burn(), record('r')] })])).toEqual([
      'group slo-page: is new, 2 rules every 30s',
    ]);
    expect(diff({}, { rules: [record('r')] })).toEqual([
      'group slo-page: alert SLOErrorBudgetBurn is removed',
      'group slo-page: record r is new',
    ]);
    expect(diff({}, { intervalMs: 60_000 })).toEqual(['group slo-page: interval 30s -> 1m']);
    expect(diff({ extras: { limit: '3' } }, {})).toEqual(['group slo-page: setting limit is removed (was 3)']);
  });

  it('pairs alerts of one name by their labels', () => {
    const tiers = [burn({ labels: { tier: '1h' } }), burn({ labels: { tier: '6h' } })];
    expect(diff({ rules: tiers }, { rules: [tiers[0]!, { ...tiers[1]!, forMs: 0 }] })).toEqual([
      'group slo-page: alert SLOErrorBudgetBurn{tier="6h"}: for 1m -> 0s',
    ]);
    expect(diff({ rules: tiers }, { rules: [tiers[1]!] })).toEqual([
      'group slo-page: alert SLOErrorBudgetBurn{tier="1h"} is removed',
    ]);
  });

  it('sees that a rule moved to another group, and that the order changed', () => {
    const [a, b, c] = [record('a'), record('b'), record('c')];
    const before = [group({ rules: [a, b] }), group({ name: 'other', rules: [c] })];
    expect(diffGroups(before, [group({ rules: [a] }), group({ name: 'other', rules: [c, b] })])).toEqual([
      'group other: record b came from group slo-page',
    ]);
    expect(diff({ rules: [a, b] }, { rules: [b, a] })).toEqual([
      'group slo-page: rules are evaluated in another order',
    ]);
  });
});

describe('the difference between two Alertmanager configs', () => {
  const config = (more: object = {}) => ({
    config: {
      global: { slack_api_url: 'https://hooks/old-secret' },
      route: { receiver: 'mail', group_wait: '30s' },
      receivers: [{ name: 'mail' }, { name: 'chat', slack_configs: [{ api_url: 'https://hooks/a-secret' }] }],
      ...more,
    },
    templates: { 'a.tmpl': 'x' },
  });

  it('shows routes, and only names what may be secret', () => {
    const after = config({
      global: { slack_api_url: 'https://hooks/new-secret' },
      route: { receiver: 'chat', group_wait: '30s' },
      receivers: [{ name: 'chat', slack_configs: [{ api_url: 'https://hooks/b-secret' }] }, { name: 'pager' }],
    });
    const sentences = diffAlertmanager(config(), { ...after, templates: { 'a.tmpl': 'y', 'b.tmpl': '' } });
    expect(sentences).toEqual([
      'global.slack_api_url changed',
      'route.receiver: "mail" -> "chat"',
      'receivers[mail] is removed',
      'receivers[chat].slack_configs[0].api_url changed',
      'receivers[pager] is new',
      'template a.tmpl changed',
      'template b.tmpl is new',
    ]);
    expect(sentences.join()).not.toContain('secret');
  });

  it('is nothing for the same, and sees another order of routes', () => {
    expect(diffAlertmanager(config(), config())).toEqual([]);
    const routes = (...names: string[]) => config({ inhibit_rules: names.map((name) => ({ name })) });
    expect(diffAlertmanager(routes('a', 'b'), routes('b', 'a'))).toEqual(['inhibit_rules: stand in another order']);
    expect(diffAlertmanager({ config: null, templates: {} }, { config: {}, templates: {} })).toEqual([
      'the config changed',
    ]);
  });
});
