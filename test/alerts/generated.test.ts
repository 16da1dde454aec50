// What `generate alerts` writes, as a whole: it is what is committed, it is valid, and it does not grow with the SLOs.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { alertFiles, componentAlerts, ruleGroups } from '../../alerts/generate.ts';
import { COMPONENT_ALERTS } from '../../alerts/rules/families.ts';
import { loadSpec } from '../../src/files/load-spec.ts';
import { driftIn, writeGenerated } from '../../src/files/write-generated.ts';
import { checkAgainstCatalogue, labelsKept } from '../../src/generate/catalogue/catalogue.ts';
import type { AlertingRule } from '../../src/generate/rule.ts';
import { checkRules as wrongIn } from '../../src/generate/rule-check.ts';
import { ALERT } from '../../src/generate/slo/names.ts';
import { COMPONENT_ALERT_NAMES } from '../../src/spec/component-alert-names.ts';
import { checkRules } from '../services/promtool.ts';
import { shop, slo, validSpec } from '../spec/specs.ts';

const ROOT = join(import.meta.dirname, '../..');
const GENERATED = join(ROOT, 'alerts/generated');
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-generated-'));
afterAll(() => rmSync(folder, { recursive: true }));

const committed = () => {
  const loaded = loadSpec([join(ROOT, 'plimsoll.yaml')]);
  if (!loaded.ok) throw new Error('plimsoll.yaml is not valid');
  return loaded.spec;
};
const manySlos = (count: number) =>
  validSpec({
    targets: [shop],
    slos: Array.from({ length: count }, (_, i) => slo({ name: `slo-${i}`, objective: `99.${(i % 5) + 1}%` })),
  });
const sloAlerts = (spec = committed()): AlertingRule[] =>
  ruleGroups(spec)
    .filter((group) => group.name.startsWith('slo-'))
    .flatMap((group) => group.rules.filter((rule) => 'alert' in rule));

describe('alerts/generated', () => {
  it('is what plimsoll.yaml says; else: npm run alerts, and commit', () => {
    expect(driftIn(GENERATED, alertFiles(committed()))).toEqual([]);
    expect(readdirSync(GENERATED).length).toBeGreaterThan(4);
  });
  it('is the same to the byte every time', () => {
    expect(alertFiles(committed())).toEqual(alertFiles(committed()));
  });
  it('has one YAML document per file: Prometheus reads only the first', () => {
    const texts = alertFiles(committed()).filter(({ path }) => path.endsWith('.yaml'));
    expect(texts.length).toBeGreaterThan(5);
    for (const { path, text } of texts) expect(parseAllDocuments(text), path).toHaveLength(1);
  });
  it("passes Debian's promtool", async () => {
    const files = alertFiles(committed()).filter(({ path }) => path.startsWith('rules/'));
    expect(files.length).toBeGreaterThan(8);
    for (const { text } of files) expect(await checkRules(text)).toEqual([]);
    const rules = files.find(({ path }) => path === 'rules/slo.yaml')!.text;
    expect(await checkRules(rules.replace('sum by', 'sum bye'))).not.toEqual([]);
  });
});

describe('the number of rules', () => {
  it('is the same for 1 SLO and for 1,000', () => {
    const count = (spec: Parameters<typeof ruleGroups>[0]) => ruleGroups(spec).flatMap((group) => group.rules).length;
    expect(count(manySlos(1000))).toBe(count(manySlos(1)));
    expect(count(manySlos(1))).toBeGreaterThan(70);
  });
  it('does not make the rules longer either', () => {
    const text = (n: number) =>
      alertFiles(manySlos(n))
        .find(({ path }) => path === 'rules/slo.yaml')!
        .text.replaceAll(/version: \w+/g, '');
    expect(text(1000)).toBe(text(1));
  });
  it('grows with policies, as their windows differ, and with steps', () => {
    const mixed = validSpec({
      targets: [shop, { ...shop, name: 'slow', interval: '2m' }],
      slos: [
        slo(),
        slo({ name: 'b', window: '7d' }),
        slo({ name: 'c', window: '30d', sli: { kind: 'probe', target: 'slow' } }),
      ],
    });
    const burn = sloAlerts(mixed).filter((rule) => rule.alert === ALERT.burn);
    // 7 and 30 days have the same windows and other factors: still one rule per tier.
    expect(burn).toHaveLength(4);
    expect(burn[0]!.expr).toContain('(13.44 * max by (cluster, slo) (slo_info{window=~"7d"}) or 14.4 *');
    expect(
      sloAlerts(mixed)
        .filter((rule) => rule.alert === ALERT.lost)
        .map((rule) => rule.labels.step),
    ).toEqual(['30s', '2m']);
  });
});

describe('SLO alerts', () => {
  it.each(sloAlerts())(
    '$alert $labels.tier has a severity, texts that use labels that are there, and a runbook',
    (rule) => {
      expect(['page', 'ticket', 'none']).toContain(rule.labels.severity);
      const kept = [...labelsKept(rule.expr), ...Object.keys(rule.labels)];
      const used = [...JSON.stringify(rule.annotations).matchAll(/\$labels\.(\w+)/g)].map((m) => m[1]!);
      expect(used.filter((label) => !kept.includes(label))).toEqual([]);
      expect(rule.annotations.summary!.length).toBeGreaterThan(10);
      expect(rule.annotations.description!.length).toBeGreaterThan(20);
      if (rule.alert === ALERT.maintenance) return;
      const runbook = join(ROOT, 'alerts/runbooks', rule.annotations.runbook_url!.split('/').at(-1)!);
      const headings = readFileSync(runbook, 'utf8').match(/^#+ .+$/gm);
      expect(headings).toEqual([`# ${rule.alert}`, '## Meaning', '## Impact', '## Diagnosis', '## Mitigation']);
    },
  );
  it('have the labels that routing knows them by', () => {
    const burn = sloAlerts().find((rule) => rule.alert === ALERT.burn)!;
    const labels = new Set([...labelsKept(burn.expr), ...Object.keys(burn.labels)]);
    for (const label of ['cluster', 'slo', 'service', 'team', 'severity', 'tier']) expect(labels).toContain(label);
  });
  it('page for burn and lost data, and for nothing else', () => {
    const pages = ruleGroups(committed()).flatMap((g) =>
      g.rules.filter((r) => 'alert' in r && r.labels.severity === 'page'),
    );
    expect(new Set(pages.map((rule) => 'alert' in rule && rule.alert))).toEqual(new Set([ALERT.burn, ALERT.lost]));
  });
  it('use a query of the gauges instead of totals with evaluate: exporter, and only one of both', () => {
    const spec = validSpec({ targets: [shop], slos: [slo()], alerting: { evaluate: 'exporter' } });
    const burn = sloAlerts(spec).filter((rule) => rule.alert === ALERT.burn);
    expect(burn).toHaveLength(4);
    for (const { expr } of burn) {
      expect(expr).toContain('slo_burn_rate{window=');
      expect(expr).not.toContain('slo:bad_events:total');
    }
    for (const { expr } of sloAlerts().filter((rule) => rule.alert === ALERT.burn))
      expect(expr).not.toContain('slo_burn_rate');
  });
});

describe('the build', () => {
  it('fails on a series or a label that nobody serves', () => {
    const group = (expr: string) => [{ name: 'g', intervalMs: 1, rules: [{ record: 'r', expr }] }];
    expect(wrongIn(group('slo_evnts_total'))).toHaveLength(1);
    expect(wrongIn(group('sum by (slot) (slo_events_total)'))).toHaveLength(1);
    expect(wrongIn(group('sum(slo_events_total'))).not.toEqual([]);
    expect(wrongIn(group('sum by (slo) (slo_events_total)'))).toEqual([]);
  });
  it('knows every series in texts of alerts too', () => {
    const queries = sloAlerts().flatMap((rule) =>
      Object.values(rule.annotations).flatMap((text) => [...text.matchAll(/printf `([^`]+)`/g)].map((m) => m[1]!)),
    );
    expect(queries.length).toBeGreaterThan(20);
    for (const query of queries) expect(checkAgainstCatalogue(query.replaceAll(/%\[\d\]q/g, '"x"'))).toEqual([]);
  });
  it('has an alert for every name that the spec may say, and no other', () => {
    expect(COMPONENT_ALERTS.flatMap((f) => f.alerts.map((a) => a.alert)).sort()).toEqual(
      [...COMPONENT_ALERT_NAMES].sort(),
    );
  });
  it('leaves out component alerts, and makes pages of others, as the spec says', () => {
    const spec = validSpec({
      targets: [shop],
      slos: [slo()],
      alerting: { off: ['MariaDBDown'], pages: ['RedisDown'] },
    });
    const alerts = componentAlerts(spec).flatMap((family) => family.alerts);
    expect(alerts.some(({ alert }) => alert === 'MariaDBDown')).toBe(false);
    expect(alerts.filter(({ severity }) => severity === 'page').map(({ alert }) => alert)).toEqual(['RedisDown']);
  });
});

describe('writing', () => {
  it('says what it changes, removes what is no longer generated, and leaves other files alone', () => {
    writeFileSync(join(folder, 'own.yaml'), 'mine');
    expect(
      writeGenerated(folder, [
        { path: 'a/b.yaml', text: '1' },
        { path: 'c.yaml', text: '2' },
      ]),
    ).toHaveLength(2);
    const next = [{ path: 'c.yaml', text: '3' }];
    expect(driftIn(folder, next)).toEqual([
      { path: 'a/b.yaml', what: 'no longer generated' },
      { path: 'c.yaml', what: 'differs' },
    ]);
    writeGenerated(folder, next);
    expect(driftIn(folder, next)).toEqual([]);
    expect(existsSync(join(folder, 'a/b.yaml'))).toBe(false);
    expect(readFileSync(join(folder, 'own.yaml'), 'utf8')).toBe('mine');
  });
  it('fails where no folder can be made, and does not hang', () => {
    expect(() => writeGenerated('/proc/plimsoll/out', [{ path: 'a.yaml', text: '1' }])).toThrow(/ENOENT|EPERM|EACCES/);
  });
  it('changes nothing if one file cannot be written', () => {
    writeGenerated(folder, [{ path: 'c.yaml', text: '4' }]);
    // A folder stands where a file is written first.
    const blocked = [
      { path: 'c.yaml', text: '5' },
      { path: 'own.yaml/x.yaml', text: '6' },
    ];
    expect(() => writeGenerated(folder, blocked)).toThrow(/own\.yaml/);
    expect(readFileSync(join(folder, 'c.yaml'), 'utf8')).toBe('4');
    expect(readdirSync(folder).filter((name) => name.endsWith('.new'))).toEqual([]);
  });
});
