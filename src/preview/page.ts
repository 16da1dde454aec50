// A board as one HTML page without scripts: for a review without Grafana. Everything that comes from elsewhere is escaped.
import type { JsonObject } from '../grafana/finish.ts';
import type { Macros } from '../grafana/macros.ts';
import { type ChartLook, lineColor, loadEcharts, stretchesOf, timeseriesSvg } from './chart.ts';
import { formatValue } from './format.ts';
import type { Asked } from './prometheus.ts';
import { type Cell, cellOf, type PanelData, readPanel, type Span } from './read.ts';

type Echarts = Awaited<ReturnType<typeof loadEcharts>>;
type Objects = readonly JsonObject[];

/** Grafana's names in hexadecimal. */
const COLORS: Readonly<Record<string, string>> = {
  green: '#1a7f37',
  orange: '#b3560b',
  red: '#c4162a',
  blue: '#1f60c4',
  purple: '#8f3bb8',
  yellow: '#8a6d00',
};
const hex = (color: string | undefined): string | undefined =>
  color && (COLORS[color] ?? (color.startsWith('#') ? color : undefined));

const html = (text: unknown): string => String(text).replaceAll(/[&<>"']/g, (c) => `&#${c.codePointAt(0)};`);

const CSS = `
:root{color-scheme:dark}body{margin:0;background:#111217;color:#ccccdc;font:13px/1.45 system-ui,sans-serif}
header{padding:10px 14px;border-bottom:1px solid #2c3235}h1{font-size:18px;margin:0}header p{margin:2px 0;color:#9fa7b3}
.grid{display:grid;grid-template-columns:repeat(24,1fr);grid-auto-rows:34px;gap:6px;padding:8px 14px}
.panel{background:#181b1f;border:1px solid #2c3235;border-radius:3px;padding:6px 8px;overflow:hidden;display:flex;flex-direction:column;min-width:0}
.panel h2{font-size:13px;font-weight:600;margin:0 0 4px}.body{flex:1;min-height:0;overflow:auto}
.empty{display:flex;align-items:center;justify-content:center;color:#9fa7b3;font-size:15px;height:100%;text-align:center}
.stats{display:flex;gap:4px;height:100%}.stat{flex:1;display:flex;flex-direction:column;align-items:center;justify-content:center;border-radius:2px}
.stat b{font-size:26px;font-weight:600;color:#fff}table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:2px 8px;border-bottom:1px solid #2c3235;white-space:nowrap}
th{color:#6e9fff;position:sticky;top:0;background:#181b1f}ul{list-style:none;margin:2px 0;padding:0;display:flex;flex-wrap:wrap;gap:0 14px;font-size:11px}
i{display:inline-block;width:10px;height:3px;margin-right:4px;vertical-align:middle}.lane{display:flex;align-items:center;gap:6px;height:24px}.lane span{width:190px;text-align:right;font-size:12px;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.lane div{position:relative;flex:1;height:18px;background:#22252b}.lane u{position:absolute;top:0;bottom:0;text-decoration:none}
details{padding:0 14px}summary{cursor:pointer;font-size:14px;padding:6px 0;border-top:1px solid #2c3235}details .grid{padding:4px 0}
pre{white-space:pre-wrap;margin:0}footer{padding:8px 14px;color:#9fa7b3}`;

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
  const echarts = await loadEcharts();
  const shown: PanelData[] = [];
  const grid = async (panels: Objects): Promise<string> => {
    const top = Math.min(...panels.map((panel) => (panel.gridPos as JsonObject).y as number), Infinity);
    const sections: string[] = [];
    for (const panel of panels) {
      const data = await readPanel(panel, options.asked, options.span, options.macros);
      shown.push(data);
      sections.push(panelHtml(echarts, panel, data, options.span, top));
    }
    return `<div class="grid">${sections.join('\n')}</div>`;
  };
  const all = board.panels as Objects;
  const first = await grid(all.filter(({ type }) => type !== 'row'));
  const details: string[] = [];
  for (const row of options.rows ? all.filter(({ type }) => type === 'row') : [])
    details.push(`<details open><summary>${html(row.title)}</summary>${await grid(row.panels as Objects)}</details>`);
  const time = (seconds: number): string => formatValue(seconds * 1000, 'dateTimeAsIso');
  return {
    html: `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${html(board.title)}</title><style>${CSS}</style></head><body>
<header><h1>${html(board.title)}</h1><p>${html(board.description)}</p><p>${time(options.span.fromSeconds)} to ${time(options.span.toSeconds)} UTC</p></header>
${first}${details.join('\n')}
<footer>A preview without Grafana: the panels, queries, texts and thresholds of the board; the drawing is not Grafana’s.</footer></body></html>\n`,
    panels: shown,
  };
}

function panelHtml(echarts: Echarts, panel: JsonObject, data: PanelData, span: Span, top: number): string {
  const { x, y, w, h } = panel.gridPos as unknown as { x: number; y: number; w: number; h: number };
  const place = `grid-column:${x + 1}/span ${w};grid-row:${y - top + 1}/span ${h}`;
  return `<section class="panel" style="${place}" title="${html(panel.description)}"><h2>${html(panel.title)}</h2><div class="body">${bodyHtml(echarts, panel, data, span)}</div></section>`;
}

function bodyHtml(echarts: Echarts, panel: JsonObject, data: PanelData, span: Span): string {
  if (data.empty !== undefined) return `<div class="empty">${html(data.empty)}</div>`;
  switch (data.type) {
    case 'stat':
      return `<div class="stats">${data.stats.map((one) => statHtml(one, data.stats.length > 1)).join('')}</div>`;
    case 'timeseries':
      return chartHtml(echarts, panel, data, span);
    case 'state-timeline':
      return lanesHtml(panel, data, span);
    case 'table':
      return data.columns.length === 0 ? notAsked(panel) : tableHtml(data);
    case 'text':
      return `<pre>${html((panel.options as JsonObject).content)}</pre>`;
    default:
      return notAsked(panel);
  }
}

/** Loki and Tempo are not asked here. */
const notAsked = ({ targets }: JsonObject): string =>
  `<div class="empty">not asked here: ${html((targets as Objects).map(({ expr, query }) => expr ?? query).join('; '))}</div>`;

const statHtml = ({ name, text, color }: PanelData['stats'][number], named: boolean): string =>
  `<div class="stat"${color === undefined ? '' : ` style="background:${hex(color) ?? 'none'}"`}>${named ? `<span>${html(name)}</span>` : ''}<b>${html(text)}</b></div>`;

function chartHtml(echarts: Echarts, panel: JsonObject, { frames }: PanelData, span: Span): string {
  const { w, h } = panel.gridPos as unknown as { w: number; h: number };
  const { defaults } = panel.fieldConfig as unknown as {
    defaults: {
      unit?: string;
      decimals?: number;
      min?: number;
      max?: number;
      thresholds?: { steps: { value: number | null; color: string }[] };
      custom?: { drawStyle?: string; stacking?: { mode?: string } };
    };
  };
  const look: ChartLook = {
    colors: colorsOf(panel),
    ...defaults,
    stack: defaults.custom?.stacking?.mode === 'normal',
    bars: defaults.custom?.drawStyle === 'bars',
    thresholds: (defaults.thresholds?.steps ?? []).flatMap(({ value, color }) =>
      value === null ? [] : [{ value, color: hex(color) ?? color }],
    ),
  };
  const legend = frames.slice(0, 12).map(({ name, points }, i) => {
    const last = points.at(-1)?.[1] ?? Number.NaN;
    const text = Number.isNaN(last) ? '' : formatValue(last, look.unit, look.decimals);
    return `<li><i style="background:${lineColor(i, name, look.colors)}"></i>${html(name)} ${html(text)}</li>`;
  });
  const lines = Math.ceil(legend.length / Math.max(1, Math.floor(w / 5)));
  const size = { width: w * 55, height: Math.max(60, h * 40 - 60 - lines * 17) };
  return `${timeseriesSvg(echarts, frames, look, span, size)}<ul>${legend.join('')}</ul>`;
}

/** Colours that the board fixes, by the name of the series. */
function colorsOf({ fieldConfig }: JsonObject): Record<string, string> {
  const { overrides = [] } = fieldConfig as unknown as { overrides?: Objects };
  return Object.fromEntries(
    overrides.flatMap(({ matcher, properties }) => {
      const color = (properties as Objects).find(({ id }) => id === 'color')?.value as
        | { fixedColor?: string }
        | undefined;
      return color?.fixedColor === undefined
        ? []
        : [[(matcher as JsonObject).options, hex(color.fixedColor) ?? '#888']];
    }),
  );
}

function lanesHtml(panel: JsonObject, { frames }: PanelData, span: Span): string {
  const { defaults } = panel.fieldConfig as unknown as { defaults: Parameters<typeof cellOf>[1] };
  return frames
    .map((frame) => {
      const parts = stretchesOf(frame, span, (value): Cell => cellOf(value, defaults)).map(
        ({ from, to, cell }) =>
          `<u style="left:${(from * 100).toFixed(2)}%;width:${((to - from) * 100).toFixed(2)}%;background:${hex(cell.color) ?? '#444'}" title="${html(cell.text)}"></u>`,
      );
      return `<div class="lane"><span>${html(frame.name)}</span><div>${parts.join('')}</div></div>`;
    })
    .join('');
}

const tableHtml = ({ columns, rows }: PanelData): string => {
  const cell = ({ text, color }: Cell): string =>
    `<td${color === undefined ? '' : ` style="background:${hex(color) ?? 'none'};color:#fff"`}>${html(text)}</td>`;
  return `<table><thead><tr>${columns.map((title) => `<th>${html(title)}</th>`).join('')}</tr></thead><tbody>${rows
    .map((row) => `<tr>${row.map(cell).join('')}</tr>`)
    .join('')}</tbody></table>`;
};
