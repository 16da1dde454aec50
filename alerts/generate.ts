// Everything that on-call gets from one spec, as files. Pure but for the templates, which are read from this folder.
import { type AlertFamily, componentRule } from '../src/generate/component-alert.ts';
import { componentTestFile } from '../src/generate/component-tests.ts';
import type { GeneratedFile } from '../src/generate/file.ts';
import { type PackableGroup, packGroups } from '../src/generate/pack.ts';
import type { RuleGroup } from '../src/generate/rule.ts';
import { checkRules } from '../src/generate/rule-check.ts';
import { mimirRuleFile, prometheusRuleFile, prometheusRuleObject } from '../src/generate/rule-files.ts';
import { sloRules } from '../src/generate/slo/groups.ts';
import { sloTestFile } from '../src/generate/slo/tests.ts';
import type { Alerting } from '../src/spec/alerting.ts';
import { isRunSlo, type Spec } from '../src/spec/spec.ts';
import { alertmanagerFiles } from './routing/files.ts';
import { COMPONENT_ALERTS } from './rules/families.ts';

const MINUTE = 60_000;

/** The component alerts of a spec: without those that it leaves out, and with those as pages that it says. */
export function componentAlerts({ alerting: { off, pages } }: Pick<Spec, 'alerting'>): AlertFamily[] {
  return COMPONENT_ALERTS.map(({ name, alerts }) => ({
    name,
    alerts: alerts
      .filter(({ alert }) => !off.includes(alert))
      .map((alert) => (pages.includes(alert.alert) ? { ...alert, severity: 'page' as const } : alert)),
  })).filter(({ alerts }) => alerts.length > 0);
}

/** All rule groups of a spec within Mimir's limits. Throws an Error with the numbers if they are too many. */
export const ruleGroups = (spec: Spec): RuleGroup[] =>
  packGroups([...sloRules(spec).groups, ...componentAlerts(spec).map((family) => familyGroup(family, spec.alerting))]);

const familyGroup = ({ name, alerts }: AlertFamily, alerting: Alerting): PackableGroup => ({
  name: `component-${name}`,
  intervalMs: MINUTE,
  rules: alerts.map((alert) => componentRule(name, alert, alerting)),
});

/** The files below the folder to generate into. Throws an Error if a rule is wrong, which would be a mistake in here. */
export function alertFiles(spec: Spec): GeneratedFile[] {
  const groups = ruleGroups(spec);
  const wrong = checkRules(groups);
  if (wrong.length > 0) throw new Error(wrong.join('\n'));
  // A file for each family, so that its tests evaluate its rules alone.
  const byFile = Map.groupBy(groups, ({ name }) => /^(slo|component-[a-z-]*[a-z])/.exec(name)?.[1] ?? name);
  return [
    ...[...byFile].map(([file, of]) => ({ path: rulesFile(file), text: prometheusRuleFile(of) })),
    { path: 'rules.mimir.yaml', text: mimirRuleFile(groups) },
    { path: 'rules.kubernetes.yaml', text: prometheusRuleObject({ name: 'plimsoll' }, groups) },
    ...(spec.slos.some(isRunSlo)
      ? [{ path: 'tests/slo.test.yaml', text: sloTestFile(spec, [`../${rulesFile('slo')}`]) }]
      : []),
    ...componentAlerts(spec).map((family) => ({
      path: `tests/component-${family.name}.test.yaml`,
      text: componentTestFile([family], [`../${rulesFile(`component-${family.name}`)}`]),
    })),
    ...alertmanagerFiles(spec),
  ];
}

const rulesFile = (name: string): string => `rules/${name}.yaml`;
