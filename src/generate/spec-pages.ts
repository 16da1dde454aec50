// How many pages and tickets two specs would have caused on the same recorded events. Pure; the condition is that of slo/policy.ts.
import { firingSpans, joinedSpans, type Span } from '../slo/simulate.ts';
import { formatDuration } from '../spec/scalars.ts';
import type { Slo, Spec } from '../spec/spec.ts';
import { burnAlert } from './slo/burn.ts';
import { ruleTiers } from './slo/tiers.ts';
import { stepMsOf, tiersOf } from './spec-diff.ts';
import { isSame } from './spec-fields.ts';

/** Events of an SLO in one cluster: running totals at the end of each row. */
export interface Recorded {
  readonly cluster: string;
  /** End of the first row, ms since 1970. */
  readonly fromMs: number;
  readonly rowMs: number;
  /** Rows before this one are only there to fill windows. */
  readonly judgedFrom: number;
  /** Rows with events; the rest were not measured. */
  readonly measuredRows: number;
  readonly bad: Float64Array;
  readonly valid: Float64Array;
  readonly known: Float64Array;
}

/** An SLO whose alerts differ between two specs; undefined on the side that does not have it. */
export interface AlertedDifferently {
  readonly name: string;
  readonly before: Slo | undefined;
  readonly after: Slo | undefined;
}

/** SLOs that would alert at other times: others have had the same pages. */
export function alertedDifferently(before: Spec, after: Spec): AlertedDifferently[] {
  const names = [...new Set([...before.slos, ...after.slos].map(({ name }) => name))];
  const of = (name: string, spec: Spec) => spec.slos.find((slo) => slo.name === name);
  const alerting = (slo: Slo | undefined, spec: Spec) => slo && [slo.objective, tiersOf(slo, spec)];
  return names.flatMap((name) => {
    const [was, is] = [of(name, before), of(name, after)];
    return isSame(alerting(was, before), alerting(is, after)) ? [] : [{ name, before: was, after: is }];
  });
}

const SEVERITIES = ['page', 'ticket'] as const;

/** Alerts of a severity on recorded events, in rows. Those of several tiers at the same time are one. */
export function alertsOn(
  recorded: Recorded,
  slo: Slo,
  spec: Spec,
  severity: 'page' | 'ticket',
  stepMs: number,
): Span[] {
  const { rowMs, bad, valid, known, judgedFrom } = recorded;
  const at = (values: Float64Array, row: number) => values[Math.max(0, row)] ?? 0;
  const totals = {
    bad: (row: number) => at(bad, row),
    valid: (row: number) => at(valid, row),
    // Coverage is measured in rows.
    known: (row: number) => (at(known, row) * stepMs) / rowMs,
  };
  const tiers = tiersOf(slo, spec).filter((tier) => tier.severity === severity);
  const rules = ruleTiers(spec);
  const spans = tiers.flatMap((tier) => {
    const input = { tier, objective: slo.objective, stepMs: rowMs, totals };
    const rule = rules.find((r) => r.tier === tier.tier && r.longMs === tier.longMs && r.shortMs === tier.shortMs)!;
    const keepRows = (burnAlert(rule, spec).keepFiringForMs ?? 0) / rowMs;
    return joinedSpans(firingSpans({ ...input, fromStep: judgedFrom, toStep: bad.length - 1 }), keepRows);
  });
  return joinedSpans(spans, 0);
}

/** Days of pages that are shown. */
const MOST_TIMES = 3;

/** What each SLO would have caused, one sentence per SLO and cluster. */
export function pagesText(slo: AlertedDifferently, recorded: readonly Recorded[], before: Spec, after: Spec): string[] {
  const stepMs = stepOf(slo, before, after);
  return recorded.map((events) => {
    const counts = SEVERITIES.map((severity) => {
      const old = slo.before && alertsOn(events, slo.before, before, severity, stepMs);
      const now = slo.after && alertsOn(events, slo.after, after, severity, stepMs);
      const times = severity === 'page' ? timesText(events, old ?? [], now ?? []) : '';
      return `${old?.length ?? 'none'} -> ${now?.length ?? 'none'} ${severity}s${times}`;
    });
    const cluster = events.cluster === '' ? '' : ` in ${events.cluster}`;
    return `SLO ${slo.name}${cluster}: ${counts.join('; ')}${lackText(events)}`;
  });
}

/** The step of the recorded events: that of the spec under which they were measured. */
export function stepOf({ before: was, after: is }: AlertedDifferently, before: Spec, after: Spec): number {
  const step = (was && stepMsOf(was, before)) ?? (is && stepMsOf(is, after));
  return step ?? before.alerting.interval;
}

function timesText({ fromMs, rowMs }: Recorded, old: readonly Span[], now: readonly Span[]): string {
  const overlaps = (span: Span, others: readonly Span[]) => others.some((o) => o.from < span.to && span.from < o.to);
  const text = (what: string, spans: readonly Span[]) => {
    if (spans.length === 0) return [];
    const times = spans
      .slice(0, MOST_TIMES)
      .map(({ from }) => `${new Date(fromMs + from * rowMs).toISOString().slice(0, 16)}Z`);
    return [`${what} ${times.join(', ')}${spans.length > MOST_TIMES ? ` and ${spans.length - MOST_TIMES} more` : ''}`];
  };
  const gone = old.filter((span) => !overlaps(span, now));
  const added = now.filter((span) => !overlaps(span, old));
  const parts = [...text('no longer', gone), ...text('new', added)];
  return parts.length === 0 ? '' : ` (${parts.join('; ')})`;
}

/** A count of half a month must not pass for one of a month. */
function lackText({ bad, judgedFrom, measuredRows, rowMs }: Recorded): string {
  const rows = bad.length - judgedFrom;
  if (measuredRows >= 0.99 * rows) return '';
  return `; only ${formatDuration(Math.round((measuredRows * rowMs) / 3_600_000) * 3_600_000)} of ${formatDuration(Math.round((rows * rowMs) / 3_600_000) * 3_600_000)} are recorded`;
}
