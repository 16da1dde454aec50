// Many mutants of one alert in one run of promtool: each is a rule of its own with another value of one label. promtool spends its
// time on samples and records, which all of them share.
import { parse } from 'yaml';
import type { AlertingRule, Rule, RuleGroup } from '../../src/generate/rule.ts';
import { prometheusRuleFile, yamlText } from '../../src/generate/rule-files.ts';
import { runPromtoolTests } from '../services/promtool.ts';

interface Check {
  expr: string;
  eval_time: string;
  exp_samples?: { labels: string; value: number }[];
}
interface TestFile {
  tests: { name: string; promql_expr_test: Check[]; alert_rule_test?: unknown }[];
}

/** The label that tells the copies of a rule apart, and by which a rule knows its own alerts. */
export interface Telling {
  readonly label: 'tier' | 'step';
  readonly value: string;
}

/** Labels of a sample but for the one that tells copies apart, as one text; only of the alert in question. */
const keyOf = (labels: string, alert: string, { label }: Telling): string | undefined => {
  const pairs = [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => `${name}=${value}`);
  if (!pairs.includes(`alertname=${alert}`)) return undefined;
  return pairs
    .filter((pair) => !pair.startsWith(`${label}=`))
    .sort()
    .join(' ');
};

/**
 * Which of the mutants do what the tests say, by number. `file`: tests with what the rule itself must do. The rule is there too,
 * unchanged: rejects with an Error if it fails.
 */
export async function survivors(
  groups: readonly RuleGroup[],
  rule: AlertingRule,
  mutants: readonly AlertingRule[],
  file: string,
  telling: Telling,
): Promise<number[]> {
  const { label, value } = telling;
  const copies = [rule, ...mutants].map((one, i): Rule => {
    const own = `${label}="m${i}"`;
    return {
      ...one,
      expr: one.expr.replaceAll(`${label}="${value}"`, own),
      labels: { ...rule.labels, [label]: `m${i}` },
    };
  });
  const rules = prometheusRuleFile(
    groups.map((group) => ({ ...group, rules: group.rules.flatMap((one) => (one === rule ? copies : [one])) })),
  );
  const content = parse(file) as TestFile;
  const wanted = new Map<string, string[]>();
  for (const [i, test] of content.tests.entries()) {
    delete test.alert_rule_test;
    for (const [j, check] of test.promql_expr_test.entries()) {
      const expected = (check.exp_samples ?? []).flatMap(({ labels }) => keyOf(labels, rule.alert, telling) ?? []);
      wanted.set(`${i}:${j}`, expected.sort());
      check.expr = check.expr
        .replace(/by \(([^)]*)\)/, (_, by: string) => `by (${by.includes(label) ? by : `${by}, ${label}`})`)
        .replace('alertstate="firing"', `alertstate="firing", asked!="${i}:${j}"`)
        .replace(/alertname=~"[^"]*"|alertname!="Watchdog"/, `alertname="${rule.alert}"`);
      // So that everything that fires is printed.
      check.exp_samples = [{ labels: '{asked="everything"}', value: 1 }];
    }
  }
  const failures = await runPromtoolTests({ rules, tests: yamlText(content) });
  const wrong = new Set<number>();
  const seen = new Set<string>();
  for (const failure of failures) {
    const at = /asked!=\\"([\d:]+)\\"/.exec(failure)?.[1];
    if (at === undefined) throw new Error(failure);
    seen.add(at);
    const got = failure.slice(failure.indexOf('got:'));
    const fired = Map.groupBy(
      [...got.matchAll(/\{[^}]*\}/g)].map(([labels]) => labels),
      (labels) => Number(new RegExp(`${label}="m(\\d+)"`).exec(labels)?.[1]),
    );
    const expected = wanted.get(at)!.join('\n');
    for (const i of copies.keys()) {
      const mine = (fired.get(i) ?? []).map((labels) => keyOf(labels, rule.alert, telling)).sort();
      if (mine.join('\n') !== expected) wrong.add(i);
    }
  }
  if (seen.size !== wanted.size) throw new Error(`promtool answered ${seen.size} of ${wanted.size} questions`);
  if (wrong.has(0)) throw new Error(`${rule.alert} itself fails`);
  return [...copies.keys()].filter((i) => i > 0 && !wrong.has(i)).map((i) => i - 1);
}
