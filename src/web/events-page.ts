// The page /events: what changed, newest first. What is asked for is checked as the API checks it.
import { changeServices, parseChangeQuery } from '../spec/change.ts';
import { CHANGE_KINDS } from '../spec/names.ts';
import { page } from './layout.ts';
import { html } from './markup.ts';
import type { Page } from './send.ts';
import { cardRow, cards } from './slo-tables.ts';
import { frameOf, type Sources } from './sources.ts';
import { ago, time } from './words.ts';

const COLUMNS = ['When', 'Kind', 'Service', 'What', 'By'];

export function eventsPage(sources: Sources, query: unknown): Page {
  const parsed = parseChangeQuery(query);
  const frame = frameOf(sources, 'Events', '/events');
  if (!parsed.ok)
    return {
      status: 400,
      json: { type: 'about:blank', title: 'bad request', status: 400, detail: parsed.problem },
      html: () =>
        page(
          frame,
          '/events.json',
          html`<h1>Events</h1><p class="alarm">${parsed.problem}</p><p><a href="/events">All events</a></p>`,
        ),
    };
  const { kind, service } = parsed.value;
  const { changes, more } = sources.changes.list(parsed.value);
  const nowMs = sources.engine.evaluatedAt();
  const choice = (key: 'kind' | 'service', values: readonly string[]) =>
    html`<p>${key}: ${[undefined, ...values].map((value) => {
      const chosen = { kind, service, [key]: value };
      const next = Object.entries(chosen).filter((pair): pair is [string, string] => pair[1] !== undefined);
      return (key === 'kind' ? kind : service) === value
        ? html`<b aria-current="true">${value ?? 'all'}</b> `
        : html`<a href="${next.length === 0 ? '/events' : `?${new URLSearchParams(next)}`}">${value ?? 'all'}</a> `;
    })}</p>`;
  const rows = changes.map((c) =>
    cardRow(COLUMNS, [
      html`${time(c.atMs)} <small>${ago(nowMs - c.atMs)}</small>`,
      c.kind,
      c.service,
      html`${c.link === undefined ? c.text : html`<a href="${c.link}">${c.text ?? c.link}</a>`}${c.target !== undefined && html` <small><a href="/target/${c.target}">${c.target}</a></small>`}`,
      c.by ?? (c.source === 'exporter' ? 'seen by the exporter' : '–'),
    ]),
  );
  return {
    json: { events: changes.map((c) => ({ ...c, time: new Date(c.atMs).toISOString() })), more },
    html: () =>
      page(
        frame,
        '/events.json',
        html`<h1>What changed</h1><div class="filters">${choice('service', changeServices(sources.engine.spec).slice(0, 30))}${choice('kind', CHANGE_KINDS)}</div>
${rows.length === 0 ? html`<p>No change is known. Pipelines report them with <code>plimsoll event</code>.</p>` : cards(COLUMNS, rows, 'Changes')}${more && html`<p>There are more, further back: ask <a href="/api/v1/events?limit=1000">the API</a>.</p>`}`,
      ),
  };
}
