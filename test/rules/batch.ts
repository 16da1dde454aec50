// Many mutants of one alert in one run of promtool: each is a rule of its own, with its own name. promtool spends its time on
// samples and records, which all of them share.
import { parse } from 'yaml';
import type { AlertingRule, RuleGroup } from '../../src/generate/rule.ts';
import { prometheusRuleFile, yamlText } from '../../src/generate/rule-files.ts';
import { runPromtoolTests } from '../services/promtool.ts';

interface Check {
  expr: string;
  exp_samples?: { labels: string; value: number }[];
}
interface TestFile {
  tests: { promql_expr_test: Check[]; alert_rule_test?: unknown }[];
}

/** Labels of a sample as one text, without the name of the alert. */
const keyOf = (labels: string): string =>
  [...labels.matchAll(/(\w+)="([^"]*)"/g)]
    .filter(([, name]) => name !== 'alertname')
    .map(([pair]) => pair)
    .sort()
    .join(' ');

/** Questions that show everything that fires of an alert's copies, and what the alert itself must answer, by number. */
function asked(file: string, alert: string) {
  const content = parse(file) as TestFile;
  const wanted = new Map<string, string>();
  for (const [i, test] of content.tests.entries()) {
    delete test.alert_rule_test;
    for (const [j, check] of test.promql_expr_test.entries()) {
      const mine = (check.exp_samples ?? []).filter(({ labels }) => labels.includes(`alertname="${alert}"`));
      wanted.set(
        `${i}:${j}`,
        mine
          .map(({ labels }) => keyOf(labels))
          .sort()
          .join('\n'),
      );
      check.expr = check.expr
        .replace('alertstate="firing"', `alertstate="firing", asked!="${i}:${j}"`)
        .replace(/alertname=~"[^"]*"|alertname!="Watchdog"/, `alertname=~"${alert}M.*"`);
      // So that everything that fires is printed.
      check.exp_samples = [{ labels: '{asked="everything"}', value: 1 }];
    }
  }
  return { tests: yamlText(content), wanted };
}

/**
 * Which of the mutants do what the tests say, by number. `file`: tests with what the rule itself must do. The rule is there too,
 * unchanged: rejects with an Error if it fails.
 */
export async function survivors(
  groups: readonly RuleGroup[],
  rule: AlertingRule,
  mutants: readonly AlertingRule[],
  file: string,
): Promise<number[]> {
  const { alert } = rule;
  const { tests, wanted } = asked(file, alert);
  let alive = [rule, ...mutants].map((one, i) => ({ one, i, name: `${alert}M${i}.` }));
  for (;;) {
    const copies = alive.map(({ one, name }) => ({
      ...one,
      alert: name.replace('.', 'E'),
      expr: one.expr.replaceAll(`"${alert}"`, `"${name.replace('.', 'E')}"`),
    }));
    const rules = prometheusRuleFile(
      groups.map((group) => ({ ...group, rules: group.rules.flatMap((one) => (one === rule ? copies : [one])) })),
    );
    const failures = await runPromtoolTests({ rules, tests });
    // A rule that cannot be evaluated has failed, and promtool says nothing of the others then.
    const broken = new Set(
      failures.flatMap((text) => [...text.matchAll(/rule: \w+M(\d+)E, time/g)].map(([, i]) => Number(i))),
    );
    if (broken.has(0)) throw new Error(failures.join('\n'));
    if (broken.size === 0)
      return alike(
        failures,
        wanted,
        alive.map(({ i }) => i),
        alert,
      );
    alive = alive.filter(({ i }) => !broken.has(i));
  }
}

function alike(
  failures: readonly string[],
  wanted: ReadonlyMap<string, string>,
  all: readonly number[],
  alert: string,
): number[] {
  const wrong = new Set<number>();
  const seen = new Set<string>();
  for (const failure of failures) {
    const at = /asked!=\\"([\d:]+)\\"/.exec(failure)?.[1];
    if (at === undefined) throw new Error(failure);
    seen.add(at);
    const samples = failure.slice(failure.indexOf('got:')).match(/\{[^}]*\}/g) ?? [];
    const fired = Map.groupBy(samples, (labels) => Number(/M(\d+)E"/.exec(labels)?.[1]));
    for (const i of all) if ((fired.get(i) ?? []).map(keyOf).sort().join('\n') !== wanted.get(at)) wrong.add(i);
    if (wrong.has(0)) throw new Error(`${alert} itself fails: ${failure}\nwanted: ${wanted.get(at)}`);
  }
  if (seen.size !== wanted.size) throw new Error(`promtool answered ${seen.size} of ${wanted.size} questions`);
  return all.filter((i) => i > 0 && !wrong.has(i)).map((i) => i - 1);
}
