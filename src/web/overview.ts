// The page /: all SLOs, worst first. What burns, what is left, since when, whose fault, what changed. Computes no number of its own.
import { setImmediate as pause } from 'node:timers/promises';
import type { SloView } from '../engine/view.ts';
import { EPISODE_GAP_MS } from '../slo/episodes.ts';
import { isPromqlSlo } from '../spec/spec.ts';
import type { Change } from '../store/change-tables.ts';
import { budgetBar } from './bars.ts';
import { page } from './layout.ts';
import { type Html, html } from './markup.ts';
import type { Page } from './send.ts';
import { frameOf, type Sources } from './sources.ts';
import { type Note, notesOf } from './trust.ts';
import {
  ago,
  budgetLeft,
  burn,
  data,
  iso,
  lastBlame,
  minutes,
  objective,
  outlook,
  percent,
  stateTag,
  WORST_FIRST,
  worstFirst,
} from './words.ts';

const VIEWS_PER_TURN = 50;
const PER_PAGE = 100;
/** A change this long before errors began may be why they did. */
export const SUSPECT_MS = 3_600_000;
const SORTS = { worst: worstFirst, name: byName, budget: byBudget } as const;

export interface OverviewQuery {
  readonly sort?: string;
  readonly team?: string;
  readonly service?: string;
  readonly state?: string;
  readonly page?: string;
}

interface Row {
  readonly slo: SloView;
  readonly notes: readonly Note[];
  /** When the errors began that go on; null if none do. */
  readonly sinceMs: number | null;
  readonly change: Change | undefined;
}

function byName(list: readonly SloView[]): SloView[] {
  return list.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
function byBudget(list: readonly SloView[]): SloView[] {
  return list.toSorted((a, b) => (a.budgetRemainingRatio ?? 2) - (b.budgetRemainingRatio ?? 2));
}

/** The page for a query; what the query names and nobody knows shows nothing. */
export async function overviewPage(sources: Sources, query: OverviewQuery): Promise<Page> {
  const { engine } = sources;
  const all: SloView[] = [];
  for (const view of engine.views()) if (all.push(view) % VIEWS_PER_TURN === 0) await pause();
  const wanted = all.filter(
    (slo) =>
      (query.team ?? slo.team) === slo.team &&
      (query.service ?? slo.service) === slo.service &&
      (query.state ?? slo.state) === slo.state,
  );
  const sort = SORTS[query.sort as keyof typeof SORTS] ?? worstFirst;
  const pages = Math.max(1, Math.ceil(wanted.length / PER_PAGE));
  const number = Math.min(pages, Math.max(1, Math.floor(Number(query.page)) || 1));
  const nowMs = engine.evaluatedAt();
  const shown = sort(wanted).slice((number - 1) * PER_PAGE, number * PER_PAGE);
  const changesOf = newestChanges(sources);
  const rows = shown.map((slo) => rowOf(slo, sources, changesOf, nowMs));
  const counted = engine.spec.slos.filter(isPromqlSlo).map(({ name }) => name);
  return {
    json: {
      evaluatedAtMs: nowMs,
      specValid: sources.spec().isValid,
      states: countsOf(all),
      page: number,
      pages,
      slos: rows.map(({ slo, notes, sinceMs, change }) => ({ ...slo, notes, sinceMs, change: change ?? null })),
      countedByPrometheus: counted,
    },
    html: () =>
      page(frameOf(sources, titleOf(all), '/'), '/overview.json', [
        html`<h1>Service level objectives</h1>`,
        summary(all),
        filters(query, all),
        rows.length === 0 ? empty(all) : table(rows, nowMs),
        pages > 1 && pager(query, number, pages),
        counted.length > 0 && promised(counted, engine.spec.alerting.dashboards),
      ]),
  };
}

/** The newest changes of a service; the log is read once for each. */
function newestChanges({ changes }: Sources): (service: string) => readonly Change[] {
  const known = new Map<string, readonly Change[]>();
  return (service) => known.getOrInsertComputed(service, () => changes.list({ service, limit: 1_000 }).changes);
}

function rowOf(
  slo: SloView,
  { engine }: Sources,
  changesOf: (service: string) => readonly Change[],
  nowMs: number,
): Row {
  const plan = engine.plan(slo.name)!;
  const newest = engine.entry(slo.name)?.episodes.at(-1);
  const gapMs = Math.max(EPISODE_GAP_MS, 3 * plan.stepMs);
  const goesOn = newest !== undefined && nowMs - newest.lastBadMs <= gapMs;
  const sinceMs = goesOn ? newest.startMs : null;
  const from = (newest?.startMs ?? nowMs) - SUSPECT_MS;
  const change =
    newest === undefined || slo.state === 'ok'
      ? undefined
      : changesOf(slo.service).find(({ atMs }) => atMs >= from && atMs <= newest.lastBadMs);
  return { slo, notes: notesOf(slo, plan, nowMs), sinceMs, change };
}

const countsOf = (all: readonly SloView[]): Record<string, number> =>
  Object.fromEntries(WORST_FIRST.map((state) => [state, all.filter((slo) => slo.state === state).length]));

/** What the tab of a browser says, also in the background. */
function titleOf(all: readonly SloView[]): string {
  const worst = WORST_FIRST.find((state) => all.some((slo) => slo.state === state)) ?? 'ok';
  return worst === 'ok' ? 'all ok' : `${countsOf(all)[worst]} ${worst}`;
}

function summary(all: readonly SloView[]): Html {
  const firing = all.filter((slo) => slo.firing.length > 0);
  return html`<ul class="summary">${WORST_FIRST.map((state) => {
    const n = all.filter((slo) => slo.state === state).length;
    return n > 0 && html`<li><a href="?state=${state}">${n} ${stateTag(state)}</a></li>`;
  })}</ul>
${firing.length > 0 && html`<p class="alarm">An alert condition holds for ${firing.length === 1 ? 'one SLO' : `${firing.length} SLOs`}: ${firing.slice(0, 8).map((slo, i) => html`${i > 0 && ', '}<a href="/slo/${slo.name}">${slo.name}</a> (${slo.firing.join(', ')})`)}${firing.length > 8 && ' …'}</p>`}`;
}

/** Filters and orders are links: they can be shared, and need no script. */
function filters(query: OverviewQuery, all: readonly SloView[]): Html {
  const choice = (key: 'team' | 'service' | 'sort', values: readonly string[]) =>
    values.length < 2
      ? undefined
      : html`<p>${key}: ${[undefined, ...values].map((value) => {
          const name = value ?? (key === 'sort' ? 'worst' : 'all');
          return query[key] === value
            ? html`<b aria-current="true">${name}</b> `
            : html`<a href="${withQuery(query, { [key]: value })}">${name}</a> `;
        })}</p>`;
  const distinct = (key: 'team' | 'service') => [...new Set(all.map((slo) => slo[key]))].sort().slice(0, 30);
  return html`<div class="filters">${choice('team', distinct('team'))}${choice('service', distinct('service'))}${choice('sort', ['name', 'budget'])}${query.state !== undefined && html`<p>only ${query.state}: <a href="${withQuery(query, { state: undefined })}">show all</a></p>`}</div>`;
}

function withQuery(query: OverviewQuery, change: Readonly<Record<string, string | undefined>>): string {
  const next = Object.entries({ ...query, page: undefined, ...change }).filter(
    (pair): pair is [string, string] => pair[1] !== undefined,
  );
  return `?${new URLSearchParams(next)}`;
}

const COLUMNS = ['State', 'SLO', 'Budget left', 'Burn 5m · 1h', 'Since, and why', 'Outlook'] as const;

/** A word that is true of all is said once, above. */
function table(rows: readonly Row[], nowMs: number): Html {
  const young = rows.map(({ notes }) => notes.find(({ kind }) => kind === 'young'));
  const allYoung = rows.length > 1 && !young.includes(undefined);
  const shown = !allYoung
    ? rows
    : rows.map((row) => ({ ...row, notes: row.notes.filter(({ kind }) => kind !== 'young') }));
  return html`${allYoung && html`<p class="note young">All of these SLOs are ${[...new Set(young.map((note) => note!.text))].length === 1 ? young[0]!.text : 'young: the part of their periods that was not lived counts as unspent budget'}.</p>`}<table class="cards slos" role="table"><caption class="hidden">SLOs</caption>
<thead role="rowgroup"><tr role="row">${COLUMNS.map((title) => html`<th role="columnheader" scope="col">${title}</th>`)}</tr></thead>
<tbody role="rowgroup">${shown.map((row) => tableRow(row, nowMs))}</tbody></table>`;
}

function tableRow({ slo, notes, sinceMs, change }: Row, nowMs: number): Html {
  const cell = (i: number, content: Html) => html`<td role="cell" data-label="${COLUMNS[i]}">${content}</td>`;
  const why = lastBlame(slo, nowMs);
  return html`<tr role="row" class="${slo.state}">
${cell(0, html`<div>${stateTag(slo.state)}${slo.firing.length > 0 && html`<br><b class="fires">${slo.firing[0]}</b>${slo.firing.length > 1 && ` +${slo.firing.length - 1}`}`}</div>`)}
${cell(1, html`<div><a class="name" href="/slo/${slo.name}">${slo.name}</a><br><small>${objective(slo.objective)} in ${slo.period}, is ${data('sli', slo.sliRatio, percent(slo.sliRatio, 3))}</small></div>`)}
${cell(2, html`<div>${budgetBar(slo)} ${data('budget', slo.budgetRemainingRatio, budgetLeft(slo.budgetRemainingRatio))}<br><small>${data('minutes', slo.budgetRemainingMinutes, minutes(slo.budgetRemainingMinutes))}</small></div>`)}
${cell(3, html`<div>${data('burn', slo.burn['5m'], burn(slo.burn['5m']))} · ${data('burn', slo.burn['1h'], burn(slo.burn['1h']))}</div>`)}
${cell(4, html`<div>${sinceMs !== null && html`<b>since ${ago(nowMs - sinceMs).replace(' ago', '')}</b> `}${why !== '' && html`${why} `}${notes.map(({ kind, text }) => html`<small class="note ${kind}">${text}</small> `)}${change !== undefined && html`<small class="note change">changed before: ${change.kind} ${change.text ?? ''} (<time datetime="${iso(change.atMs)}">${iso(change.atMs).slice(11, 16)} UTC</time>)</small>`}</div>`)}
${cell(5, html`<div>${outlook(slo, nowMs) || '–'}</div>`)}
</tr>`;
}

const pager = (query: OverviewQuery, number: number, pages: number): Html =>
  html`<nav aria-label="Pages of the list"><p>${Array.from({ length: pages }, (_, i) =>
    i + 1 === number
      ? html`<b aria-current="page">${i + 1}</b> `
      : html`<a href="${withQuery(query, { page: String(i + 1) })}">${i + 1}</a> `,
  )}</p></nav>`;

const empty = (all: readonly SloView[]): Html =>
  all.length === 0
    ? html`<p>There are no SLOs: write some into the spec.</p>`
    : html`<p>No SLO is like that. <a href="/">Show all</a></p>`;

const promised = (names: readonly string[], grafana: string | undefined): Html =>
  html`<h2>Counted by Prometheus</h2><p>Their history is not here but in Prometheus${grafana === undefined ? ': see the board “SLO”.' : '.'}</p><ul class="plain">${names.map((name) => html`<li><a href="/slo/${name}">${name}</a></li>`)}</ul>`;
