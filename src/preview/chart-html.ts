// A panel of time series: the chart, and below it the names with their last values and the thresholds that lie beyond the axis.
import type { JsonObject } from '../grafana/finish.ts';
import { highest, thresholdsOf } from './axis.ts';
import { type ChartLook, lineColor, type loadEcharts, timeseriesSvg } from './chart.ts';
import { formatValue } from './format.ts';
import type { Mark } from './marks.ts';
import { bright, html } from './markup.ts';
import type { PanelData, Span } from './read.ts';

type Echarts = Awaited<ReturnType<typeof loadEcharts>>;
type Objects = readonly JsonObject[];
/** So many names are in a legend; all lines are drawn. */
const NAMES = 24;

export function chartHtml(
  echarts: Echarts,
  panel: JsonObject,
  { frames }: PanelData,
  span: Span,
  marks: readonly Mark[],
): string {
  const { w, h } = panel.gridPos as unknown as { w: number; h: number };
  const look = lookOf(panel);
  const { beyond } = thresholdsOf(look.thresholds, highest(frames, look.stack), look);
  const shown = (value: number): string => html(formatValue(value, look.unit, look.decimals));
  const names = frames.slice(0, NAMES).map(({ name, points }, i) => {
    const last = points.findLast(([, value]) => !Number.isNaN(value))?.[1];
    return `<li title="${html(name)}"><i style="background:${lineColor(i, name, look.colors)}"></i>${html(name)} ${last === undefined ? '' : shown(last)}</li>`;
  });
  const legend = [
    ...beyond.map(
      ({ value, color }) => `<li><i class="dashed" style="color:${color}"></i>${shown(value)} is above</li>`,
    ),
    ...names,
    ...(frames.length > NAMES ? [`<li>and ${frames.length - NAMES} more</li>`] : []),
  ];
  // 24 columns are about 1412 pixels of a page of 1440; a row is 34 and a gap of 6. Title, description, links, legend are below.
  const lines = Math.min(2, Math.ceil(legend.length / Math.max(1, Math.floor(w / 5))));
  const size = { width: w * 59 - 24, height: Math.max(60, h * 40 - 6 - 66 - lines * 17) };
  return `<div class="chart">${timeseriesSvg(echarts, frames, look, span, size, marks)}<ul>${legend.join('')}</ul></div>`;
}

function lookOf(panel: JsonObject): ChartLook {
  const { defaults } = panel.fieldConfig as unknown as {
    defaults: {
      unit?: string;
      decimals?: number;
      min?: number;
      max?: number;
      thresholds?: { steps: { value: number | null; color: string }[] };
      custom?: {
        drawStyle?: string;
        stacking?: { mode?: string };
        scaleDistribution?: { type?: string };
      };
    };
  };
  const { custom = {}, thresholds } = defaults;
  return {
    ...defaults,
    colors: colorsOf(panel),
    stack: custom.stacking?.mode === 'normal',
    bars: custom.drawStyle === 'bars',
    log: custom.scaleDistribution?.type === 'log',
    thresholds: (thresholds?.steps ?? []).flatMap(({ value, color }) =>
      value === null ? [] : [{ value, color: bright(color) ?? color }],
    ),
  };
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
        : [[(matcher as JsonObject).options, bright(color.fixedColor) ?? '#888']];
    }),
  );
}
