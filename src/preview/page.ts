// A board as one HTML page without scripts: for a review without Grafana. Everything that comes from elsewhere is escaped.
import type { JsonObject } from '../grafana/finish.ts';
import type { Macros } from '../grafana/macros.ts';
import { loadEcharts } from './chart.ts';
import { formatValue } from './format.ts';
import { linksHtml } from './links.ts';
import { type Mark, readMarks } from './marks.ts';
import { bright, html } from './markup.ts';
import { panelHtml } from './panel-html.ts';
import type { Asked } from './prometheus.ts';
import { type PanelData, readPanel, type Span } from './read.ts';
import { CSS } from './style.ts';

type Objects = readonly JsonObject[];

/** So many changes and alerts are told in the header; all are drawn. */
const MOST_MARKS = 10;

export interface PreviewOptions {
  readonly asked: Asked;
  readonly span: Span;
  readonly macros: Macros;
  /** Collapsed rows are asked too. */
  readonly rows: boolean;
}

export interface PreviewedBoard {
  readonly html: string;
  /** What each panel showed, in the order of the board. */
  readonly panels: readonly PanelData[];
}

/** Rejects with an Error that names the query that has no answer. */
export async function previewBoard(board: JsonObject, options: PreviewOptions): Promise<PreviewedBoard> {
  const { asked, span, macros } = options;
  const drawing = { echarts: await loadEcharts(), span, marks: await readMarks(board, asked, span, macros) };
  const shown: PanelData[] = [];
  const grid = async (panels: Objects): Promise<string> => {
    const top = Math.min(...panels.map((panel) => (panel.gridPos as JsonObject).y as number), Infinity);
    const sections: string[] = [];
    for (const panel of panels) {
      const data = await readPanel(panel, asked, span, macros);
      shown.push(data);
      sections.push(panelHtml(panel, data, drawing, top));
    }
    return `<div class="grid">${sections.join('\n')}</div>`;
  };
  const all = board.panels as Objects;
  const first = await grid(all.filter(({ type }) => type !== 'row'));
  const details: string[] = [];
  for (const row of options.rows ? all.filter(({ type }) => type === 'row') : [])
    details.push(
      `<details class="row" open><summary>${html(row.title)}</summary>${await grid(row.panels as Objects)}</details>`,
    );
  return {
    html: `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${html(board.title)}</title><style>${CSS}</style></head><body>
${headerHtml(board, span, drawing.marks)}
${first}${details.join('\n')}
<footer>A preview without Grafana: the panels, queries, texts and thresholds of the board; the drawing is not Grafana’s.</footer></body></html>\n`,
    panels: shown,
  };
}

function headerHtml(board: JsonObject, { fromSeconds, toSeconds }: Span, marks: readonly Mark[]): string {
  const time = (seconds: number): string => formatValue(seconds * 1000, 'dateTimeAsIso');
  const links = linksHtml((board.links ?? []) as Objects);
  // Changes come first: there are few, and an outage has many alerts.
  const told = [...marks].sort((a, b) => Number(a.isAlert) - Number(b.isAlert)).slice(0, MOST_MARKS);
  const more = marks.length > told.length ? `<em>and ${marks.length - told.length} more</em>` : '';
  const began = told.map(
    ({ atSeconds, title, text, color }) =>
      `<em style="color:${bright(color) ?? 'inherit'}">${time(atSeconds).slice(11)} ${html(title)}${text && ` (${html(text)})`}</em>`,
  );
  return `<header><h1>${html(board.title)}</h1><p>${html(board.description)}</p><p>${time(fromSeconds)} to ${time(toSeconds)} UTC</p>${links && `<p>${links}</p>`}${began.length > 0 ? `<p>${began.join(' ')}${more}</p>` : ''}</header>`;
}
