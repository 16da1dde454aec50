// Mistakes in generated rules that no server would report: an unknown series selects nothing, and an alert never fires.
import { problemsOf } from '../promql/check.ts';
import { PROMQL_LOCATION } from '../spec/promql-sli.ts';
import { checkAgainstCatalogue } from './catalogue/catalogue.ts';
import type { Rule, RuleGroup } from './rule.ts';

/** Counts an SLI of the spec: its series are known to those who wrote it. */
const isForeign = (rule: Rule): boolean => 'record' in rule && rule.labels?.location === PROMQL_LOCATION;

/** "group, rule: what is wrong" for every expression that does not parse, or uses series and labels that do not exist. */
export function checkRules(groups: readonly RuleGroup[]): string[] {
  return groups.flatMap(({ name, rules }) =>
    rules.flatMap((rule) => {
      const what = 'alert' in rule ? rule.alert : rule.record;
      const unknown = isForeign(rule) ? [] : checkAgainstCatalogue(rule.expr);
      return [...problemsOf(rule.expr), ...unknown].map((text) => `${name}, ${what}: ${text}`);
    }),
  );
}
