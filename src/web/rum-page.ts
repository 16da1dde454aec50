// The pages /real-users and /real-users/SITE: what visitors felt in 24 hours, and whose time it was. Not below /rum/, which gateways
// leave open to all. Computes no number that the API has.
import { didYouMean } from '../spec/nearest.ts';
import type { SiteNumbers } from '../spec/real-users.ts';
import type { Site } from '../spec/site.ts';
import { isRunSlo } from '../spec/spec.ts';
import { VITAL_NAMES } from '../spec/vitals.ts';
import { type FirstByte, firstBytes, targetsOf } from './first-byte.ts';
import { firstByteSvg } from './first-byte-svg.ts';
import { type Verdict, verdictOf } from './first-byte-verdict.ts';
import { page } from './layout.ts';
import { type Html, html } from './markup.ts';
import { missingPage } from './missing.ts';
import { quietNotes } from './rum-notes.ts';
import { enginesTable, firstByteTable, pagesTable, rumSlosTable, vitalCell, worstTables } from './rum-tables.ts';
import type { Page } from './send.ts';
import { cardRow, cards } from './slo-tables.ts';
import { frameOf, type Sources } from './sources.ts';
import { VITAL_TITLES } from './vital-words.ts';
import { budgetLeft, count, counted, data, percent, stateTag } from './words.ts';

const PATH = '/real-users';
const LIST = ['Site', 'Measured', 'Views', ...VITAL_NAMES.map((vital) => VITAL_TITLES[vital])];

/** All sites; with a single one, that. */
export function realUsersPage(sources: Sources): Page {
  const [first, ...more] = sources.realUsers === undefined ? [] : sources.engine.spec.sites;
  if (first !== undefined && more.length === 0) return sitePage(sources, first.key, PATH);
  const sites = sources.realUsers?.numbers() ?? [];
  if (sites.length === 0) return missingPage(sources, 'site', '', 'list sites in the section sites of the spec');
  return {
    json: { sites },
    html: () =>
      page(frameOf(sources, 'Real users', PATH), `${PATH}.json`, [
        html`<h1>What real users felt</h1><p>Of the last 24 hours: 75 of 100 views were at most this.</p>`,
        cards(
          LIST,
          sites.map((site) =>
            cardRow(LIST, [
              html`<a class="name" href="${PATH}/${site.site}">${site.site}</a>`,
              html`${percent(site.sample, 0)}, ${site.mode}${quietNotes(site, sources.engine.evaluatedAt()).slice(0, 1)}`,
              data('views', site.all.views, count(site.all.views)),
              ...VITAL_NAMES.map((vital) => vitalCell(vital, site.all.vitals[vital], site.enough)),
            ]),
          ),
          'Sites',
        ),
      ]),
  };
}

/** `at`: where in the navigation it is. */
export function sitePage(sources: Sources, name: string, at = `${PATH}/${name}`): Page {
  const { spec } = sources.engine;
  const site = spec.sites.find(({ key }) => key === name);
  const numbers = sources.realUsers?.numbers(name)[0];
  if (site === undefined || numbers === undefined)
    return missingPage(
      sources,
      'site',
      name,
      didYouMean(
        name,
        spec.sites.map(({ key }) => key),
        'there are',
      ),
    );
  const firstByte = firstBytes(site, numbers, spec.targets, (target) => sources.runs.of(target).runs).map((times) => ({
    ...times,
    verdict: verdictOf(
      times,
      numbers.groups.find((group) => group.page === times.page),
      numbers.enough,
    ),
  }));
  const probed = probedSlos(sources, site);
  return {
    json: { ...numbers, firstByte, probed },
    html: () =>
      page(frameOf(sources, `Real users of ${name}`, at), `${PATH}/${name}.json`, [
        html`${spec.sites.length > 1 && html`<p><a href="${PATH}">Real users</a> / sites</p>`}<h1>Real users of ${name}</h1>`,
        body(numbers, firstByte, sources),
        slosOf(numbers, probed, sources),
        details(numbers),
      ]),
  };
}

/** SLOs of probes of the site's pages: what they say of the same time. */
const probedSlos = ({ engine }: Sources, site: Site) => {
  const targets = new Set(targetsOf(site, engine.spec.targets).map(({ name }) => name));
  return engine.spec.slos.flatMap((slo) => {
    const view = isRunSlo(slo) && targets.has(slo.sli.target) ? engine.view(slo.name) : undefined;
    if (view === undefined) return [];
    return [{ slo: view.name, state: view.state, budgetRemainingRatio: view.budgetRemainingRatio }];
  });
};

function body(
  numbers: SiteNumbers,
  firstByte: readonly (FirstByte & { readonly verdict: Verdict })[],
  sources: Sources,
): Html {
  const { all, enough, sample, mode, pages } = numbers;
  return html`${quietNotes(numbers, sources.engine.evaluatedAt())}
<p>Of the last 24 hours, as far as this exporter ran: ${data('all-views', all.views, counted(all.views, 'view'))}. ${percent(sample, 0)} of views are measured, in the mode ${mode}; robots are left out. Anybody can send beacons, so nothing here pages.</p>
${
  pages.length > 0 &&
  html`<dl class="tiles vitals">${VITAL_NAMES.map((vital) => html`<div class="tile"><dt>${VITAL_TITLES[vital]}</dt><dd>${vitalCell(vital, all.vitals[vital], enough)}</dd></div>`)}</dl>
<h2>By pages and device</h2>${pagesTable(numbers)}
<p class="small">75 of 100 views were at most the number; behind it is its 95 % band. With fewer than ${enough} views only the band is said, and there is no verdict. Restored views count for INP, CLS and errors only, as they painted at once.</p>`
}
${
  firstByte.length > 0 &&
  html`<h2>First byte: whose time is it?</h2>
<ul class="verdicts">${firstByte.map(({ page: group, verdict }) => html`<li><b>${group}</b>: <span class="${verdict.part === 'unknown' ? 'unknown' : ''}">${verdict.text}</span></li>`)}</ul>
<div class="scroll" tabindex="0" role="region" aria-label="Chart, can be scrolled">${firstByteSvg(firstByte, numbers.enough)}</div>
<p class="small">One axis of time for all. Browsers, of all devices: their whole wait, redirects and network too. Servers: what Server-Timing says, of a copy in a cache what its first request took. Probes: the run in the middle of the last good ones, from left to right dns, connect, tls, first_byte.</p>
<details><summary>The same as a table</summary>${firstByteTable(firstByte, numbers.enough)}</details>`
}`;
}

const leftOf = (ratio: number | null): Html => {
  const text = budgetLeft(ratio);
  return html`${data('budget', ratio, text)}${text.endsWith('%') && !text.startsWith('overspent') && ' of the budget left'}`;
};

const slosOf = (numbers: SiteNumbers, probed: ReturnType<typeof probedSlos>, { engine }: Sources): Html =>
  html`<h2>SLOs of this site</h2>${numbers.slos.length > 0 ? rumSlosTable(numbers, engine.spec.alerting.dashboards) : html`<p>None counts page views: an SLI of kind <code>rum</code> would.</p>`}
${probed.length > 0 && html`<p>Of probes of the same time:</p><ul>${probed.map(({ slo, state, budgetRemainingRatio }) => html`<li><a href="/slo/${slo}">${slo}</a> ${stateTag(state)} ${leftOf(budgetRemainingRatio)}</li>`)}</ul>`}`;

const details = (numbers: SiteNumbers): Html =>
  html`${numbers.worst.length > 0 && html`<h2>Worst of 24 hours</h2><p class="small">At most 20 of each vital, with the cleaned path and nothing of the visitor.</p>${worstTables(numbers)}`}
<h2>Who is in the sample</h2>${Object.keys(numbers.engines).length > 0 && enginesTable(numbers)}
<p class="small">Values since the start, by engine. What an engine does not report is missing in the numbers above.</p>
<p>Beacons since the start: ${Object.entries(numbers.beacons).map(([result, n], i) => html`${i > 0 && ', '}${result} ${data(`beacons-${result}`, n, count(n))}`)}.</p>`;
