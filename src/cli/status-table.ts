// The table of SLOs for terminals: worst first. Pure.
import type { SloView } from '../engine/view.ts';

const COLOURS: Readonly<Record<SloView['state'], number>> = {
  ok: 32,
  burning: 33,
  exhausted: 31,
  'no-data': 90,
  maintenance: 36,
};
const WORST_FIRST: readonly SloView['state'][] = ['exhausted', 'burning', 'no-data', 'maintenance', 'ok'];

export interface TableOptions {
  readonly color: boolean;
  readonly width: number;
  readonly nowMs: number;
}

/** Rounded down, so that 99.996 % is never shown as whole, nor an overspent budget as 0. Anything but a number is no data. */
function percent(ratio: number | null | undefined, digits: number): string {
  if (typeof ratio !== 'number' || !Number.isFinite(ratio)) return 'no data';
  const scale = 10 ** digits;
  return `${(Math.floor(ratio * 100 * scale + 1e-6) / scale).toFixed(digits)}%`;
}
/** As it was promised, with two digits or as many as it has: 99.90%, 99.995%. */
function objective(ratio: number): string {
  const exact = String(Number((ratio * 100).toFixed(5)));
  const digits = exact.split('.')[1]?.length ?? 0;
  return `${Number(exact).toFixed(Math.max(2, digits))}%`;
}

/** `-`: the period of this SLO has no such window. */
function burn(rate: number | null | undefined): string {
  if (rate === undefined) return '-';
  if (rate === null || !Number.isFinite(rate)) return 'no data';
  return rate < 100 ? rate.toFixed(1) : Math.round(rate).toString();
}

/** "in 12m" or "in 3h 5m"; "now" within half a minute. */
const when = (ms: number): string => (Math.abs(ms) < 30_000 ? 'now' : `in ${span(ms)}`);

/** "12m", "3h 5m" or "2d 4h", at least a minute. */
function span(ms: number): string {
  const minutes = Math.max(1, Math.round(Math.abs(ms) / 60_000));
  const parts = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60), minutes % 60];
  const text = ['d', 'h', 'm'].flatMap((unit, i) => (parts[i]! > 0 ? [`${parts[i]}${unit}`] : [])).slice(0, 2);
  return text.join(' ');
}

function outlook(slo: SloView, nowMs: number): string {
  if (slo.recoversAtMs !== null && (slo.currentBurnRate ?? 0) > 1) return 'overspent, and still burning';
  if (slo.exhaustedAtMs !== null) return `budget gone ${when(slo.exhaustedAtMs - nowMs)}`;
  if (slo.recoversAtMs !== null) return `above 0 ${when(slo.recoversAtMs - nowMs)}`;
  if (slo.wholeAtMs !== null) return `whole ${when(slo.wholeAtMs - nowMs)}`;
  return '';
}

const RECENT_MS = 60_000;

/**
 * Why nothing can be told, else of the newest episode: `dependency: db_error (shop-db refused)` with the targets that this
 * one depends on and that fail now, or `dependency: db_error 12m ago`.
 */
function lastBlame({ blind, blame, outcome, lastBadMs, failingDependencies }: SloView, nowMs: number): string {
  if (blind) return `${blind.blame}: ${blind.outcome}`;
  if (blame === null) return '';
  const failing = failingDependencies.map((f) => `${f.target} ${f.outcome}`).join(', ');
  if (failing !== '') return `${blame}: ${outcome} (${failing})`;
  const agoMs = nowMs - (lastBadMs ?? nowMs);
  return `${blame}: ${outcome}${agoMs < RECENT_MS ? '' : ` ${span(agoMs)} ago`}`;
}

interface Column {
  readonly title: string;
  cell(slo: SloView, nowMs: number): string;
}

/** Left to right. */
const COLUMNS: readonly Column[] = [
  { title: 'SLO', cell: (slo) => slo.name },
  { title: 'TARGET', cell: (slo) => slo.target },
  { title: 'OBJECTIVE', cell: (slo) => objective(slo.objective) },
  { title: 'SLI', cell: (slo) => percent(slo.sliRatio, 2) },
  { title: 'BUDGET LEFT', cell: (slo) => percent(slo.budgetRemainingRatio, 1) },
  { title: 'BURN 5m', cell: (slo) => burn(slo.burn['5m']) },
  { title: 'BURN 1h', cell: (slo) => burn(slo.burn['1h']) },
  { title: 'STATE', cell: (slo) => (slo.firing.length > 0 ? `${slo.state} (${slo.firing.join(', ')})` : slo.state) },
  { title: 'LAST BLAME', cell: lastBlame },
  { title: 'OUTLOOK', cell: outlook },
];
/** What a narrow terminal does without: first what the spec says too, then what can be asked for. Name, budget and state stay. */
const DROPPED = ['OBJECTIVE', 'SLI', 'BURN 1h', 'TARGET', 'OUTLOOK', 'LAST BLAME', 'BURN 5m'];
const GAP = '  ';
const MIN_NAME = 10;

/** One line per SLO, worst first, in at most `width` columns. */
export function renderTable(list: readonly SloView[], { color, width, nowMs }: TableOptions): string {
  if (list.length === 0) return 'no SLOs: write some into the spec, see README.md';
  const sorted = list.toSorted(
    (a, b) =>
      WORST_FIRST.indexOf(a.state) - WORST_FIRST.indexOf(b.state) ||
      (a.budgetRemainingRatio ?? 2) - (b.budgetRemainingRatio ?? 2),
  );
  const [header, ...rows] = fitted(sorted, nowMs, width);
  const painted = rows.map((row, i) => (color ? `\x1b[${COLOURS[sorted[i]!.state] ?? 0}m${row}\x1b[0m` : row));
  return [header, ...painted].join('\n');
}

/** Header and rows that fit: fewer columns, then shorter names. */
function fitted(slos: readonly SloView[], nowMs: number, width: number): string[] {
  const all = COLUMNS.map(({ title, cell }) => {
    const texts = [title, ...slos.map((slo) => cell(slo, nowMs))];
    return { title, texts, width: Math.max(...texts.map((text) => text.length)) };
  });
  const nameWidth = all[0]!.width;
  // Names give way before the columns that say what burns, but stay readable.
  const shortest = Math.min(nameWidth, Math.max(MIN_NAME, Math.floor(width / 4)));
  const totalOf = (columns: typeof all, name: number) =>
    columns.reduce((sum, column) => sum + column.width + GAP.length, name - nameWidth - GAP.length);
  let shown = all;
  for (const title of DROPPED) {
    const name = ['OUTLOOK', 'LAST BLAME', 'BURN 5m'].includes(title) ? shortest : nameWidth;
    if (totalOf(shown, name) > width) shown = shown.filter((column) => column.title !== title);
  }
  // A narrow column may fit again where a wide one went.
  for (const column of all.toReversed()) {
    const more = all.filter((c) => c === column || shown.includes(c));
    if (totalOf(more, nameWidth) <= width) shown = more;
  }
  const name = Math.max(
    Math.min(shortest, MIN_NAME),
    Math.min(nameWidth, nameWidth - (totalOf(shown, nameWidth) - width)),
  );
  const widths = shown.map((column, i) => (i === 0 ? name : column.width));
  const cells = shown.map((column) => column.texts);
  return cells[0]!.map((_, row) => line(cells, widths, row).slice(0, width));
}

function line(cells: readonly (readonly string[])[], widths: readonly number[], row: number): string {
  const shown = cells.map((column, i) => {
    const text = column[row]!;
    const max = widths[i]!;
    return text.length > max ? `${text.slice(0, max - 1)}…` : text.padEnd(max);
  });
  return shown.join(GAP).trimEnd();
}
