// The table of SLOs for terminals: worst first. Pure.
import type { SloView } from '../engine/view.ts';
import { burn, lastBlame, objective, outlook, percent, worstFirst } from '../web/words.ts';

const COLOURS: Readonly<Record<SloView['state'], number>> = {
  ok: 32,
  burning: 33,
  exhausted: 31,
  'no-data': 90,
  maintenance: 36,
};

export interface TableOptions {
  readonly color: boolean;
  readonly width: number;
  readonly nowMs: number;
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
  const sorted = worstFirst(list);
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
