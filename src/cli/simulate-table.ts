// A simulated outage as text for people: worst first, at most 120 columns, and what to do about what nobody would hear of. Pure.
import { evaluationMs } from '../generate/slo/groups.ts';
import type { Between } from '../slo/simulate.ts';
import { formatDuration } from '../spec/scalars.ts';
import type { Spec } from '../spec/spec.ts';
import type { SimulatedOutage, SimulatedSlo, SimulatedTier } from './simulate.ts';
import { OBJECTIVES, type Remedy } from './simulate-remedy.ts';

const WIDTH = 120;
const LONGEST_NAME = 32;

/** "45s", "4m 30s", "1h 58m", "2d 4h": two units are enough at 3 am. */
export function clock(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  const parts = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3_600) % 24,
    Math.floor(seconds / 60) % 60,
    seconds % 60,
  ];
  const first = parts.findIndex((n) => n > 0);
  if (first === -1) return '0s';
  return ['d', 'h', 'm', 's']
    .flatMap((unit, i) => (i >= first && i < first + 2 && parts[i]! > 0 ? [`${parts[i]}${unit}`] : []))
    .join(' ');
}

const between = ({ bestMs, worstMs }: Between): string => {
  if (worstMs === undefined) return `${clock(bestMs)}, or missed`;
  return bestMs === worstMs ? clock(bestMs) : `${clock(bestMs)} to ${clock(worstMs)}`;
};

/** 0.046 -> "4.6%"; a share that is not 0 is never shown as 0. */
export function percent(ratio: number): string {
  const digits = ratio >= 0.1 ? 0 : ratio >= 0.01 ? 1 : 2;
  return ratio > 0 && ratio < 0.0001 ? '<0.01%' : `${Number((ratio * 100).toFixed(digits))}%`;
}

function whyNot({ unnoticed, neededMs }: SimulatedTier): string {
  switch (unnoticed) {
    case 'unreachable':
      return 'never: it cannot fire at this objective';
    case 'below-threshold':
      return 'never: too small a share of events is bad';
    case 'too-few':
      return `never: under 3 bad events; ${clock(neededMs!)} would do`;
    default:
      return `never: too short; ${clock(neededMs!)} would do`;
  }
}

const nameOf = ({ tier, severity }: SimulatedTier): string =>
  tier.startsWith(severity) ? tier : `${severity} ${tier}`;

/** Nobody hears of it, not even with good luck. */
const isUnnoticed = ({ page, ticket }: SimulatedSlo): boolean => page === null && ticket === null;
/** Whether somebody does is luck. */
const isLuck = (slo: SimulatedSlo): boolean =>
  !isUnnoticed(slo) && slo.page?.worstMs === undefined && slo.ticket?.worstMs === undefined;

/** Table, footnote and advice of one outage. `perSecond`: as given by --traffic. */
export function outageText(outage: SimulatedOutage, spec: Spec, perSecond: number | undefined): string {
  const rank = (slo: SimulatedSlo) => (isUnnoticed(slo) ? 0 : isLuck(slo) ? 1 : 2);
  const alike = [...Map.groupBy(outage.slos, ({ name, ...fate }) => JSON.stringify(fate)).values()];
  const sorted = alike.toSorted(([a], [b]) => rank(a!) - rank(b!) || b!.spentRatio - a!.spentRatio);
  const { length } = outage.slos;
  return [
    `${formatDuration(outage.durationMs)} with ${percent(outage.badRatio)} bad events: ${length} SLO${length === 1 ? '' : 's'}, worst first`,
    '',
    ...table(sorted.flatMap((same) => rowsOf(same))),
    '',
    ...wrapped(footnote(spec, perSecond)),
    '',
    ...advice(outage, sorted).flatMap(wrapped),
  ].join('\n');
}

const TITLES = ['SLO', 'BUDGET SPENT', 'GONE AFTER', 'ALERT', 'FIRES AFTER', 'ENDS AFTER THE OUTAGE'];

function rowsOf(same: readonly SimulatedSlo[]): string[][] {
  const slo = same[0]!;
  const more = same.length > 1 ? ` and ${same.length - 1} more` : '';
  const most = LONGEST_NAME - more.length;
  const name = `${slo.name.length > most ? `${slo.name.slice(0, most - 1)}…` : slo.name}${more}`;
  const gone = slo.exhaustedAtMs === undefined ? 'never' : clock(slo.exhaustedAtMs);
  const alerts = slo.tiers.map((tier) =>
    tier.fires === undefined
      ? [nameOf(tier), whyNot(tier)]
      : [nameOf(tier), between(tier.fires), between(tier.clears!)],
  );
  if (alerts.length === 0) alerts.push(['none', `no alert policy for a period of ${slo.period}`]);
  if (slo.usedUp) alerts.push(['ticket: budget', between(slo.usedUp), 'when there is budget again']);
  return alerts.map((alert, i) => (i === 0 ? [name, percent(slo.spentRatio), gone, ...alert] : ['', '', '', ...alert]));
}

function table(rows: readonly (readonly string[])[]): string[] {
  const all = [TITLES, ...rows];
  // Reasons run on into the last column.
  const isReason = (row: readonly string[], i: number) => i === 4 && row.length === 5;
  const widths = TITLES.map((_, i) => Math.max(...all.map((row) => (isReason(row, i) ? 0 : (row[i]?.length ?? 0)))));
  return all.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join('  ')
      .trimEnd()
      .slice(0, WIDTH),
  );
}

function footnote(spec: Spec, perSecond: number | undefined): string {
  const { scrapeInterval, interval } = spec.alerting;
  const slowMs = evaluationMs(spec, { severity: 'ticket', shortMs: Number.POSITIVE_INFINITY });
  const events = perSecond === undefined ? 'Events are probes' : `SLIs of requests have ${perSecond} events a second`;
  return [
    `${events}; bad ones are spread evenly; budgets were whole before. Times are those of the best and the worst moment to begin:`,
    'the worst has the wait for the next probe, its timeout and the counter,',
    `the scrape (${formatDuration(scrapeInterval)}) and the evaluation of rules (${formatDuration(interval)}; long tickets ${formatDuration(slowMs)}).`,
    "Alertmanager's group_wait comes on top. GONE AFTER: until the budget is used up, if it went on.",
  ].join(' ');
}

/** Lines of at most `WIDTH` columns, broken between words. */
function wrapped(text: string): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1)!;
    if (line !== '' && line.length + 1 + word.length > WIDTH) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines;
}

function advice({ durationMs }: SimulatedOutage, sorted: readonly (readonly SimulatedSlo[])[]): string[] {
  const lines = sorted.flatMap((same) => {
    const slo = same[0]!;
    if (!isUnnoticed(slo) && !isLuck(slo)) return [];
    const who = same.length === 1 ? slo.name : `${slo.name} and ${same.length - 1} more`;
    return [`${isLuck(slo) ? 'Noticed with luck only' : 'Never noticed'}: ${who}. ${remedy(slo, durationMs)}`];
  });
  return lines.length === 0 ? ['Somebody hears of it in every case.'] : lines;
}

/** What to do, from the tier that is nearest to firing. */
function remedy(slo: SimulatedSlo, durationMs: number): string {
  const { tiers, objective } = slo;
  if (slo.remedy === null) return `Add a policy for ${slo.period} to policies, or use a window of 30d.`;
  const needed = Math.min(...tiers.map((t) => t.neededMs ?? Number.POSITIVE_INFINITY));
  if (needed <= durationMs)
    return 'It holds for less time than passes between two looks: lower alerting.scrapeInterval or alerting.interval, or take longer windows.';
  if (Number.isFinite(needed)) {
    const spends = `${clock(needed)} would be heard of. This outage spends ${percent(slo.spentRatio)} of the budget`;
    const what = change(slo, slo.remedy, durationMs);
    return what === undefined
      ? `${spends}; no interval and no objective would show it.`
      : `${spends}; if that is too much, ${what}.`;
  }
  const raise =
    slo.remedy.objective === undefined
      ? `no objective up to ${objectiveText(OBJECTIVES.at(-1)!)} tells ${clock(durationMs)} of it from chance`
      : `raise the objective to ${objectiveText(slo.remedy.objective)}`;
  if (tiers.every((t) => t.unnoticed === 'unreachable'))
    return `No tier can fire at ${objectiveText(objective)}: ${raise}, or write a policy of its own.`;
  return slo.exhaustedAtMs === undefined
    ? `The promise (${objectiveText(objective)}) allows it for ever; if users mind: ${raise}.`
    : `It would use the budget up in ${clock(slo.exhaustedAtMs)}, then there is a ticket; to hear earlier: ${raise}.`;
}

/** What to change so that it is heard of, and why not something else. */
function change(slo: SimulatedSlo, { everyMs, objective, both, floorMs = 0 }: Remedy, durationMs: number) {
  const often = (ms: number) =>
    slo.isGauge ? `set alerting.interval to ${formatDuration(ms)}` : `probe every ${formatDuration(ms)}`;
  const raise = (ratio: number) => `raise the objective to ${objectiveText(ratio)}`;
  if (both !== undefined) return `${often(both.everyMs)} and ${raise(both.objective)}: neither is enough alone`;
  if (everyMs !== undefined)
    return objective === undefined
      ? `${often(everyMs)}: no objective helps`
      : `${often(everyMs)}, or ${raise(objective)}`;
  if (objective === undefined) return undefined;
  const at = `at ${objectiveText(slo.objective)}`;
  return floorMs >= durationMs
    ? `${raise(objective)}: ${at} it takes more than ${clock(floorMs)}, however many events there are`
    : raise(objective);
}

const objectiveText = (ratio: number): string => `${Number((ratio * 100).toFixed(5))}%`;
