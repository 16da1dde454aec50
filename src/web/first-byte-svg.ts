// Draws the first byte of groups of pages: horizontal bars of browsers, servers and probes on one axis. Only draws.
import { type FirstByte, PHASES, type ProbeTime } from './first-byte.ts';
import { type Html, html, type Value } from './markup.ts';
import { orMore, seconds } from './vital-words.ts';
import { counted } from './words.ts';

const SIZE = { width: 900, left: 190, right: 150, row: 22, head: 30, foot: 24 } as const;
const TICKS = [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 60];
const LONGEST_NAME = 24;

interface Row {
  readonly y: number;
  readonly label: string;
  readonly text: string;
  readonly shape: (x: (s: number) => number, y: number) => Html;
}

const most = ({ browsers, server, probes }: FirstByte): number =>
  Math.max(
    ...[browsers?.p75, ...server.map(({ p75 }) => p75)].map((p) => p?.high ?? p?.value ?? p?.low ?? 0),
    ...probes.map(({ totalMs }) => totalMs / 1000),
  );

/** For who cannot see the drawing; the table below it says the numbers. */
const describe = (all: readonly FirstByte[]): string =>
  `First byte of ${all.length === 1 ? 'one group' : `${all.length} groups`} of pages: browsers, servers and probes. The numbers are in the table below.`;

/** A source with fewer than `enough` views has its band and no bar. */
export function firstByteSvg(all: readonly FirstByte[], enough: number): Html {
  const { width, left, right, row, head, foot } = SIZE;
  const longest = Math.max(0.001, ...all.map(most));
  const x = (s: number) => round(left + (Math.min(s, longest) / longest) * (width - left - right));
  let y = 4;
  const groups = all.map((one) => {
    const top = y;
    const rows = rowsOf(one, enough);
    y += head + rows.length * row;
    return { page: one.page, top, rows };
  });
  const height = y + foot;
  const step = TICKS.find((tick) => longest / tick <= 6) ?? longest / 4;
  const ticks = Array.from({ length: Math.floor(longest / step) + 1 }, (_, i) => i * step);
  return html`<svg class="firstbyte" viewBox="0 0 ${width} ${height}" role="img" aria-label="${describe(all)}">
${ticks.map((s) => html`<path class="grid" d="M${x(s)} 4V${y}"/><text class="small" x="${x(s)}" y="${y + 16}" text-anchor="middle">${s === 0 ? '0' : seconds(s)}</text>`)}
${groups.map(
  ({ page, top, rows }) =>
    html`<text class="strong" x="4" y="${top + 20}">${cut(page)}</text>${rows.map(({ label, text, shape }, i) => {
      const at = top + head + i * row;
      return html`<text x="${left - 8}" y="${at + 12}" text-anchor="end">${cut(label)}</text>${shape(x, at)}<text x="${width - right + 8}" y="${at + 12}">${text}</text>`;
    })}`,
)}
</svg>`;
}

const round = (value: number): number => Math.round(value * 10) / 10;
const cut = (text: string): string => (text.length > LONGEST_NAME ? `${text.slice(0, LONGEST_NAME - 1)}…` : text);

type Drawn = Omit<Row, 'y'>;

function rowsOf({ browsers, server, probes }: FirstByte, enough: number): Drawn[] {
  return [
    ...(browsers === null ? [] : [measured('browsers p75', 'browsers', browsers, enough)]),
    ...server.map((each) => measured(`servers p75: ${each.name}`, 'servers', each, enough)),
    ...probes.map(
      (probe): Drawn => ({
        label: `probe ${probe.target}: ${probe.step}`,
        text: `${seconds(probe.totalMs / 1000)}, ${counted(probe.runs, 'run')}`,
        shape: (x, y) => phases(probe, x, y),
      }),
    ),
  ];
}

/** A bar to the percentile, and its 95 % band as a line; beyond the last boundary the bar is open. Of few views the band alone. */
function measured(label: string, kind: string, { n, p75 }: NonNullable<FirstByte['browsers']>, enough: number): Drawn {
  const isFew = n < enough;
  return {
    label,
    text: `${isFew ? `${seconds(p75.low)} to ${orMore('ttfb', p75.high)}` : orMore('ttfb', p75.value)}, n ${n}`,
    shape(x, y) {
      const end = x(p75.value ?? p75.low);
      const high: Value = p75.high !== undefined && html`M${x(p75.high)} ${y + 4}v8`;
      return html`${!isFew && html`<rect class="${kind}" x="${x(0)}" y="${y}" width="${Math.max(1, round(end - x(0)))}" height="16"/>`}<path class="band" d="M${x(p75.low)} ${y + 8}H${x(p75.high ?? Number.POSITIVE_INFINITY)}M${x(p75.low)} ${y + 4}v8${high}"/>`;
    },
  };
}

function phases({ phasesMs }: ProbeTime, x: (s: number) => number, y: number): Html {
  let at = 0;
  return html`${PHASES.map((name) => {
    const from = at;
    at += (phasesMs[name] ?? 0) / 1000;
    return (
      at > from &&
      html`<rect class="phase ${name}" x="${x(from)}" y="${y}" width="${Math.max(0.5, round(x(at) - x(from)))}" height="16"><title>${name} ${seconds(at - from)}</title></rect>`
    );
  })}`;
}
