// Charts as SVG text, without a browser: time series by ECharts, and lanes of states.
import type { EChartsOption } from 'echarts';
import { formatValue } from './format.ts';
import type { Cell, Frame, Span } from './read.ts';

type Echarts = typeof import('echarts');

/** Colours of Grafana's classic palette, as far as anybody tells lines apart. */
const PALETTE = [
  '#73bf69',
  '#f2cc0c',
  '#5794f2',
  '#ff9830',
  '#f2495c',
  '#b877d9',
  '#37872d',
  '#8ab8ff',
  '#fa6400',
  '#a352cc',
];

export interface ChartLook {
  readonly unit?: string;
  readonly decimals?: number;
  readonly stack: boolean;
  readonly bars: boolean;
  readonly thresholds: readonly { readonly value: number; readonly color: string }[];
  readonly min?: number;
  readonly max?: number;
  /** By the name of a series, in hexadecimal. */
  readonly colors: Readonly<Record<string, string>>;
}

/** Rejects with an Error that says what to install if ECharts is not there: it is no part of the exporter's image. */
export async function loadEcharts(): Promise<Echarts> {
  return import('echarts').catch(() => {
    throw new Error('preview draws with ECharts, which is a development dependency: run npm ci without --omit=dev');
  });
}

/** An SVG of the size, with the series' names below. Points that are missing are gaps. */
export function timeseriesSvg(
  echarts: Echarts,
  frames: readonly Frame[],
  look: ChartLook,
  span: Span,
  size: { width: number; height: number },
): string {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, ...size });
  chart.setOption(optionOf(frames, look, span));
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

function optionOf(frames: readonly Frame[], look: ChartLook, span: Span): EChartsOption {
  const value = (of: number): string => formatValue(of, look.unit, look.decimals);
  return {
    animation: false,
    color: PALETTE,
    grid: { left: 8, right: 12, top: 8, bottom: 4, containLabel: true },
    xAxis: {
      type: 'time',
      min: span.fromSeconds * 1000,
      max: span.toSeconds * 1000,
      axisLabel: { color: '#9fa7b3', fontSize: 10, hideOverlap: true },
    },
    yAxis: {
      type: 'value',
      scale: look.min === undefined && !look.stack,
      ...(look.min !== undefined && { min: look.min }),
      ...(look.max !== undefined && { max: look.max }),
      axisLabel: { color: '#9fa7b3', fontSize: 10, formatter: value },
      splitLine: { lineStyle: { color: '#2c3235' } },
    },
    series: frames.map((frame, i) => ({
      name: frame.name,
      color: lineColor(i, frame.name, look.colors),
      type: look.bars ? ('bar' as const) : ('line' as const),
      data: withGaps(frame, span.stepSeconds).map(([at, of]) => [at * 1000, of]),
      showSymbol: frame.points.length === 1,
      lineStyle: { width: 1.2 },
      ...(look.stack && { stack: 'all', areaStyle: { opacity: 0.3 } }),
      ...(i === 0 && {
        markLine: {
          silent: true,
          symbol: 'none',
          data: look.thresholds.map(({ value: at, color }) => ({
            yAxis: at,
            lineStyle: { color, type: 'dashed' as const },
            label: { formatter: value(at), color },
          })),
        },
      }),
    })),
  };
}

/** Prometheus leaves out what is not there; a chart would join over it. */
function withGaps({ points }: Frame, stepSeconds: number): (readonly [number, number | null])[] {
  return points.flatMap(([at, value], i): (readonly [number, number | null])[] => {
    const before = points[i - 1];
    const shown = Number.isFinite(value) ? value : null;
    const isGap = before !== undefined && at - before[0] > stepSeconds * 1.5;
    return isGap
      ? [
          [at - stepSeconds, null],
          [at, shown],
        ]
      : [[at, shown]];
  });
}

/** The colour of a line by its name, else by its place. */
export const lineColor = (i: number, name: string, colors: ChartLook['colors']): string =>
  colors[name] ?? PALETTE[i % PALETTE.length]!;

/** Stretches of the same state: share of the width where they begin and end, and what they show. */
export function stretchesOf(
  { points }: Frame,
  span: Span,
  shown: (value: number) => Cell,
): { readonly from: number; readonly to: number; readonly cell: Cell }[] {
  const length = span.toSeconds - span.fromSeconds;
  const at = (seconds: number): number => Math.min(1, Math.max(0, (seconds - span.fromSeconds) / length));
  const stretches: { from: number; to: number; cell: Cell }[] = [];
  for (const [seconds, value] of points) {
    const cell = shown(value);
    const last = stretches.at(-1);
    const [from, to] = [at(seconds - span.stepSeconds / 2), at(seconds + span.stepSeconds / 2)];
    if (last !== undefined && last.cell.text === cell.text && from - last.to < 1e-6) last.to = to;
    else stretches.push({ from, to, cell });
  }
  return stretches;
}
