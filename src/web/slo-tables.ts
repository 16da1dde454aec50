// The tables of an SLO's page: windows, tiers, ledger, outcomes, and the sum that made the numbers. Only shows.
import { type Html, html } from './markup.ts';
import type { SloData } from './slo-data.ts';
import { burn, count, counted, data, iso, minutes, objective, percent, span, time } from './words.ts';

/** A table that a narrow screen shows as cards. */
export const cards = (titles: readonly string[], rows: readonly Html[], name: string): Html =>
  html`<table class="cards" role="table"><caption class="hidden">${name}</caption><thead role="rowgroup"><tr role="row">${titles.map((title) => html`<th role="columnheader" scope="col">${title}</th>`)}</tr></thead><tbody role="rowgroup">${rows}</tbody></table>`;

export const cardRow = (titles: readonly string[], cells: readonly (Html | string | number)[], id?: string): Html => {
  const inner = cells.map((content, i) => html`<td role="cell" data-label="${titles[i]}"><div>${content}</div></td>`);
  return id === undefined ? html`<tr role="row">${inner}</tr>` : html`<tr role="row" id="${id}">${inner}</tr>`;
};

const WINDOWS = ['Window', 'Burn rate', 'Bad', 'Good', 'Not measured', 'Excluded', 'Known'];

/** Numbers only: on a narrow screen it scrolls within its frame. */
export const windowsTable = ({ view }: SloData): Html => {
  const rows = view.windows.map((w) => {
    const cells = [
      data('burn', w.burnRate, burn(w.burnRate)),
      data('bad-events', w.bad, count(w.bad)),
      data('good-events', w.good, count(w.good)),
      count(w.unmeasured),
      count(w.excluded),
      data('coverage', w.coverageRatio, percent(w.coverageRatio, 1)),
    ];
    return html`<tr><th scope="row">${w.window}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`;
  });
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Burn rate by window, can be scrolled"><table><thead><tr>${WINDOWS.map((title) => html`<th scope="col">${title}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>`;
};

const TIERS = ['Alert tier', 'Holds now', 'Long window', 'Short window', 'Bad events'];

export function tiersTable({ tiers }: SloData): Html {
  if (tiers.length === 0) return html`<p>This period has no alert tiers.</p>`;
  const rows = tiers.map((t) =>
    cardRow(TIERS, [
      `${t.tier} (${t.severity})`,
      t.holds ? html`<b class="fires">▲ holds</b>` : 'no',
      `${t.long}: ${burn(t.longBurn)} of ${burn(t.k)}`,
      `${t.short}: ${burn(t.shortBurn)} of ${burn(t.k)}`,
      t.longBadNeeded === null
        ? `${count(t.longBad)} in ${t.long}: too few events to fire`
        : `${count(t.longBad)} in ${t.long}, fires from ${count(t.longBadNeeded)}`,
    ]),
  );
  return html`${cards(TIERS, rows, 'Alert tiers')}<p class="small">A tier fires if both windows burn faster than its rate, the long one beyond doubt, and at least half of the short one is known. Burn rate 1 spends the budget exactly over the period.</p>`;
}

const LEDGER = ['Began', 'Lasted', 'Cost', 'Bad events', 'Cause', 'Changed before'];

export function ledgerTable({ ledger, computed }: SloData): Html {
  if (ledger.length === 0 && computed.bad > 0)
    return html`<p>${counted(computed.bad, 'bad event')} ${computed.bad === 1 ? 'is' : 'are'} in the period, and no episode says when: what the store kept of episodes was damaged, or they are older than the newest 50.</p>`;
  if (ledger.length === 0) return html`<p>Nothing: no bad event is in the period.</p>`;
  const sum = ledger.reduce((total, { bad }) => total + bad, 0);
  const rows = ledger.map((row, i) =>
    cardRow(
      LEDGER,
      [
        time(row.startMs),
        row.lastBadMs - row.startMs < 60_000 ? 'under a minute' : span(row.lastBadMs - row.startMs),
        html`<b>${percent(row.costRatio, 1)}</b> <small>${minutes(row.costMinutes)}</small>`,
        count(row.bad),
        `${row.step}: ${row.outcome} (${row.blame})`,
        row.change === null
          ? '–'
          : `${row.change.kind} ${row.change.text ?? ''}, ${iso(row.change.atMs).slice(11, 16)} UTC`,
      ],
      `episode-${i}`,
    ),
  );
  return html`${cards(LEDGER, rows, 'Episodes of bad events')}${sum !== computed.bad && html`<p class="small">The entries add up to ${count(sum)} bad events and the period counts ${count(computed.bad)}: events since the last tick, an episode that began before the period, maintenance declared afterwards, or episodes older than the newest 50 make the difference.</p>`}`;
}

const OUTCOMES = ['Bad events', 'Step', 'Outcome', 'Blame', 'Look at'];

export const outcomesTable = ({ outcomes }: SloData): Html =>
  outcomes.length === 0
    ? html`<p>None in the period.</p>`
    : cards(
        OUTCOMES,
        outcomes.map((o) => cardRow(OUTCOMES, [count(o.bad), o.step, o.outcome, o.blame, o.lookAt])),
        'Outcomes',
      );

/** The sums behind the numbers, with the counts of now. */
export function howComputed({ computed: c, view, plan }: SloData): Html {
  const n = c.good + c.bad;
  const unlived = c.unlivedEvents >= 0.5;
  return html`<p>Every run of <a href="/target/${plan.slo.sli.target}">${plan.slo.sli.target}</a> is one event, every ${span2(c.stepMs)}. It is good, bad, not measured (we could not tell), or excluded (maintenance). The period is from ${time(c.startMs)} to ${time(c.endMs)}.</p>
<ol class="sums">
<li>Events that count: ${count(c.good)} good + ${count(c.bad)} bad = <b>${count(n)}</b>. Not measured: ${count(c.unmeasured)}. Excluded: ${count(c.excludedGood + c.excludedBad)}.</li>
<li>SLI = good / (good + bad) = ${n === 0 ? html`<b>no data</b>` : html`${count(c.good)} / ${count(n)} = <b>${percent(view.sliRatio, 3)}</b>`}.</li>
<li>Allowed bad events = (1 − ${objective(view.objective)}) × (${count(n)}${unlived && html` + ${count(Math.round(c.unlivedEvents))} steps that were not lived yet`}) = <b>${c.allowedEvents.toFixed(2)}</b>. Time that was lived and not measured allows none.</li>
<li>Budget left = ${c.allowedEvents.toFixed(2)} − ${count(c.bad)} = <b>${c.remainingEvents.toFixed(2)} bad events</b>${view.budgetRemainingRatio !== null && html`, that is ${c.remainingEvents.toFixed(2)} / ${c.allowedEvents.toFixed(2)} = <b>${percent(view.budgetRemainingRatio, 1)}</b>, or ${minutes(view.budgetRemainingMinutes)} of errors without pause`}.</li>
<li>Burn rate of a window = bad / (good + bad) / (1 − objective).</li>
<li>Outlook: ${typeof plan.slo.window === 'number' ? 'the period is moved on row by row, old events leave it at the far edge, and the share of bad events of now goes on.' : 'the share of bad events of now goes on to the end of the calendar period, where the budget begins anew.'}</li>
</ol>`;
}

const span2 = (ms: number): string => (ms < 60_000 ? `${ms / 1000} s` : span(ms));
