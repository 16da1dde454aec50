// The tables of the page of a site's real users. Only shows: every number in them is the API's.
import type { PageNumbers, SiteNumbers, VitalNumbers } from '../spec/real-users.ts';
import { VITAL_NAMES, type VitalName } from '../spec/vitals.ts';
import { type FirstByte, PHASES } from './first-byte.ts';
import { type Html, html } from './markup.ts';
import { cardRow, cards } from './slo-tables.ts';
import { gradeTag, orMore, seconds, VITAL_TITLES, vitalText } from './vital-words.ts';
import { count, counted, data, objective, percent, time } from './words.ts';

/** "1.80 s, 1.60 s to 2.10 s" with its grade, shares and number; of few views the band only. */
export function vitalCell(vital: VitalName, found: VitalNumbers | undefined, enough: number): Html {
  if (found === undefined) return html`<span class="unknown">not reported</span>`;
  const { p75, good, needsImprovement, poor, n } = found;
  const low = data('low', p75.low, vitalText(vital, p75.low));
  const high = data('high', p75.high, orMore(vital, p75.high));
  const between =
    p75.high === undefined ? html`${low} ${data('high', undefined, 'or more')}` : html`between ${low} and ${high}`;
  const band = p75.value !== undefined && html` <small>${low} to ${high}</small>`;
  const middle =
    n < enough
      ? html`<br>fewer than ${enough} views: ${between}`
      : html`<br><b>${data(`${vital}-p75`, p75.value, orMore(vital, p75.value))}</b>${band}`;
  return html`${gradeTag(found, enough)}${middle}${shares(found)}<small>good ${data('good-share', good, percent(good, 1))}, needs improvement ${data('middling-share', needsImprovement, percent(needsImprovement, 1))}, poor ${data('poor-share', poor, percent(poor, 1))}, n ${data('n', n, count(n))}</small>`;
}

/** Good, needs improvement and poor as pieces of one bar, the last hatched by a cross. The numbers stand below it. */
function shares({ good, needsImprovement }: VitalNumbers): Html {
  const [a, b] = [good * 100, (good + needsImprovement) * 100].map((share) => Math.round(share * 10) / 10) as [
    number,
    number,
  ];
  return html`<svg class="shares" viewBox="0 0 100 8" width="100" height="8" preserveAspectRatio="none" aria-hidden="true" focusable="false"><rect class="fine" width="${a}" height="8"/><rect class="some" x="${a}" width="${Math.max(0, b - a).toFixed(1)}" height="8"/><rect class="many" x="${b}" width="${(100 - b).toFixed(1)}" height="8"/></svg>`;
}

const PAGES = ['Pages', 'Device', 'Views', ...VITAL_NAMES.map((vital) => VITAL_TITLES[vital])];

export const pagesTable = ({ pages, enough, mode }: SiteNumbers): Html =>
  cards(
    PAGES,
    pages.map((page) =>
      cardRow(PAGES, [
        html`<b>${page.page}</b>`,
        page.device,
        html`${data('views', page.views, count(page.views))}${errorViews(page, mode)}`,
        ...VITAL_NAMES.map((vital) => vitalCell(vital, page.vitals[vital], enough)),
      ]),
    ),
    'Vitals by group of pages and device',
  );

const errorViews = ({ errorViews: n }: PageNumbers, mode: SiteNumbers['mode']): Html =>
  mode === 'lite'
    ? html`<br><small>errors are not collected</small>`
    : html`<br><small>${data('errors', n, count(n))} with an error</small>`;

const FIRST_BYTE = ['Pages', 'Who', 'p75', 'Band', 'Of'];

/** What the drawing shows, as numbers. */
export const firstByteTable = (all: readonly FirstByte[], enough: number): Html =>
  cards(
    FIRST_BYTE,
    all.flatMap(({ page, browsers, server, probes }) => [
      ...[...(browsers === null ? [] : [{ who: 'browsers', ...browsers }]), ...server.map(toServer)].map(
        ({ who, n, p75 }) =>
          cardRow(FIRST_BYTE, [
            page,
            who,
            n < enough ? `fewer than ${enough} views` : data('ttfb', p75.value, orMore('ttfb', p75.value)),
            `${seconds(p75.low)} to ${orMore('ttfb', p75.high)}`,
            counted(n, 'view'),
          ]),
      ),
      ...probes.map((probe) =>
        cardRow(FIRST_BYTE, [
          page,
          html`<a href="/target/${probe.target}">${probe.target}</a> ${probe.step}`,
          data('probe', probe.totalMs / 1000, seconds(probe.totalMs / 1000)),
          PHASES.flatMap((phase) =>
            probe.phasesMs[phase] === undefined ? [] : [`${phase} ${seconds(probe.phasesMs[phase] / 1000)}`],
          ).join(', '),
          html`${counted(probe.runs, 'good run')}, this one at ${time(probe.atMs)}`,
        ]),
      ),
    ]),
    'First byte of browsers, servers and probes',
  );

const toServer = ({ name, n, p75 }: FirstByte['server'][number]) => ({ who: `servers: ${name}`, n, p75 });

const SLOS = ['SLO', 'Promised', 'Last 24 hours', 'State and budget'];

/** SLOs that count page views. Prometheus judges them: here is what came of the last day. */
export const rumSlosTable = ({ slos }: Pick<SiteNumbers, 'slos'>, grafana: string | undefined): Html =>
  cards(
    SLOS,
    slos.map(({ slo, objective: promised, of, grade, n, minimum, sliRatio }) =>
      cardRow(SLOS, [
        html`<a class="name" href="/slo/${slo}">${slo}</a> <small>${of === 'errors' ? 'views without an error' : `${of.toUpperCase()} ${grade === 'good' ? 'good' : 'not poor'}`}</small>`,
        objective(promised),
        sliRatio === null
          ? html`<span class="unknown">? ${data('slo-n', n, count(n))} of ${minimum} views: no verdict</span>`
          : html`${data('slo-sli', sliRatio, percent(sliRatio, 2))} <small>of ${data('slo-n', n, count(n))}</small>`,
        grafana === undefined
          ? 'in Prometheus: the board “SLO”'
          : html`<a href="${`${grafana}/d/plimsoll-slo?var-slo=${slo}`}">in Prometheus: its board</a>`,
      ]),
    ),
    'SLOs of real users',
  );

const WORST = ['Value', 'Pages', 'Device', 'Path', 'When', 'Trace'];

export const worstTables = ({ worst }: SiteNumbers): Html =>
  html`${VITAL_NAMES.map((vital) => {
    const found = worst.filter((one) => one.vital === vital);
    return (
      found.length > 0 &&
      html`<details><summary>${VITAL_TITLES[vital]}: worst is ${vitalText(vital, found[0]!.value)}</summary>${cards(
        WORST,
        found.map((one) =>
          cardRow(WORST, [
            data('worst', one.value, vitalText(vital, one.value)),
            one.page,
            one.device,
            one.path === '' ? '–' : html`<code>${one.path}</code>`,
            time(one.atMs),
            one.traceId === null ? '–' : html`<code>${one.traceId}</code>`,
          ]),
        ),
        `Worst of ${VITAL_TITLES[vital]}`,
      )}</details>`
    );
  })}`;

export function enginesTable({ engines }: SiteNumbers): Html {
  const rows = Object.entries(engines).map(
    ([engine, values]) =>
      html`<tr><th scope="row">${engine}</th>${VITAL_NAMES.map((vital) => html`<td>${values[vital] === undefined ? 'none' : data('engine', values[vital], count(values[vital]))}</td>`)}</tr>`,
  );
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Values by engine, can be scrolled"><table><thead><tr><th scope="col">Engine</th>${VITAL_NAMES.map((vital) => html`<th scope="col">${vital.toUpperCase()}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>`;
}
