// One panel of a page: its title, what it says of itself, where it leads, and what it shows.
import type { JsonObject } from '../grafana/finish.ts';
import type { loadEcharts } from './chart.ts';
import { chartHtml } from './chart-html.ts';
import { lanesHtml } from './lanes.ts';
import { linksHtml } from './links.ts';
import type { Mark } from './marks.ts';
import { ground, html } from './markup.ts';
import type { Cell, PanelData, Span } from './read.ts';

type Echarts = Awaited<ReturnType<typeof loadEcharts>>;
type Objects = readonly JsonObject[];

/** What all panels of a page have in common. */
export interface Drawing {
  readonly echarts: Echarts;
  readonly span: Span;
  readonly marks: readonly Mark[];
}

/** `top`: the row of the grid in which the first panel of its group lies. */
export function panelHtml(panel: JsonObject, data: PanelData, drawing: Drawing, top: number): string {
  const { x, y, w, h } = panel.gridPos as unknown as { x: number; y: number; w: number; h: number };
  const place = `grid-column:${x + 1}/span ${w};grid-row:${y - top + 1}/span ${h}`;
  const links = linksHtml((panel.links ?? []) as Objects);
  return `<section class="panel" style="${place}"><h2 title="${html(panel.title)}">${html(panel.title)}</h2><details class="about"><summary>${html(panel.description)}</summary>${links}</details>${links && `<div class="links">${links}</div>`}<div class="body">${bodyHtml(panel, data, drawing)}</div></section>`;
}

function bodyHtml(panel: JsonObject, data: PanelData, { echarts, span, marks }: Drawing): string {
  if (data.empty !== undefined) return emptyHtml(data.empty);
  switch (data.type) {
    case 'stat':
      return `<div class="stats">${data.stats.map((one) => statHtml(one, data.stats.length > 1)).join('')}</div>`;
    case 'timeseries':
      return chartHtml(echarts, panel, data, span, marks);
    case 'state-timeline':
      return lanesHtml(panel, data, span, marks);
    case 'table':
      return data.columns.length === 0 ? notAsked(panel) : tableHtml(data);
    case 'text':
      return `<pre>${html((panel.options as JsonObject).content)}</pre>`;
    default:
      return notAsked(panel);
  }
}

const emptyHtml = (text: string): string => `<div class="empty">${html(text)}</div>`;

/** Loki and Tempo are not asked here. */
const notAsked = ({ targets }: JsonObject): string =>
  emptyHtml(`not asked here: ${(targets as Objects).map(({ expr, query }) => expr ?? query).join('; ')}`);

const statHtml = ({ name, text, color }: PanelData['stats'][number], named: boolean): string =>
  `<div class="stat"${color === undefined ? '' : ` style="background:${ground(color) ?? 'none'}"`}>${named ? `<span title="${html(name)}">${html(name)}</span>` : ''}<b${text.length > 12 ? ' class="long"' : ''}>${html(text)}</b></div>`;

const tableHtml = ({ columns, rows }: PanelData): string => {
  const cell = ({ text, color }: Cell): string =>
    `<td title="${html(text)}"${color === undefined ? '' : ` style="background:${ground(color) ?? 'none'};color:#fff"`}>${html(text)}</td>`;
  return `<table><thead><tr>${columns.map((title) => `<th>${html(title)}</th>`).join('')}</tr></thead><tbody>${rows
    .map((row) => `<tr>${row.map(cell).join('')}</tr>`)
    .join('')}</tbody></table>`;
};
