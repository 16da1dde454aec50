// What a change of the spec means, in sentences for people who review: budgets, thresholds, alerts, who is told. Pure.
import { type BurnTier, fewestBadToFire, tiersFor } from '../slo/policy.ts';
import { formatDuration } from '../spec/scalars.ts';
import { covers, type Maintenance, type Slo, type Spec, targetOf } from '../spec/spec.ts';
import { sloRules } from './slo/groups.ts';
import { periodOf } from './slo/tiers.ts';
import { siteChanges, statusPageChanges } from './spec-diff-people.ts';
import { fieldChanges, isSame, listChanges, percentText, valueText } from './spec-fields.ts';

/** Names of the receivers of an SLO's alerts of a severity; none where nothing is routed. */
export type ToldOf = (spec: Spec, slo: Slo, severity: 'page' | 'ticket') => readonly string[];

/** One sentence per difference, SLOs first; none if both mean the same. */
export function diffSpecs(before: Spec, after: Spec, toldOf: ToldOf): string[] {
  const old = new Map(before.slos.map((slo) => [slo.name, slo]));
  const now = new Set(after.slos.map((slo) => slo.name));
  const gone = before.slos.filter(({ name }) => !now.has(name));
  return [
    ...gone.map((slo) => `SLO ${slo.name}: is removed, with ${tierList(tiersOf(slo, before))}`),
    ...after.slos.flatMap((slo) => {
      const was = old.get(slo.name);
      const changes = was === undefined ? [newSlo(slo, after, toldOf)] : sloChanges(was, slo, before, after, toldOf);
      return changes.map((change) => `SLO ${slo.name}: ${change}`);
    }),
    ...alertChanges(before, after),
    ...listChanges(
      'target',
      before.targets,
      after.targets,
      ({ name }) => name,
      ({ kind, interval }) => `${kind} every ${formatDuration(interval)}`,
    ),
    ...policyChanges(before, after),
    ...maintenanceChanges(before, after),
    ...siteChanges(before, after),
    ...statusPageChanges(before, after),
    ...fieldChanges(before.alerting, after.alerting, [], 'alerting.'),
    ...fieldChanges(before.exporter, after.exporter, [], 'exporter.'),
    ...notifyChanges(before.notify, after.notify),
  ];
}

/** The tiers of an SLO; none without a policy for its period. */
export const tiersOf = (slo: Slo, spec: Spec): readonly BurnTier[] => tiersFor(periodOf(slo).ms, spec.policies) ?? [];

/** Time between two events, ms; undefined where requests are counted. A gauge is judged each time that rules are evaluated. */
export function stepMsOf({ sli }: Slo, { targets, alerting }: Spec): number | undefined {
  if (sli.kind === 'gauge') return alerting.interval;
  return targets.find(({ name }) => name === targetOf(sli))?.interval;
}

const tierList = (tiers: readonly BurnTier[]): string =>
  tiers.length === 0 ? 'no alerts' : `its alerts ${tiers.map(({ tier }) => tier).join(', ')}`;

/** "43.2": as many digits as a budget needs. */
const minutes = (ms: number): string => String(Number((ms / 60_000).toPrecision(4)));
const budgetMs = (slo: Slo): number => (1 - slo.objective) * periodOf(slo).ms;

const windowText = ({ window }: Slo): string =>
  typeof window === 'number' ? formatDuration(window) : `${window.calendar} (${window.timeZone})`;

/** When a tier fires, or why it never does. */
type Threshold = { readonly at: string } | { readonly never: string };

/** "5 bad of 120 in 1h", or a share where the number of events is not known. */
function threshold(tier: BurnTier, slo: Slo, spec: Spec): Threshold {
  const theta = tier.k * (1 - slo.objective);
  if (theta >= 1) return { never: `at ${percentText(slo.objective)} even a full outage burns too slowly for it` };
  const stepMs = stepMsOf(slo, spec);
  const within = formatDuration(tier.longMs);
  if (stepMs === undefined) return { at: `more than ${percentText(theta)} bad in ${within}` };
  const events = Math.ceil(tier.longMs / stepMs);
  const bad = fewestBadToFire(events, theta);
  if (bad !== undefined) return { at: `${bad} bad of ${events} in ${within}` };
  return {
    never: `${events === 1 ? 'one event' : `${events} events`} in ${within} ${events === 1 ? 'is' : 'are'} too few to judge by`,
  };
}

function newSlo(slo: Slo, spec: Spec, toldOf: ToldOf): string {
  const tiers = tiersOf(slo, spec);
  const alerts = tiers.map((tier) => {
    const fires = threshold(tier, slo, spec);
    return 'at' in fires ? `${tier.tier} at ${fires.at}` : `${tier.tier} can never fire, as ${fires.never}`;
  });
  const told = (['page', 'ticket'] as const).flatMap((severity) => {
    const names = toldOf(spec, slo, severity);
    return names.length === 0 ? [] : [`${severity}s go to ${names.join(', ')}`];
  });
  const promise = `${percentText(slo.objective)} over ${windowText(slo)}, a budget of ${minutes(budgetMs(slo))} min`;
  return ['is new', promise, ...(alerts.length === 0 ? ['no alerts'] : alerts), ...told].join('; ');
}

function sloChanges(was: Slo, is: Slo, before: Spec, after: Spec, toldOf: ToldOf): string[] {
  const budget = budgetChange(was, is);
  return [
    ...budget,
    ...tierChanges(was, is, before, after),
    ...fieldChanges(was, is, ['name', 'objective', 'window']),
    ...(['page', 'ticket'] as const).flatMap((severity) => {
      const [old, now] = [toldOf(before, was, severity), toldOf(after, is, severity)].map((names) =>
        valueText('', names),
      );
      return old === now ? [] : [`${severity}s go to ${old} -> ${now}`];
    }),
  ];
}

function budgetChange(was: Slo, is: Slo): string[] {
  const [wasWindow, isWindow] = [windowText(was), windowText(is)];
  const changes = [
    ...(was.objective === is.objective
      ? []
      : [`objective ${percentText(was.objective)} -> ${percentText(is.objective)}`]),
    ...(wasWindow === isWindow ? [] : [`window ${wasWindow} -> ${isWindow}`]),
  ];
  if (changes.length === 0) return [];
  const [old, now] = [budgetMs(was), budgetMs(is)];
  const periods = periodOf(was).ms === periodOf(is).ms;
  // A day's share makes periods of different lengths comparable.
  const perDay = (slo: Slo) => budgetMs(slo) / (periodOf(slo).ms / 86_400_000);
  const [a, b] = periods ? [old, now] : [perDay(was), perDay(is)];
  const unit = periods ? 'min' : 'min a day';
  const difference =
    Math.abs(b - a) < 1e-6 ? 'as much' : `${minutes(Math.abs(b - a))} ${unit} ${b > a ? 'more' : 'less'}`;
  const amounts = `${minutes(old)} min per ${periodOf(was).label} -> ${minutes(now)} min per ${periodOf(is).label}`;
  return [`${changes.join(', ')}: budget ${amounts} (${difference})`];
}

function tierChanges(was: Slo, is: Slo, before: Spec, after: Spec): string[] {
  const [old, now] = [tiersOf(was, before), tiersOf(is, after)];
  const gone = old.filter(({ tier }) => !now.some((t) => t.tier === tier));
  return [
    ...gone.map(({ tier }) => `${tier} is removed`),
    ...now.flatMap((tier) => {
      const other = old.find((t) => t.tier === tier.tier);
      const fires = threshold(tier, is, after);
      if (other === undefined)
        return [
          `${tier.tier} is new: a ${tier.severity} ${'at' in fires ? `at ${fires.at}` : `that can never fire, as ${fires.never}`}`,
        ];
      const severity = other.severity === tier.severity ? [] : [`${tier.tier}: ${other.severity} -> ${tier.severity}`];
      const short = fieldChanges({ short: other.shortMs }, { short: tier.shortMs }).map(
        (change) => `${tier.tier}: ${change}`,
      );
      return [...thresholdChange(tier.tier, threshold(other, was, before), fires), ...severity, ...short];
    }),
  ];
}

function thresholdChange(tier: string, from: Threshold, to: Threshold): string[] {
  if (isSame(from, to)) return [];
  if ('at' in from && 'at' in to) return [`${tier} fires at ${from.at} -> ${to.at}`];
  if ('at' in from) return 'never' in to ? [`${tier} fires at ${from.at} -> can never fire, as ${to.never}`] : [];
  return 'at' in to
    ? [`${tier} could never fire, as ${from.never} -> fires at ${to.at}`]
    : [`${tier} can still never fire, as ${to.never}`];
}

/** Rules are shared by all SLOs: an alert comes or goes with the first or last SLO that needs it. */
function alertChanges(before: Spec, after: Spec): string[] {
  const titles = (spec: Spec) =>
    new Set(
      sloRules(spec).groups.flatMap(({ rules }) =>
        rules.flatMap((rule) => ('alert' in rule ? [`${rule.alert}${labelText(rule.labels)}`] : [])),
      ),
    );
  const [old, now] = [titles(before), titles(after)];
  return [
    ...[...old.difference(now)].map((title) => `alert ${title}: is removed`),
    ...[...now.difference(old)].map((title) => `alert ${title}: is new`),
  ];
}

const labelText = (labels: Readonly<Record<string, string>>): string =>
  `{${Object.entries(labels)
    .map(([name, value]) => `${name}="${value}"`)
    .join(', ')}}`;

const policyChanges = (before: Spec, after: Spec): string[] => {
  const tierText = ({ tiers }: Spec['policies'][number]) => tiers.map((tier) => valueText('tiers', tier)).join(', ');
  return listChanges('policy for', before.policies, after.policies, ({ window }) => formatDuration(window), tierText);
};

function maintenanceChanges(before: Spec, after: Spec): string[] {
  const has = (list: readonly Maintenance[], item: Maintenance) => list.some((other) => isSame(other, item));
  const title = (item: Maintenance, spec: Spec) => {
    const names = spec.slos.filter((slo) => covers(item, slo)).map(({ name }) => name);
    const covered = names.length === 0 ? 'no SLO' : names.length > 5 ? `${names.length} SLOs` : names.join(', ');
    const { from, for: lengthMs, reason, by } = item;
    return `maintenance ${valueText('from', from)} for ${formatDuration(lengthMs)} (${reason}, by ${by}) of ${covered}`;
  };
  return [
    ...before.maintenance
      .filter((m) => !has(after.maintenance, m))
      .map((m) => `${title(m, before)}: is removed, its events count`),
    ...after.maintenance
      .filter((m) => !has(before.maintenance, m))
      .map((m) => `${title(m, after)}: is new, its events are excluded`),
  ];
}

function notifyChanges(before: Spec['notify'], after: Spec['notify']): string[] {
  const named = ({ name }: { readonly name: string }) => name;
  const numbered = (list: Spec['notify']['routes']) => list.map((route, i) => ({ ...route, name: String(i + 1) }));
  return [
    ...listChanges('receiver', before.receivers, after.receivers, named, ({ kind }) => kind),
    ...listChanges('route', numbered(before.routes), numbered(after.routes), named, ({ name, ...route }) =>
      valueText('route', route),
    ),
    ...listChanges('hours', before.hours, after.hours, named),
    ...fieldChanges(before, after, ['receivers', 'routes', 'hours'], 'notify.'),
  ];
}
