// plimsoll simulate: who would hear of an outage, and when. Asks nobody: what the spec says is stepped through event by event.
import type { Command } from 'commander';
import { burnAlert } from '../generate/slo/burn.ts';
import { evaluationMs } from '../generate/slo/groups.ts';
import { periodOf, ruleTiers } from '../generate/slo/tiers.ts';
import { tiersFor } from '../slo/policy.ts';
import { type Between, type Outage, type Spending, spending, type TierOutcome, tierOutcome } from '../slo/simulate.ts';
import { formatDuration, parseDuration, parsePercent } from '../spec/scalars.ts';
import { type Slo, type Spec, targetOf } from '../spec/spec.ts';
import { CommandError, EXIT } from './exit.ts';
import { specFrom } from './generate.ts';
import { oneOf, repeated } from './options.ts';
import { type Judged, type Remedy, whatHelps } from './simulate-remedy.ts';
import { outageText } from './simulate-table.ts';

interface SimulateOptions {
  readonly outage?: readonly string[];
  readonly traffic?: string;
  readonly config?: readonly string[];
  readonly output: string;
}

export interface SimulatedTier extends TierOutcome {
  readonly tier: string;
  readonly severity: 'page' | 'ticket';
}

export interface SimulatedSlo extends Spending {
  readonly name: string;
  readonly objective: number;
  readonly period: string;
  /** Time between two events, or the requests of a second. */
  readonly every: string;
  /** Its events are evaluations of rules. */
  readonly isGauge: boolean;
  /** The ticket for a budget that is used up before the outage ends; null if it is not. */
  readonly usedUp: Between | null;
  /** Empty without a policy for the period. */
  readonly tiers: readonly SimulatedTier[];
  /** The first alert of each severity; null if none comes. A budget that is used up is a ticket. */
  readonly page: Between | null;
  readonly ticket: Between | null;
  /** What would make it heard of for certain; null if it is, or without a policy. */
  readonly remedy: Remedy | null;
}

export interface SimulatedOutage {
  readonly durationMs: number;
  readonly badRatio: number;
  readonly slos: readonly SimulatedSlo[];
}

export function registerSimulate(program: Command): void {
  program
    .command('simulate')
    .description('who would hear of an outage, after how long, and what it costs of the error budgets')
    .option(
      '--outage <time@share>',
      'how long, and which share of events is bad: 20m@100%; repeat for several',
      repeated,
    )
    .option('--traffic <rate>', 'events of SLIs that count requests, like 50/s, 20/m or 10/h')
    .option('--config <file>', 'spec; repeat for several files (default: plimsoll.yaml)', repeated)
    .option('--output <format>', 'text or json', 'text')
    .action(simulate);
}

function simulate(options: SimulateOptions): void {
  const output = oneOf('--output', options.output, ['text', 'json']);
  const { outage: texts = [] } = options;
  if (texts.length === 0)
    throw new CommandError(
      EXIT.usage,
      'say what happens: plimsoll simulate --outage 20m@100% (every event of 20 min is bad)',
    );
  const outages = texts.map(parseOutage);
  const perSecond = options.traffic === undefined ? undefined : parseTraffic(options.traffic);
  const spec = specFrom(options.config ?? ['plimsoll.yaml']);
  if (spec.slos.length === 0)
    throw new CommandError(EXIT.findings, 'the spec has no SLOs: there is nothing to alert on');
  const simulated = outages.map((outage) => simulateOutage(spec, outage, perSecond));
  if (output === 'json') console.log(JSON.stringify({ outages: simulated }, (_, value) => value ?? null, 2));
  else console.log(simulated.map((one) => outageText(one, spec, perSecond)).join('\n\n'));
}

/** Long enough for every window, short enough to be stepped through, ms. */
const LONGEST_OUTAGE_MS = 31 * 86_400_000;

type Happening = Pick<SimulatedOutage, 'durationMs' | 'badRatio'>;

/** "20m@100%" */
export function parseOutage(text: string): Happening {
  const [, time = '', share = ''] = /^([^@]+)@([^@]+)$/.exec(text) ?? [];
  const [durationMs, badRatio] = [parseDuration(time), parsePercent(share)];
  if (durationMs === undefined || badRatio === undefined)
    throw new CommandError(
      EXIT.usage,
      `--outage ${text}: write how long and which share of events is bad, like 20m@100% or 6h@2.5%`,
    );
  if (durationMs < 1_000 || durationMs > LONGEST_OUTAGE_MS)
    throw new CommandError(EXIT.usage, `--outage ${text}: between 1s and ${formatDuration(LONGEST_OUTAGE_MS)}`);
  if (badRatio < 1e-6)
    throw new CommandError(EXIT.usage, `--outage ${text}: a share of bad events from 0.0001% to 100%`);
  return { durationMs, badRatio };
}

/** "50/s" to 50 per second. */
export function parseTraffic(text: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)\/(s|m|h)$/.exec(text) ?? [];
  const perSecond = Number(amount) / { s: 1, m: 60, h: 3_600 }[unit as 's']!;
  if (perSecond > 0 && perSecond <= 1e7) return perSecond;
  throw new CommandError(
    EXIT.usage,
    `--traffic ${text}: write requests per second, minute or hour, like 50/s, 20/m or 10/h`,
  );
}

/** Requests are counted in steps of this length. */
const REQUEST_STEP_MS = 1_000;
/** A tick of the exporter is at most this long, ms. */
const TICK_MS = 30_000;

/** Does Prometheus count requests for it? A gauge is one event each time that rules are evaluated. */
const countsRequests = ({ sli }: Slo): boolean => ['ratio', 'histogram', 'rum'].includes(sli.kind);

type Events = Pick<Outage, 'stepMs' | 'perStep'> & {
  /** Until an event shows in the counter with such a step, ms. */
  countedMs(stepMs: number): number;
};

/**
 * The events of an SLO, and how long one takes to show in the counter. With `perSecond`, SLIs of requests have so many; if no
 * SLO counts requests, all are judged as if they did.
 */
function eventsOf(slo: Slo, spec: Spec, perSecond: number | undefined): Events {
  const { interval } = spec.alerting;
  const isTraffic = countsRequests(slo) || (perSecond !== undefined && !spec.slos.some(countsRequests));
  if (isTraffic && perSecond === undefined)
    throw new CommandError(EXIT.usage, `${slo.name} counts requests: say how many there are, e.g. --traffic 50/s`);
  if (isTraffic)
    return { stepMs: REQUEST_STEP_MS, perStep: (perSecond! * REQUEST_STEP_MS) / 1_000, countedMs: () => interval };
  const target = spec.targets.find(({ name }) => name === targetOf(slo.sli));
  if (target === undefined) return { stepMs: interval, countedMs: () => 0 };
  const { timeout } = target;
  return {
    stepMs: target.interval,
    countedMs: (stepMs) => Math.min(timeout, stepMs) + Math.min(TICK_MS, stepMs),
  };
}

function simulateOutage(spec: Spec, outage: Happening, perSecond: number | undefined): SimulatedOutage {
  const known = new Map<string, Omit<SimulatedSlo, 'name'>>();
  const slos = spec.slos.map((slo) => {
    const { countedMs, ...events } = eventsOf(slo, spec, perSecond);
    // SLOs with the same promise and events have the same fate: 1,000 of them take as long as one.
    const key = JSON.stringify([periodOf(slo), slo.objective, events, countedMs(events.stepMs)]);
    const happening = { ...events, badRatio: outage.badRatio, outageMs: outage.durationMs };
    const result = known.get(key) ?? simulateSlo(slo, spec, happening, countedMs);
    known.set(key, result);
    return { name: slo.name, ...result };
  });
  return { ...outage, slos };
}

function simulateSlo(slo: Slo, spec: Spec, outage: Outage, countedMs: Events['countedMs']): Omit<SimulatedSlo, 'name'> {
  const { objective } = slo;
  const { label, ms: periodMs } = periodOf(slo);
  const { stepMs, perStep } = outage;
  const spent = spending({ objective, periodMs, ...outage });
  const judged = judgedEvery(slo, spec, countedMs);
  const tiers = judged(stepMs).map(({ tier, delays }): SimulatedTier => {
    return { tier: tier.tier, severity: tier.severity, ...tierOutcome({ tier, objective, delays, ...outage }) };
  });
  const usedUp = usedUpIn(spent, outage, countedMs(stepMs), spec);
  const firstOf = (severity: 'page' | 'ticket') =>
    tiers.filter((t) => t.severity === severity).flatMap(({ fires }) => fires ?? []);
  const page = earliest(firstOf('page'));
  const ticket = earliest([...firstOf('ticket'), ...(usedUp ? [usedUp] : [])]);
  const isHeard = page?.worstMs !== undefined || ticket?.worstMs !== undefined;
  return {
    objective,
    period: label,
    every: perStep === undefined ? `every ${formatDuration(stepMs)}` : `${perStep / (stepMs / 1_000)}/s`,
    isGauge: slo.sli.kind === 'gauge',
    ...spent,
    usedUp,
    tiers,
    page,
    ticket,
    remedy: isHeard || tiers.length === 0 ? null : whatHelps(outage, objective, judged, perStep !== undefined),
  };
}

/** The tiers of an SLO with their delays, for a step. */
function judgedEvery(slo: Slo, spec: Spec, countedMs: Events['countedMs']): (stepMs: number) => Judged[] {
  const rules = ruleTiers(spec);
  const tiers = tiersFor(periodOf(slo).ms, spec.policies) ?? [];
  return (stepMs) =>
    tiers.map((tier) => {
      const rule = rules.find((r) => r.tier === tier.tier && r.longMs === tier.longMs && r.shortMs === tier.shortMs)!;
      return {
        tier,
        delays: {
          countedMs: countedMs(stepMs),
          scrapeMs: spec.alerting.scrapeInterval,
          evaluationMs: evaluationMs(spec, tier),
          keepFiringMs: burnAlert(rule, spec).keepFiringForMs ?? 0,
        },
      };
    });
}

/** The ticket for a budget that is used up. */
function usedUpIn({ exhaustedAtMs }: Spending, outage: Outage, countedMs: number, spec: Spec): Between | null {
  if (exhaustedAtMs === undefined || exhaustedAtMs > outage.outageMs) return null;
  const slowMs = evaluationMs(spec, { severity: 'ticket', shortMs: Number.POSITIVE_INFINITY });
  return {
    bestMs: exhaustedAtMs - outage.stepMs,
    worstMs: exhaustedAtMs + countedMs + spec.alerting.scrapeInterval + slowMs,
  };
}

/** When at least one of them has come, at best and at worst. */
function earliest(alerts: readonly Between[]): Between | null {
  if (alerts.length === 0) return null;
  const worst = alerts.flatMap(({ worstMs }) => worstMs ?? []);
  return {
    bestMs: Math.min(...alerts.map(({ bestMs }) => bestMs)),
    worstMs: worst.length === 0 ? undefined : Math.min(...worst),
  };
}
