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

const percent = (ratio: number | null, digits = 2): string =>
  ratio === null ? 'no data' : `${(ratio * 100).toFixed(digits)}%`;
const burn = (rate: number | null | undefined): string =>
  rate === undefined ? '-' : rate === null ? 'no data' : rate < 100 ? rate.toFixed(1) : Math.round(rate).toString();

/** "12m" or "3h 5m" from now; "now" within half a minute. */
export function fromNow(ms: number): string {
  const minutes = Math.round(Math.abs(ms) / 60_000);
  if (minutes === 0) return 'now';
  const parts = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60), minutes % 60];
  const text = ['d', 'h', 'm'].flatMap((unit, i) => (parts[i]! > 0 ? [`${parts[i]}${unit}`] : [])).slice(0, 2);
  return text.join(' ');
}

function nextThing(slo: SloView, nowMs: number): string {
  if (slo.exhaustedAtMs !== null) return `budget gone in ${fromNow(slo.exhaustedAtMs - nowMs)}`;
  if (slo.recoversAtMs !== null) return `above 0 in ${fromNow(slo.recoversAtMs - nowMs)}`;
  if (slo.wholeAtMs !== null) return `whole in ${fromNow(slo.wholeAtMs - nowMs)}`;
  return '';
}

/** One line per SLO, worst first, cut to `width` columns. */
export function renderTable(list: readonly SloView[], { color, width, nowMs }: TableOptions): string {
  const sorted = list.toSorted(
    (a, b) =>
      WORST_FIRST.indexOf(a.state) - WORST_FIRST.indexOf(b.state) ||
      (a.budgetRemainingRatio ?? 2) - (b.budgetRemainingRatio ?? 2),
  );
  const header = [
    'SLO',
    'TARGET',
    'OBJECTIVE',
    'SLI',
    'BUDGET LEFT',
    'BURN 5m',
    'BURN 1h',
    'STATE',
    'LAST BLAME',
    'OUTLOOK',
  ];
  const rows = sorted.map((slo) => [
    slo.name,
    slo.target,
    percent(slo.objective),
    percent(slo.sliRatio),
    percent(slo.budgetRemainingRatio, 1),
    burn(slo.burn['5m']),
    burn(slo.burn['1h']),
    slo.firing.length > 0 ? `${slo.state} (${slo.firing.join(', ')})` : slo.state,
    slo.blame === null ? '' : `${slo.blame}: ${slo.outcome}`,
    nextThing(slo, nowMs),
  ]);
  const widths = header.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]!.length)));
  const text = (cells: readonly string[]) =>
    cells
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join('  ')
      .trimEnd()
      .slice(0, width);
  const lines = rows.map((row, i) => (color ? `\x1b[${COLOURS[sorted[i]!.state]}m${text(row)}\x1b[0m` : text(row)));
  return [text(header), ...lines].join('\n');
}
