// Reads the events of an SLO of the last weeks from a Prometheus or Mimir. Only asks; judges nothing.

import { TOTALS } from '../generate/slo/names.ts';
import type { Recorded } from '../generate/spec-pages.ts';
import { totalsOf } from '../slo/simulate.ts';
import { CommandError, EXIT } from './exit.ts';
import { type Remote, saidIn } from './remote.ts';

/** Prometheus answers with at most this many values per series. */
const MOST_POINTS = 11_000;
const HOUR = 3_600_000;

interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [seconds: number, value: string])[];
}

export interface HistoryRange {
  /** End of the last row, ms since 1970. */
  readonly toMs: number;
  readonly rowMs: number;
  /** What is judged, and what lies before to fill windows, ms. */
  readonly judgedMs: number;
  readonly beforeMs: number;
}

/** What is read: the totals that our rules record, or the counter of the exporter where those are younger or missing. */
const RECORDED = `max by (__name__, cluster, location) ({__name__=~"${Object.values(TOTALS).join('|')}", slo=SLO})`;
const RAW = 'max by (cluster, location, result) (slo_events_total{slo=SLO})';

/** Events per cluster; none if it is not known there. Throws CommandError, exit code 4, if there is no answer. */
export async function fetchEvents(remote: Remote, slo: string, range: HistoryRange): Promise<Recorded[]> {
  const form = (await age(remote, RECORDED, slo, range)) >= (await age(remote, RAW, slo, range)) ? RECORDED : RAW;
  const { toMs, rowMs, judgedMs, beforeMs } = range;
  const judgedFrom = Math.ceil(beforeMs / rowMs);
  const rows = judgedFrom + Math.ceil(judgedMs / rowMs) + 1;
  const fromMs = Math.floor(toMs / rowMs) * rowMs - (rows - 1) * rowMs;
  const columns: Column[] = [];
  for (let row = 0; row < rows; row += MOST_POINTS) {
    const last = Math.min(row + MOST_POINTS, rows) - 1;
    for (const { metric, values } of await queryRange(
      remote,
      form,
      slo,
      fromMs + row * rowMs,
      fromMs + last * rowMs,
      rowMs,
    )) {
      const column = columnOf(columns, metric, rows);
      for (const [seconds, value] of values) column[Math.round((seconds * 1_000 - fromMs) / rowMs)] = Number(value);
    }
  }
  return [...Map.groupBy(columns, ({ cluster }) => cluster)].map(([cluster, own]) => ({
    cluster,
    fromMs,
    rowMs,
    judgedFrom,
    measuredRows: measuredIn(own, judgedFrom, rows),
    bad: summed(own, form === RAW ? ['bad'] : [TOTALS.bad], rows),
    valid: summed(own, form === RAW ? ['good', 'bad'] : [TOTALS.valid], rows),
    known: summed(own, form === RAW ? ['good', 'bad', 'excluded'] : [TOTALS.known], rows),
  }));
}

/** One series: NaN in rows without a value. */
interface Column {
  readonly cluster: string;
  readonly location: string;
  /** Of the recorded total, or the result. */
  readonly name: string;
  readonly values: Float64Array;
}

/** The column of a series, added to `columns` when it is new. */
function columnOf(columns: Column[], metric: Series['metric'], rows: number): Float64Array {
  const { cluster = '', location = '', result, __name__: name = result ?? '' } = metric;
  const found = columns.find((c) => c.cluster === cluster && c.location === location && c.name === name);
  if (found !== undefined) return found.values;
  const values = new Float64Array(rows).fill(Number.NaN);
  columns.push({ cluster, location, name, values });
  return values;
}

/** The sum over locations, each counted on its own: one that falls or is gone is no fall of the sum. */
function summed(columns: readonly Column[], names: readonly string[], rows: number): Float64Array {
  const total = new Float64Array(rows);
  for (const { name, values } of columns) {
    if (!names.includes(name)) continue;
    for (const [row, value] of totalsOf(values).entries()) total[row]! += value;
  }
  return total;
}

function measuredIn(columns: readonly Column[], judgedFrom: number, rows: number): number {
  let measured = 0;
  for (let row = judgedFrom; row < rows; row++)
    if (columns.some(({ values }) => !Number.isNaN(values[row]))) measured += 1;
  return measured;
}

/** Hours of the range in which a form has values. */
async function age(remote: Remote, form: string, slo: string, { toMs, judgedMs }: HistoryRange): Promise<number> {
  const [series] = await queryRange(remote, `count(${form})`, slo, toMs - judgedMs, toMs, HOUR);
  return series?.values.length ?? 0;
}

async function queryRange(
  remote: Remote,
  form: string,
  slo: string,
  fromMs: number,
  toMs: number,
  stepMs: number,
): Promise<readonly Series[]> {
  const query = form.replace('SLO', JSON.stringify(slo));
  const seconds = (ms: number) => String(ms / 1_000);
  const text = new URLSearchParams({
    query,
    start: seconds(fromMs),
    end: seconds(toMs),
    step: seconds(stepMs),
  }).toString();
  const type = 'application/x-www-form-urlencoded';
  const { status, body } = await remote.ask('POST', '/api/v1/query_range', { type, text });
  const result = status === 200 ? resultIn(body) : undefined;
  if (result !== undefined) return result;
  const hint =
    status === 404 || status === 200 ? '; write the URL without the path of the API (for Mimir with /prometheus)' : '';
  throw new CommandError(
    EXIT.unreachable,
    `${remote.url} does not answer queries (/api/v1/query_range answered ${status}: ${saidIn(body)})${hint}`,
  );
}

function resultIn(body: string): readonly Series[] | undefined {
  try {
    const { data } = JSON.parse(body) as { data?: { result?: unknown } };
    return Array.isArray(data?.result) ? (data.result as Series[]) : undefined;
  } catch {
    return undefined;
  }
}
