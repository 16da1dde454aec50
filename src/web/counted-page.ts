// The page of an SLO that Prometheus counts: what is promised, where its state is, and of real users what the last day was. Judges nothing.
import { formatDuration } from '../spec/scalars.ts';
import type { PromqlSlo } from '../spec/spec.ts';
import { page } from './layout.ts';
import { type Html, html } from './markup.ts';
import { rumSlosTable } from './rum-tables.ts';
import type { Page } from './send.ts';
import { frameOf, type Sources } from './sources.ts';
import { objective } from './words.ts';

const WHAT: Readonly<Record<PromqlSlo['sli']['kind'], string>> = {
  ratio: 'requests, by two counters',
  histogram: 'requests within a time, by a histogram',
  gauge: 'a value within its limit, each time that rules are evaluated',
  rum: 'page views of real users',
};

/** Answers 200: the SLO is there, its history is elsewhere. */
export function countedPage(sources: Sources, slo: PromqlSlo): Page {
  const { name, service, team, description, window, sli, objective: promised } = slo;
  const { dashboards } = sources.engine.spec.alerting;
  const period = typeof window === 'number' ? formatDuration(window) : `${window.calendar} (${window.timeZone})`;
  const site = sli.kind === 'rum' ? sources.realUsers?.numbers(sli.site)[0] : undefined;
  const lastDay = site?.slos.find((one) => one.slo === name);
  const board = dashboards === undefined ? undefined : `${dashboards}/d/plimsoll-slo?var-slo=${name}`;
  return {
    json: {
      name,
      service,
      team,
      objective: promised,
      period,
      sli: sli.kind,
      countedBy: 'prometheus',
      board: board ?? null,
      lastDay: lastDay ?? null,
    },
    html: () =>
      page(frameOf(sources, name, `/slo/${name}`), `/slo/${name}.json`, [
        html`<p><a href="/">SLOs</a> / ${service} / ${team}</p><h1>${name}</h1>
<p class="lead">Counted by Prometheus: ${WHAT[sli.kind]}. Its state, budget and alerts are there, and none of them is known here.</p>
${description !== undefined && html`<p>${description}</p>`}
<p>Promised: ${objective(promised)} in ${period}. ${board === undefined ? 'See the board “SLO”.' : html`<a href="${board}">Its board</a>`}</p>`,
        site !== undefined && lastDay !== undefined && lastDayOf({ ...site, slos: [lastDay] }, dashboards),
      ]),
  };
}

const lastDayOf = (
  site: Parameters<typeof rumSlosTable>[0] & { readonly site: string },
  board: string | undefined,
): Html =>
  html`<h2>Last 24 hours</h2>${rumSlosTable(site, board)}<p><a href="/real-users/${site.site}">Real users of ${site.site}</a></p>`;
