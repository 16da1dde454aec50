// Mistakes in generated rules that no server would report: an unknown series selects nothing, and an alert never fires.
import { problemsOf } from '../promql/check.ts';
import { checkAgainstCatalogue } from './catalogue/catalogue.ts';
import type { RuleGroup } from './rule.ts';

/** "group, rule: what is wrong" for every expression that does not parse, or uses series and labels that do not exist. */
export function checkRules(groups: readonly RuleGroup[]): string[] {
  return groups.flatMap(({ name, rules }) =>
    rules.flatMap((rule) => {
      const what = 'alert' in rule ? rule.alert : rule.record;
      return [...problemsOf(rule.expr), ...checkAgainstCatalogue(rule.expr)].map((text) => `${name}, ${what}: ${text}`);
    }),
  );
}
