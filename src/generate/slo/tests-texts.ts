// What the annotations of a burn alert must say, computed from counts as Prometheus prints them. Pure.
import type { Alerting } from '../../spec/alerting.ts';
import { formatDuration } from '../../spec/scalars.ts';
import { runbook, sloLinks } from './links.ts';
import { ALERT } from './names.ts';
import { type Clock, recorded } from './tests-model.ts';
import { CLUSTER, type Subject, type SubjectTier } from './tests-subject.ts';
import { phaseAt, type Timeline } from './tests-timeline.ts';

/** As `humanizeDuration` of Prometheus' templates. */
export function humanDuration(seconds: number): string {
  if (seconds === 0) return '0s';
  if (Math.abs(seconds) < 1) return `${Number((seconds * 1000).toPrecision(4))}ms`;
  const whole = Math.trunc(Math.abs(seconds));
  const [d, h, m, s] = [
    Math.trunc(whole / 86_400),
    Math.trunc(whole / 3600) % 24,
    Math.trunc(whole / 60) % 60,
    whole % 60,
  ];
  const sign = seconds < 0 ? '-' : '';
  if (d > 0) return `${sign}${d}d ${h}h ${m}m ${s}s`;
  if (h > 0) return `${sign}${h}h ${m}m ${s}s`;
  return m > 0 ? `${sign}${m}m ${s}s` : `${Number(seconds.toPrecision(4))}s`;
}

/** As `humanizeTimestamp` prints a whole second. */
const humanTime = (ms: number): string => new Date(ms).toISOString().replace('T', ' ').replace('.000Z', ' +0000 UTC');

/** The first 60th of the long window in which bad events were recorded, as a subquery finds it: at multiples of its step. */
function sinceText({ longMs }: SubjectTier, timeline: Timeline, clock: Clock, tick: number): string {
  const stepMs = longMs / 60;
  const { at } = recorded(timeline, clock);
  const nowMs = tick * clock.evaluationMs;
  const badAt = (ms: number) => at(Math.floor(ms / clock.evaluationMs)).bad;
  for (let ms = Math.floor((nowMs - longMs) / stepMs + 1) * stepMs; ms <= nowMs; ms += stepMs)
    if (ms >= stepMs && badAt(ms) > badAt(ms - stepMs)) return humanTime(ms);
  return 'unknown';
}

/** The annotations of a tier that fires at a tick. `runs`: what the exporter served of failed runs is that of totals().bad. */
export function burnTexts(
  subject: Subject,
  tier: SubjectTier,
  timeline: Timeline,
  clock: Clock,
  tick: number,
  alerting: Alerting,
): Record<string, string> {
  const { at, within } = recorded(timeline, clock);
  const [long, short] = [within(tick, tier.longMs, tier.shortMs)!, within(tick, tier.shortMs)!];
  const burn = ({ bad, n }: { bad: number; n: number }) => bad / n / (1 - subject.objective);
  const text = (window: { bad: number; n: number }, ms: number) =>
    `${window.bad} bad of ${window.n} in ${formatDuration(ms)}, burn rate ${burn(window).toFixed(1)}`;
  const { budgetRatio = 0.5 } = phaseAt(timeline, tick * clock.evaluationMs);
  const { slo, service, team } = subject;
  const { bad } = at(tick);
  const far = tick * clock.evaluationMs - tier.longMs;
  const failed = bad - (far >= 0 ? at(Math.floor(far / clock.evaluationMs)).bad : 0);
  return {
    summary: `${slo} burns its error budget at ${burn(long).toFixed(1)} times the rate it can afford`,
    description: `The SLO ${slo} of ${service} loses its error budget too fast, over ${formatDuration(tier.longMs)} and still over ${formatDuration(tier.shortMs)}. ${team} looks at it now.`,
    burn_long: text(long, tier.longMs),
    burn_short: text(short, tier.shortMs),
    since: sinceText(tier, timeline, clock, tick),
    causes: `${failed}x front: timeout (platform)`,
    budget_left: `${Number((budgetRatio * 100).toPrecision(4))}% of the period`,
    exhausted_in: humanDuration((budgetRatio * subject.periodMs) / 1000 / burn(short)),
    ...links(slo, alerting),
  };
}

const links = (slo: string, alerting: Alerting): Record<string, string> => ({
  ...Object.fromEntries(
    Object.entries(sloLinks(ALERT.burn, alerting)).map(([name, template]) => [
      name,
      template
        .replace(/var-cluster=.*&var-slo=/, `var-cluster=${CLUSTER}&var-slo=`)
        // Its SLOs are measured by probes.
        .replace(/^\{\{ if ne \$labels\.target "\w+" \}\}(.*)\{\{ end \}\}$/, '$1')
        .replaceAll('{{ $labels.slo }}', slo),
    ]),
  ),
  runbook_url: runbook(ALERT.burn, alerting),
});
