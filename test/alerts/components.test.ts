// Component alerts: every one is well formed, known to the catalogue, documented, and does in Debian's promtool what its tests say.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMPONENT_ALERTS } from '../../alerts/rules/families.ts';
import { checkAgainstCatalogue, labelsKept } from '../../src/generate/catalogue/catalogue.ts';
import { type AlertFamily, componentRule } from '../../src/generate/component-alert.ts';
import { componentTestFile } from '../../src/generate/component-tests.ts';
import { prometheusRuleFile } from '../../src/generate/rule-files.ts';
import { problemsOf } from '../../src/promql/check.ts';
import { checkRules, runPromtoolTests } from '../services/promtool.ts';

const all = COMPONENT_ALERTS.flatMap(({ name, alerts }) => alerts.map((alert) => ({ family: name, ...alert })));
const rulesOf = ({ name, alerts }: AlertFamily): string =>
  prometheusRuleFile([{ name, intervalMs: 60_000, rules: alerts.map((alert) => componentRule(name, alert, {})) }]);

/** An alert without the others of its family: fewer rules to evaluate. */
const only = (family: string, name: string): AlertFamily => ({
  name: family,
  alerts: all.filter(({ alert }) => alert === name),
});

describe('every alert', () => {
  it('there are enough, each name once', () => {
    expect(all.length).toBeGreaterThan(50);
    expect(new Set(all.map(({ alert }) => alert)).size).toBe(all.length);
  });
  it.each(all)('$alert is well formed', ({ alert, expr, severity, owner, summary, description }) => {
    expect(alert).toMatch(/^([A-Z][A-Za-z0-9]*)$/);
    expect(problemsOf(expr)).toEqual([]);
    expect(severity).toBe('ticket');
    expect(['web', 'platform']).toContain(owner);
    expect(summary.length).toBeLessThan(120);
    expect(description.length).toBeGreaterThan(60);
  });
  it.each(all)('$alert uses series and labels that exist, and keeps cluster', ({ expr }) => {
    expect(checkAgainstCatalogue(expr)).toEqual([]);
    expect(labelsKept(expr)).toContain('cluster');
  });
  it.each(all)('$alert: texts use only labels that the expression keeps', ({ expr, summary, description }) => {
    const used = [...`${summary} ${description}`.matchAll(/\$labels\.(\w+)/g)].map((m) => m[1]!);
    expect(used.filter((label) => !labelsKept(expr).includes(label))).toEqual([]);
  });
  it.each(all)(
    '$alert: what its tests expect to fire has the labels that are kept, and no others',
    ({ expr, tests }) => {
      for (const labels of tests.flatMap(({ fires }) => fires))
        expect(Object.keys(labels).filter((label) => !labelsKept(expr).includes(label))).toEqual([]);
    },
  );
  it.each(all.filter(({ expr }) => expr.includes('probe_')))(
    '$alert, which is about a probe, keeps target, so that maintenance can silence it',
    ({ expr }) => {
      expect(labelsKept(expr)).toContain('target');
    },
  );
});

describe("in Debian's promtool", () => {
  it.each(COMPONENT_ALERTS)('the rules of $name are valid, templates too', async (family) => {
    expect(await checkRules(rulesOf(family))).toEqual([]);
  });
  it.each(all)('$alert fires and stays quiet as its tests say', async ({ family, alert }) => {
    const alone = only(family, alert);
    expect(await runPromtoolTests({ rules: rulesOf(alone), tests: componentTestFile([alone], ['rules.yml']) })).toEqual(
      [],
    );
  });
  it.each(all)('$alert: its texts are rendered with every label and value', async ({ family, alert, expr, tests }) => {
    const test = tests.find(({ fires }) => fires.length > 0)!;
    // No alert is expected, so that promtool says what it got.
    const given = {
      rule_files: ['rules.yml'],
      evaluation_interval: '1m',
      tests: [
        {
          interval: '1m',
          input_series: test.series,
          alert_rule_test: [{ eval_time: `${test.atMs / 60_000}m`, alertname: alert, exp_alerts: [] }],
        },
      ],
    };
    const [got, ...others] = await runPromtoolTests({
      rules: rulesOf(only(family, alert)),
      tests: JSON.stringify(given),
    });
    expect(others).toEqual([]);
    expect(got).toMatch(/Annotations:\{description=".+", runbook_url=".+\.md", summary=".+"\}/s);
    expect(got).not.toMatch(/<no value>|<error|NaN|%!|\{\{|\S {2}\S|=" /);
    if (process.env.TEXTS) console.log(`${expr}\n${got}`);
  });
});

describe('runbooks', () => {
  const FOLDER = join(import.meta.dirname, '../../alerts/runbooks');
  const HEADINGS = ['Meaning', 'Impact', 'Diagnosis', 'Mitigation'];
  const files = readdirSync(FOLDER).filter((file) => !/^(SLO.*|Watchdog)\.md$/.test(file));
  it('there is one for each alert, and an alert for each', () => {
    expect(files.sort()).toEqual(all.map(({ alert }) => `${alert}.md`).sort());
  });
  it.each(files)('%s: every query in it is valid and uses series that exist', (file) => {
    const blocks = [...readFileSync(join(FOLDER, file), 'utf8').matchAll(/```promql\n([\s\S]*?)\n```/g)];
    for (const query of blocks.flatMap((block) => block[1]!.split('\n')))
      expect([query, ...problemsOf(query), ...checkAgainstCatalogue(query)]).toEqual([query]);
  });
  it.each(files)('%s has the four headings in order, commands, and nothing left to fill in', (file) => {
    const text = readFileSync(join(FOLDER, file), 'utf8');
    expect(text.split('\n')[0]).toBe(`# ${file.replace(/\.md$/, '')}`);
    expect([...text.matchAll(/^## (.+)$/gm)].map((m) => m[1])).toEqual(HEADINGS);
    const parts = text.split(/^## .+$/m).slice(1);
    for (const part of parts) expect(part.trim().length).toBeGreaterThan(40);
    expect(parts[2]).toMatch(/```(sh|sql|promql)\n[\s\S]+?\n```/);
    expect(text).not.toMatch(/\b(TODO|TBD|FIXME|lorem|placeholder|fill in)\b/i);
    expect(text.length).toBeLessThan(4000);
  });
});
