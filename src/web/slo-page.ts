// The page /slo/NAME: what burns, what ate the budget, when it is gone, and how each number came to be.
import { didYouMean } from '../spec/nearest.ts';
import { isPromqlSlo } from '../spec/spec.ts';
import { budgetBar } from './bars.ts';
import { burndownSvg, describe, type Mark } from './burndown-svg.ts';
import { countedPage } from './counted-page.ts';
import { page } from './layout.ts';
import { type Html, html } from './markup.ts';
import { missingPage } from './missing.ts';
import type { Page } from './send.ts';
import { type SloData, sloData } from './slo-data.ts';
import { howComputed, ledgerTable, outcomesTable, tiersTable, windowsTable } from './slo-tables.ts';
import { frameOf, type Sources } from './sources.ts';
import {
  ago,
  budgetLeft,
  burn,
  count,
  data,
  iso,
  lastBlame,
  MEANINGS,
  minutes,
  objective,
  outlook,
  percent,
  span,
  stateTag,
  time,
} from './words.ts';

const MOST_CHANGES = 200;
/** Where a state has a runbook of its own. */
const RUNBOOKS: Readonly<Record<string, string>> = { exhausted: 'SLOBudgetExhausted', 'no-data': 'SLOMeasurementLost' };

export function sloPage(sources: Sources, name: string): Page {
  const { engine, changes } = sources;
  const view = engine.view(name);
  const plan = engine.plan(name);
  const entry = engine.entry(name);
  const counted = engine.spec.slos.filter(isPromqlSlo).find((slo) => slo.name === name);
  if (counted !== undefined) return countedPage(sources, counted);
  if (view === undefined || plan === undefined || entry === undefined)
    return missingPage(
      sources,
      'SLO',
      name,
      didYouMean(
        name,
        engine.spec.slos.map((slo) => slo.name),
        'there are',
      ),
    );
  const nowMs = engine.evaluatedAt();
  const from = plan.periodAt(nowMs).startMs;
  const list = changes.list({ service: view.service, from, limit: MOST_CHANGES }).changes;
  const shown = sloData(view, plan, entry, nowMs, list);
  const { plan: _, view: __, ...rest } = shown;
  return {
    json: { ...view, episodes: [...entry.episodes], maintenance: plan.maintenance, ...rest },
    html: () =>
      page(frameOf(sources, `${view.state}: ${name}`, `/slo/${name}`), `/slo/${name}.json`, body(shown, sources)),
  };
}

function body(shown: SloData, sources: Sources): Html {
  const { view, plan, notes, changes, chart, evaluatedAtMs: nowMs } = shown;
  const why = lastBlame(view, nowMs);
  const { description, dependsOn } = plan.slo;
  return html`<p><a href="/">SLOs</a> / ${view.service} / ${view.team}</p>
<h1>${view.name} ${stateTag(view.state)}</h1>
<p class="lead">${MEANINGS[view.state]}${view.firing.length > 0 && html` <b class="fires">Alert condition holds: ${view.firing.join(', ')}.</b>`}${why !== '' && html` Last: <b>${why}</b>.`}</p>
${notes.map(({ kind, text }) => html`<p class="note ${kind}">${text}</p>`)}
${description !== undefined && html`<p>${description}</p>`}
${tiles(view, nowMs)}
<p class="links">${links(shown, sources).map(([text, url]) => html`<a href="${url}">${text}</a> `)}</p>
${dependsOn.length > 0 && html`<p>Depends on ${dependsOn.map((target) => html`<a href="/target/${target}">${target}</a> `)}${view.failingDependencies.map((f) => html`<b>${f.target} fails now: ${f.step} ${f.outcome}. </b>`)}</p>`}
<h2 id="budget">Budget over the period</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Chart, can be scrolled">${burndownSvg(chart, marksOf(shown))}</div>
<p class="small">${legend(shown)}</p>
<details><summary>The same as a table</summary>${chartTable(shown)}</details>
<h2 id="burn">Burn rate by window</h2>${tiersTable(shown)}${windowsTable(shown)}
<h2 id="ledger">What ate the budget</h2>${ledgerTable(shown)}
<h2 id="outcomes">Outcomes of bad events</h2>${outcomesTable(shown)}
<h2 id="changes">Changes of ${view.service} in the period</h2>
${changes.length === 0 ? html`<p>None is known.</p>` : html`<ul>${changes.slice(0, 30).map((c, i) => html`<li id="change-${i}">${time(c.atMs)} <b>${c.kind}</b> ${c.link === undefined ? c.text : html`<a href="${c.link}">${c.text ?? c.link}</a>`} ${c.by !== undefined && html`by ${c.by}`}</li>`)}</ul>${changes.length > 30 && html`<p><a href="/events?service=${view.service}">all of them</a></p>`}`}
${maintenanceList(shown)}
<h2 id="how">How is this computed?</h2>${howComputed(shown)}`;
}

function tiles(view: SloData['view'], nowMs: number): Html {
  const tile = (title: string, value: Html, more: Html | string = '') =>
    html`<div class="tile"><dt>${title}</dt><dd><b>${value}</b> <small>${more}</small></dd></div>`;
  const gone = view.state === 'no-data' ? 'cannot tell' : outlook(view, nowMs) || 'budget lasts';
  const { exhaustedAtMs, recoversAtMs, wholeAtMs } = view;
  const [what, at] =
    exhaustedAtMs !== null
      ? ['at', exhaustedAtMs]
      : recoversAtMs !== null
        ? ['above 0 at the earliest', recoversAtMs]
        : ['whole at the earliest', wholeAtMs];
  return html`<dl class="tiles">
${tile('Budget left', data('budget', view.budgetRemainingRatio, budgetLeft(view.budgetRemainingRatio)), html`${budgetBar(view)} ${data('minutes', view.budgetRemainingMinutes, minutes(view.budgetRemainingMinutes))}, ${data('events', view.budgetRemainingEvents, view.budgetRemainingEvents.toFixed(1))} bad events`)}
${tile('SLI', data('sli', view.sliRatio, percent(view.sliRatio, 3)), `promised ${objective(view.objective)} in ${view.period}`)}
${tile('Burn rate now', data('current', view.currentBurnRate, burn(view.currentBurnRate)), view.lastBadMs === null ? 'no error is known' : `last error ${ago(nowMs - view.lastBadMs)}`)}
${tile('Outlook', html`${gone}`, at === null ? '' : html`${what} ${time(at)}`)}
${tile('Measured', data('coverage', view.coverageRatio, percent(view.coverageRatio, 1)), html`${data('measured', view.measured, count(view.measured))} ${view.measured === 1 ? 'event counts' : 'events count'}`)}
${view.excludedRatio > 0 && tile('Without exclusion', data('without', view.budgetWithoutExclusionRatio, budgetLeft(view.budgetWithoutExclusionRatio)), html`budget left if maintenance counted; ${data('excluded', view.excludedRatio, percent(view.excludedRatio, 2))} of the time is excluded`)}
</dl>`;
}

/** Board, runbook, API: those that the spec says where they are. */
function links({ view, plan }: SloData, { engine }: Sources): [text: string, url: string][] {
  const { dashboards, runbooks } = engine.spec.alerting;
  return [
    [`Last runs of ${plan.slo.sli.target}`, `/target/${plan.slo.sli.target}`],
    ...(dashboards === undefined
      ? []
      : [['Board in Grafana', `${dashboards}/d/plimsoll-slo?var-slo=${view.name}`] as [string, string]]),
    ...(runbooks === undefined
      ? []
      : [['Runbook', `${runbooks}/${RUNBOOKS[view.state] ?? 'SLOErrorBudgetBurn'}.md`] as [string, string]]),
    ['API', `/api/v1/slos/${view.name}`],
  ];
}

function marksOf({ changes, ledger }: SloData): Mark[] {
  return [
    ...changes.slice(0, 30).map(
      (c, i): Mark => ({
        kind: 'change',
        atMs: c.atMs,
        text: `change ${iso(c.atMs).slice(0, 16)}: ${c.kind} ${c.text ?? ''}`,
        to: `#change-${i}`,
      }),
    ),
    ...ledger.map(
      (row, i): Mark => ({
        kind: 'episode',
        atMs: row.startMs,
        text: `errors ${iso(row.startMs).slice(0, 16)}: ${row.step} ${row.outcome}, cost ${percent(row.costRatio, 1)}`,
        to: `#episode-${i}`,
      }),
    ),
  ];
}

function legend({ chart, changes, ledger }: SloData): Html {
  return html`${chart.isCalendar ? 'Dashed: spent evenly over the calendar period. ' : 'The period rolls: it begins whole at its far edge and ends at what is left now. '}${ledger.length > 0 && '● errors begin. '}${changes.length > 0 && '▲ a change. '}${chart.gaps.length > 0 && 'Hatched: not measured. '}${chart.maintenance.length > 0 && 'Dotted ground: maintenance. '}${chart.projections.length > 0 && html`After now: if the errors of ${chart.projections.map(({ window }) => window).join(' or ')} go on${!chart.isCalendar && ', while old errors leave the period'}.`}`;
}

function chartTable({ chart }: SloData): Html {
  const every = Math.max(1, Math.ceil(chart.points.length / 30));
  const rows = chart.points.filter((_, i) => i % every === 0 || i === chart.points.length - 1);
  return html`<p>${describe(chart)}</p><table><thead><tr><th scope="col">Time</th><th scope="col">Budget left</th></tr></thead><tbody>${rows.map(({ atMs, left }) => html`<tr><td>${time(atMs)}</td><td>${percent(left, 2)}</td></tr>`)}</tbody></table>`;
}

function maintenanceList({ plan, evaluatedAtMs }: SloData): Html {
  const listed = plan.maintenance;
  return html`${listed.length > 0 && html`<h2 id="maintenance">Maintenance</h2><ul>${listed.map((m) => html`<li>${time(m.fromMs)} for ${span(m.toMs - m.fromMs)}${m.fromMs > evaluatedAtMs && ' (planned)'}: ${m.reason}, ${m.by}${!m.applied && html` <b>not excluded: exporter.maxExcluded is reached</b>`}</li>`)}</ul>`}`;
}
