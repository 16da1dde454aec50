// Draws a burn-down as SVG: fill and hatching, marks that can be focused, never colour alone. Only draws.
import type { Burndown, Point } from './burndown.ts';
import { type Html, html, type Value } from './markup.ts';
import { iso, percent } from './words.ts';

export interface Mark {
  readonly kind: 'change' | 'episode';
  readonly atMs: number;
  readonly text: string;
  /** Where on the page more is said. */
  readonly to: string;
}

const SIZE = { width: 900, height: 300, left: 52, right: 12, top: 26, bottom: 26 } as const;
const LOWEST = -1;
const DAY_MS = 86_400_000;

/** Text for who cannot see the drawing. */
export function describe(chart: Burndown): string {
  const last = chart.points.at(-1);
  if (last === undefined) return 'No curve: there are no events in the period.';
  const gaps = chart.gaps.length === 0 ? '' : ` ${chart.gaps.length} stretches were not measured.`;
  return `Budget left from ${iso(chart.startMs).slice(0, 16)} to ${iso(chart.nowMs).slice(0, 16)} UTC: ends at ${percent(last.left, 1)}.${gaps}`;
}

export function burndownSvg(chart: Burndown, marks: readonly Mark[]): Html {
  const { width, height, left, right, top, bottom } = SIZE;
  const all = [...chart.points, ...chart.projections.flatMap(({ points }) => points)];
  const curveLowest = Math.min(0, ...chart.points.map((point) => point.left));
  const lowest = Math.min(0, ...all.map((point) => point.left));
  const floor = lowest < 0 ? Math.max(LOWEST, lowest * 1.1) : 0;
  const x = (ms: number) =>
    round(
      left + ((Math.min(ms, chart.endMs) - chart.startMs) / (chart.endMs - chart.startMs)) * (width - left - right),
    );
  const y = (value: number) =>
    round(top + ((1 - Math.min(1, Math.max(floor, value))) / (1 - floor)) * (height - top - bottom));
  const box = { x, y, top, bottom: height - bottom };
  return html`<svg class="burndown" viewBox="0 0 ${width} ${height}" role="group" aria-label="${describe(chart)}">
<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse"><path class="hatch" d="M0 6L6 0"/></pattern>
<pattern id="dots" width="7" height="7" patternUnits="userSpaceOnUse"><circle class="dots" cx="2" cy="2" r="1.2"/></pattern>
<clipPath id="above"><rect x="0" y="0" width="${width}" height="${y(0)}"/></clipPath>
<clipPath id="below"><rect x="0" y="${y(0)}" width="${width}" height="${height}"/></clipPath></defs>
${grid(floor, box, width - right, chart)}
${stretches(chart, box)}
${curve(chart, box)}
${projections(chart, box)}
<path class="now" d="M${x(chart.nowMs)} ${top}V${height - bottom}"/><text class="small" x="${x(chart.nowMs) - 4}" y="${top - 8}" text-anchor="end">now ${percent(chart.points.at(-1)?.left, 1)}</text>
${curveLowest < LOWEST && html`<text class="small strong" x="${x(chart.nowMs) - 4}" y="${height - bottom - 6}" text-anchor="end">▼ ${percent(curveLowest, 0)}</text>`}
${marks.filter(({ atMs }) => atMs >= chart.startMs && atMs <= chart.nowMs).map((mark) => markOf(mark, box))}
</svg>`;
}

interface Box {
  readonly x: (ms: number) => number;
  readonly y: (left: number) => number;
  readonly top: number;
  readonly bottom: number;
}

const round = (value: number): number => Math.round(value * 10) / 10;
const pathOf = (points: readonly Point[], { x, y }: Box): string =>
  points.map(({ atMs, left }, i) => `${i === 0 ? 'M' : 'L'}${x(atMs)} ${y(left)}`).join('');

function grid(floor: number, { x, y, bottom }: Box, rightEdge: number, chart: Burndown): Html {
  const levels = [1, 0.5, 0, ...(floor <= -0.5 ? [-0.5] : []), ...(floor <= -1 ? [-1] : [])];
  const lived = chart.endMs - chart.startMs;
  const times = Array.from({ length: 6 }, (_, i) => chart.startMs + (lived * i) / 5);
  const label = (ms: number) => (lived > 2 * DAY_MS ? iso(ms).slice(5, 10) : iso(ms).slice(11, 16));
  return html`${levels.map((level) => html`<path class="${level === 0 ? 'zero' : 'grid'}" d="M${x(chart.startMs)} ${y(level)}H${rightEdge}"/><text class="small" x="${x(chart.startMs) - 6}" y="${y(level) + 4}" text-anchor="end">${level * 100}%</text>`)}
${times.map((ms, i) => html`<text class="small" x="${x(ms)}" y="${bottom + 17}" text-anchor="${i === 0 ? 'start' : i === 5 ? 'end' : 'middle'}">${label(ms)}</text>`)}
${chart.isCalendar && html`<path class="ideal" d="M${x(chart.startMs)} ${y(1)}L${x(chart.endMs)} ${y(0)}"><title>spent evenly</title></path>`}`;
}

function stretches({ bornMs, startMs, endMs, gaps, maintenance }: Burndown, { x, top, bottom }: Box): Html {
  const band = (from: number, to: number, kind: string, text: string): Html =>
    html`<rect class="${kind}" x="${x(Math.max(from, startMs))}" y="${top}" width="${Math.max(1, round(x(to) - x(Math.max(from, startMs))))}" height="${bottom - top}"><title>${text}</title></rect>`;
  return html`${bornMs !== null && html`${band(startMs, bornMs, 'unborn', 'before the SLO began')}${x(bornMs) - x(startMs) > 130 && html`<text class="small" x="${round((x(startMs) + x(bornMs)) / 2)}" y="${top + 24}" text-anchor="middle">before it began</text>`}`}
${maintenance.map(({ fromMs, toMs }) => band(fromMs, Math.min(toMs, endMs), 'excluded', `maintenance ${iso(fromMs)} to ${iso(toMs)}`))}
${gaps.map(({ fromMs, toMs }) => band(fromMs, toMs, 'gap', `not measured ${iso(fromMs)} to ${iso(toMs)}`))}`;
}

/** The line breaks where nothing was measured; the ground below it is filled, hatched where overspent. */
function curve(chart: Burndown, box: Box): Value {
  const { points, gaps } = chart;
  const pieces: Point[][] = [[]];
  for (const point of points) {
    const inGap = gaps.some(({ fromMs, toMs }) => point.atMs > fromMs && point.atMs < toMs);
    if (!inGap) pieces.at(-1)!.push(point);
    else if (pieces.at(-1)!.length > 0) pieces.push([]);
  }
  return pieces
    .filter(({ length }) => length > 0)
    .map((piece) => {
      const line = pathOf(piece, box);
      const area = `${line}L${box.x(piece.at(-1)!.atMs)} ${box.y(0)}L${box.x(piece[0]!.atMs)} ${box.y(0)}Z`;
      return html`<path class="left" clip-path="url(#above)" d="${area}"/><path class="overspent" clip-path="url(#below)" d="${area}"/><path class="line" d="${line}"/>`;
    });
}

function projections({ projections: fan }: Burndown, box: Box): Html {
  const [first, second] = fan;
  const area =
    first && second
      ? `${pathOf(first.points, box)}${second.points
          .toReversed()
          .map(({ atMs, left }) => `L${box.x(atMs)} ${box.y(left)}`)
          .join('')}Z`
      : '';
  return html`${area !== '' && html`<path class="fan" d="${area}"/>`}${fan.map(({ points, window }) => html`<path class="ahead" d="${pathOf(points, box)}"><title>if the errors of ${window} go on</title></path>`)}`;
}

function markOf({ kind, atMs, text, to }: Mark, { x, top, bottom }: Box): Html {
  const at = x(atMs);
  const shape =
    kind === 'change'
      ? html`<path class="mark" d="M${at} ${bottom - 14}l6 11h-12z"/>`
      : html`<circle class="mark" cx="${at}" cy="${top + 6}" r="5"/>`;
  return html`<a href="${to}" aria-label="${text}"><title>${text}</title><path class="stem" d="M${at} ${top}V${bottom}"/>${shape}</a>`;
}
