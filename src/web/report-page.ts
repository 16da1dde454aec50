// The page /report/YYYY-MM: what was promised and kept in a calendar month (UTC), per SLO, for print too.

import { budgetView } from '../engine/period.ts';
import type { SloPlan } from '../engine/plan.ts';
import { burnRate, sliRatio, withoutExclusion } from '../slo/budget.ts';
import { type Period, periodAt } from '../slo/calendar.ts';
import type { Counts } from '../slo/history.ts';
import type { LedgerEntry } from '../store/ledger.ts';
import { dayCounts, MOST_SLOS } from './days.ts';
import { page } from './layout.ts';
import { type Html, html } from './markup.ts';
import { missingPage } from './missing.ts';
import type { Page } from './send.ts';
import { cardRow, cards } from './slo-tables.ts';
import { frameOf, type Sources } from './sources.ts';
import { budgetLeft, burn, counted, data, minutes, objective, percent, span, time } from './words.ts';

interface ReportRow {
  readonly slo: string;
  readonly service: string;
  readonly objective: number;
  readonly counts: Counts;
  readonly sliRatio: number | null;
  readonly withoutExclusionSliRatio: number | null;
  /** The budget of the month is not overspent; time not lived (yet) counts as good, as in the budget. null: no event, or history is not read. */
  readonly isKept: boolean | null;
  readonly budgetRemainingRatio: number | null;
  readonly badMinutes: number;
  readonly burnRate: number | null;
  /** Share of the month, as far as the SLO lived in it, that is known. */
  readonly knownRatio: number;
  readonly episodes: number;
  /** How long the SLO lived in the month. */
  readonly livedMs: number;
  /** It began within the month. */
  readonly isYoung: boolean;
}

const MONTH = /^(20\d\d)-(0[1-9]|1[0-2])$/;
const COLUMNS = ['SLO', 'Promised', 'Was', 'Kept', 'Budget left', 'Errors', 'Known', 'Without exclusion', 'Episodes'];

/** The month of `nowMs` in UTC, as "2026-11". */
export const monthOf = (nowMs: number): string => new Date(nowMs).toISOString().slice(0, 7);

export async function reportPage(sources: Sources, month: string): Promise<Page> {
  const nowMs = sources.engine.evaluatedAt();
  const [, year, number] = MONTH.exec(month) ?? [];
  const period =
    year === undefined ? undefined : periodAt(Date.UTC(Number(year), Number(number) - 1, 15), 'month', 'UTC');
  if (period === undefined || period.startMs > nowMs)
    return missingPage(sources, 'report', month, `write a month that has begun, like /report/${monthOf(nowMs)}`);
  const { engine } = sources;
  const retainedMs = nowMs - engine.spec.exporter.retention;
  const endMs = Math.min(period.endMs, nowMs);
  const subjects = engine.spec.slos
    .flatMap(({ name }) => {
      const [plan, entry] = [engine.plan(name), engine.entry(name)];
      return plan === undefined || entry === undefined ? [] : [{ plan, entry }];
    })
    .slice(0, MOST_SLOS);
  const found = await dayCounts(subjects, sources.store, [period.startMs, endMs]);
  const rows = subjects.map((subject) => reportRow(subject, found.get(subject.plan.slo.name)![0]!, period, endMs));
  const changes = sources.changes.list({ from: period.startMs, to: endMs, limit: 1_000 }).changes;
  const isOver = period.endMs <= nowMs;
  return {
    json: { month, ...period, isOver, slos: rows, changes: changes.length },
    html: () =>
      page(frameOf(sources, `Report ${month}`, '/report'), `/report/${month}.json`, [
        html`<h1>Report for ${month}</h1><p>${time(period.startMs)} until ${time(period.endMs)}${!isOver && html`. <b>The month is not over.</b>`} ${neighbours(month, nowMs)}</p>
<p>${kept(rows, isOver ? undefined : (nowMs - period.startMs) / (period.endMs - period.startMs))} ${counted(changes.length, 'change')} ${changes.length === 1 ? 'is' : 'are'} known.</p>
${period.startMs < retainedMs && html`<p class="alarm">The month began before what is kept (exporter.retention): its first days are missing.</p>`}
${engine.spec.slos.length > rows.length && html`<p>SLOs that Prometheus counts, and those beyond the first ${MOST_SLOS}, are not in it.</p>`}`,
        cards(
          COLUMNS,
          rows.map((row) => rowOf(row, period.endMs - period.startMs, isOver ? '' : ' so far')),
          'SLOs in the month',
        ),
        html`<p class="small">Months begin at midnight UTC. “Without exclusion” is the SLI as if maintenance counted. A month's budget is its own: that of a rolling period is on the page of the SLO.</p>`,
      ]),
  };
}

/** The month of one SLO up to `endMs`. */
function reportRow(
  { plan, entry }: { plan: SloPlan; entry: LedgerEntry },
  counts: Counts,
  period: Period,
  endMs: number,
): ReportRow {
  const lived = Math.max(0, endMs - Math.max(period.startMs, entry.createdMs));
  const known = counts.good + counts.bad + counts.excludedGood + counts.excludedBad;
  const ratio = sliRatio(counts);
  const { unlivedEvents, budget } = budgetView(plan, entry, counts, period, endMs);
  const withUnlived = sliRatio({ ...counts, good: counts.good + unlivedEvents });
  return {
    slo: plan.slo.name,
    service: plan.slo.service,
    objective: plan.slo.objective,
    counts,
    sliRatio: ratio,
    withoutExclusionSliRatio: sliRatio(withoutExclusion(counts)),
    isKept: budget.remainingRatio === null ? null : withUnlived! >= plan.slo.objective,
    budgetRemainingRatio: budget.remainingRatio,
    badMinutes: (counts.bad * plan.stepMs) / 60_000,
    burnRate: burnRate(counts, plan.slo.objective),
    knownRatio: lived === 0 ? 0 : Math.min(1, known / (lived / plan.stepMs)),
    episodes: entry.episodes.filter((e) => e.lastBadMs >= period.startMs && e.startMs < endMs).length,
    livedMs: lived,
    isYoung: entry.createdMs > period.startMs,
  };
}

/** `lived`: the share of a month that goes on; undefined: it is over. */
function kept(rows: readonly ReportRow[], lived: number | undefined): Html {
  const [yes, no] = [true, false].map((wanted) => rows.filter(({ isKept }) => isKept === wanted).length);
  const unknown = rows.length - yes! - no!;
  return html`<b>${lived !== undefined && html`So far, ${percent(lived, 0)} of the month lived: `}${yes} of ${yes! + no!} SLOs ${lived === undefined ? 'were' : 'are'} kept${no! > 0 && html`, ${no} missed`}.</b>${unknown > 0 && ` ${unknown} had no events.`}`;
}

const rowOf = (r: ReportRow, monthMs: number, soFar: string): Html =>
  cardRow(COLUMNS, [
    html`<a href="/slo/${r.slo}">${r.slo}</a>${r.isYoung && html` <small class="note young">young: ${span(r.livedMs)} of ${span(monthMs)} lived; the rest counts as unspent budget</small>`}`,
    objective(r.objective),
    data('sli', r.sliRatio, percent(r.sliRatio, 3)),
    r.isKept === null ? 'no data' : r.isKept ? `✓ kept${soFar}` : html`<b class="bad">✖ missed${soFar}</b>`,
    budgetLeft(r.budgetRemainingRatio),
    html`${counted(r.counts.bad, 'event')}, ${minutes(r.badMinutes)} <small>burn ${burn(r.burnRate)}</small>`,
    r.livedMs === 0 ? 'not lived' : html`${percent(r.knownRatio, 1)} <small>of the ${span(r.livedMs)} lived</small>`,
    percent(r.withoutExclusionSliRatio, 3),
    r.episodes,
  ]);

/** A month that has not begun has no report. */
function neighbours(month: string, nowMs: number): Html {
  const at = (shift: number) => monthOf(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)) - 1 + shift, 15));
  const isLast = month === monthOf(nowMs);
  return html`<span class="noprint"><a href="/report/${at(-1)}">${at(-1)}</a>${!isLast && html` · <a href="/report/${at(1)}">${at(1)}</a>`}</span>`;
}
