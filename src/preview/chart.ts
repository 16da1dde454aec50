// Time series as SVG text, by ECharts, without a browser. Never asks anything.
import type { EChartsOption } from 'echarts';
import { aligned, highest, type Threshold, thresholdsOf } from './axis.ts';
import { formatValue } from './format.ts';
import { type Mark, named } from './marks.ts';
import { bright } from './markup.ts';
import type { Frame, Span } from './read.ts';

type Echarts = typeof import('echarts');
type Size = { readonly width: number; readonly height: number };

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
const GREY = '#9fa7b3';

export interface ChartLook {
  readonly unit?: string;
  readonly decimals?: number;
  readonly stack: boolean;
  readonly bars: boolean;
  readonly log: boolean;
  readonly thresholds: readonly Threshold[];
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

/** An SVG of the size in pixels. Points that are missing are gaps, marks are vertical lines. */
export function timeseriesSvg(
  echarts: Echarts,
  frames: readonly Frame[],
  look: ChartLook,
  span: Span,
  size: Size,
  marks: readonly Mark[] = [],
): string {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, ...size });
  chart.setOption({
    animation: false,
    grid: { left: 8, right: 12, top: marks.length > 0 ? 18 : 10, bottom: 4, containLabel: true },
    xAxis: {
      type: 'time',
      min: span.fromSeconds * 1000,
      max: span.toSeconds * 1000,
      axisLine: { onZero: false },
      axisLabel: { color: GREY, fontSize: 10, hideOverlap: true },
    },
    yAxis: valueAxis(look),
    series: [...drawn(frames, look, span, size), overlay(frames, look, span, size, marks)],
  } satisfies EChartsOption);
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

const valueAxis = ({ log, min, max, stack, bars, unit }: ChartLook): NonNullable<EChartsOption['yAxis']> => ({
  // 0 has no place on a logarithmic axis.
  ...(log ? { type: 'log', logBase: 10 } : { type: 'value', scale: !stack && !bars }),
  ...(min !== undefined && !(log && min <= 0) && { min }),
  ...(max !== undefined && { max }),
  splitNumber: 4,
  // Not with the decimals of the panel: ticks between whole numbers would all be called the same.
  axisLabel: { color: GREY, fontSize: 10, formatter: (of: number): string => formatValue(of, unit) },
  splitLine: { lineStyle: { color: '#2c3235' } },
});

function drawn(frames: readonly Frame[], look: ChartLook, span: Span, { width }: Size) {
  const columns = look.stack ? aligned(frames, look.bars ? 0 : null, span.stepSeconds) : [];
  const barWidth = Math.max(2, ((width - 60) * span.stepSeconds * 0.8) / (span.toSeconds - span.fromSeconds));
  return frames.map((frame, i) => {
    const points = look.stack ? columns[i]! : withGaps(frame, span.stepSeconds);
    const color = lineColor(i, frame.name, look.colors);
    const data = points.map(([at, value]) => [at * 1000, value]);
    const common = { name: frame.name, color, data, ...(look.stack && { stack: 'all' }) };
    if (look.bars) return { ...common, type: 'bar' as const, barWidth, barGap: '-100%' };
    return {
      ...common,
      type: 'line' as const,
      showSymbol: frame.points.length === 1,
      lineStyle: { width: 1.2 },
      ...(look.stack && { areaStyle: { opacity: 0.3 } }),
    };
  });
}

/** Thresholds and marks. Its points, which are not seen, stretch the axis to the thresholds. */
function overlay(
  frames: readonly Frame[],
  look: ChartLook,
  span: Span,
  { width, height }: Size,
  marks: readonly Mark[],
) {
  const top = highest(frames, look.stack);
  const { shown } = thresholdsOf(look.thresholds, top, look);
  const end = Math.max(top ?? 0, look.max ?? 0, ...shown.map(({ value }) => value));
  const withName = named(marks, span, 90 / width);
  return {
    type: 'line' as const,
    data: shown.map(({ value }) => [span.fromSeconds * 1000, value]),
    showSymbol: false,
    lineStyle: { opacity: 0 },
    silent: true,
    markLine: {
      silent: true,
      symbol: 'none',
      animation: false,
      data: [
        ...shown.map(({ value, color }) => ({
          yAxis: value,
          lineStyle: { color, type: 'dashed' as const },
          label: {
            formatter: formatValue(value, look.unit, look.decimals),
            color,
            fontSize: 10,
            // Inside of the chart: at the end of the line it would be cut, and above the highest line too.
            position: value > end * (1 - 24 / height) ? ('insideEndBottom' as const) : ('insideEndTop' as const),
          },
        })),
        ...marks.map((mark) => markLine(mark, span, withName.includes(mark))),
      ],
    },
  };
}

function markLine({ atSeconds, title, color }: Mark, span: Span, named: boolean) {
  const share = (atSeconds - span.fromSeconds) / (span.toSeconds - span.fromSeconds);
  const align = share > 0.9 ? ('right' as const) : share < 0.1 ? ('left' as const) : ('center' as const);
  const line = bright(color) ?? GREY;
  return {
    xAxis: atSeconds * 1000,
    lineStyle: { color: line, type: 'dashed' as const, width: 1, opacity: named ? 1 : 0.45 },
    label: { show: named, formatter: title, color: line, fontSize: 10, position: 'end' as const, distance: 3, align },
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
