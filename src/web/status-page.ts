// The page /status and its feed, for outsiders. Works without script, and as a copy on another server.

import { feedUrl, plainPage } from './layout.ts';
import { type Html, html } from './markup.ts';
import { type Component, type ComponentState, type Day, STATE_WORDS, type StatusData } from './status-data.ts';
import { iso, percent, span, time } from './words.ts';

const SIGNS: Readonly<Record<ComponentState, string>> = {
  works: '✓',
  errors: '▲',
  down: '✖',
  maintenance: '∥',
  unknown: '?',
};
const OVERALL: Readonly<Record<ComponentState, string>> = {
  works: 'Everything works.',
  errors: 'Some things work with errors.',
  down: 'Some things do not work.',
  maintenance: 'Planned work goes on.',
  unknown: 'Of some things we cannot tell just now how they are.',
};

/** A day of which less is known is shown as measured in part. */
const MOSTLY = 0.9;

const tag = (state: ComponentState): Html =>
  html`<span class="state ${state}"><span aria-hidden="true">${SIGNS[state]}</span> ${STATE_WORDS[state]}</span>`;

/** `base`: what stands before the paths of style sheet and feed. */
export function statusPage(data: StatusData, base = ''): Html {
  return plainPage(
    data.title,
    html`<h1>${data.title}</h1>
<p class="lead overall ${data.overall}">${SIGNS[data.overall]} <b>${OVERALL[data.overall]}</b></p>
${data.messages.slice(0, 5).map((m) => html`<section class="message"><h2>${m.title}</h2>${m.text !== '' && html`<p>${m.text}</p>`}<p class="small">${time(m.at)}</p></section>`)}
${data.planned.map((p) => html`<p class="note maintenance">Planned work on ${p.components.join(', ')}: ${time(p.fromMs)} until ${time(p.toMs)}.</p>`)}
${data.components.map(component)}
<p class="small">A bar is a day (UTC). Cut from above: errors. Low: measured in part. A stub: not measured.</p>
<h2>Disturbances in the last 90 days</h2>
${data.incidents.length === 0 ? html`<p>None.</p>` : html`<ul>${data.incidents.map((i) => html`<li><b>${i.component}</b>: ${time(i.fromMs)}, ${i.toMs === null ? html`<b>goes on</b>` : i.toMs - i.fromMs < 60_000 ? 'for less than a minute' : `for ${span(i.toMs - i.fromMs)}`}</li>`)}</ul>`}
<footer><p>As of ${time(data.atMs)}.${base !== '' && ' This is a copy that is made every few minutes: if that is long ago, it could not be.'} <a href="${feedUrl(base)}">Feed</a></p></footer>`,
    base,
  );
}

function component({ name, state, days, goodRatio }: Component): Html {
  const wrong = days.filter((day) => day.badMinutes > 0);
  const measured = days.filter((day) => day.goodRatio !== null).length;
  const summary = `${name}, the last ${days.length} days: ${measured} measured, ${wrong.length} with errors`;
  return html`<section class="component"><h2>${name} ${tag(state)}</h2>
<svg class="days" viewBox="0 0 ${days.length * 8} 34" preserveAspectRatio="none" role="img" aria-label="${summary}">${days.map(dayBar)}</svg>
<p class="small"><span>${days.length} days ago</span> <span>${goodRatio === null ? 'not measured yet' : `worked ${percent(goodRatio, 2)} of the time measured on ${measured === 1 ? 'one day' : `${measured} days`}`}</span> <span>today</span></p>
${wrong.length > 0 && html`<details><summary>Days with errors</summary><ul>${wrong.toReversed().map((day) => html`<li>${iso(day.atMs).slice(0, 10)}: ${day.badMinutes < 1 ? 'less than a minute' : span(day.badMinutes * 60_000)} with errors</li>`)}</ul></details>`}</section>`;
}

/** Where there were errors a piece is cut off from above, and a day that was measured in part is lower: colour is not needed. */
function dayBar({ atMs, goodRatio, badMinutes, knownRatio }: Day, i: number): Html {
  const kind = goodRatio === null ? 'none' : badMinutes === 0 ? 'fine' : goodRatio >= 0.99 ? 'some' : 'many';
  const isPart = kind !== 'none' && knownRatio < MOSTLY;
  const text =
    goodRatio === null ? 'not measured' : badMinutes === 0 ? 'no errors' : `${Math.ceil(badMinutes)} min with errors`;
  const title = `${iso(atMs).slice(0, 10)}: ${text}${isPart ? `, measured ${percent(knownRatio, 0)} of the day` : ''}`;
  const top = isPart ? 12 : 0;
  const cut = { none: 26, fine: top, some: top + 8, many: top + 16 }[kind];
  return html`<g><title>${title}</title><rect class="day ${kind === 'none' ? 'none' : 'fine'}" x="${i * 8}" y="${cut}" width="6" height="${34 - cut}"/>${cut > top && kind !== 'none' && html`<rect class="day ${kind}" x="${i * 8}" y="${top}" width="6" height="${cut - top - 2}"/>`}</g>`;
}

/** Atom (RFC 4287): messages, disturbances and planned work, newest first. `url` of the status page, if the spec says it. */
export function statusFeed(data: StatusData, url: string | undefined, page = './status'): string {
  const feedId = url ?? 'urn:plimsoll:status';
  const link = html`<link href="${url ?? page}"/>`;
  const entries = [
    ...data.messages.map((m) => ({ id: `message-${m.at}`, atMs: m.at, title: m.title, text: m.text })),
    ...data.incidents.map((i) => ({
      id: `incident-${i.component}-${i.fromMs}`,
      atMs: i.toMs ?? i.fromMs,
      title: `${i.component}: ${i.toMs === null ? 'errors' : 'works again'}`,
      text: `Errors since ${iso(i.fromMs)}${i.toMs === null ? '.' : `, over at ${iso(i.toMs)}.`}`,
    })),
    ...data.planned.map((p) => ({
      id: `planned-${p.fromMs}-${p.toMs}`,
      atMs: Math.min(p.fromMs, data.atMs),
      title: `Planned work: ${p.components.join(', ')}`,
      text: `From ${iso(p.fromMs)} to ${iso(p.toMs)}.`,
    })),
  ].sort((a, b) => b.atMs - a.atMs);
  const updated = iso(entries[0]?.atMs ?? data.atMs);
  return html`<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>${data.title}</title><id>${feedId}</id>${link}<updated>${updated}</updated><author><name>${data.title}</name></author>
${entries.map(
  (
    e,
  ) => html`<entry><id>${`${feedId}#${encodeURIComponent(e.id)}`}</id><title>${e.title}</title><updated>${iso(e.atMs)}</updated>${link}<content type="text">${e.text}</content></entry>
`,
)}</feed>
`.text;
}
