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
  /** cluster -> location -> name or result -> values */
  const found = new Map<string, Map<string, Map<string, Float64Array>>>();
  for (let row = 0; row < rows; row += MOST_POINTS) {
    const last = Math.min(row + MOST_POINTS, rows) - 1;
    const part = await queryRange(remote, form, slo, fromMs + row * rowMs, fromMs + last * rowMs, rowMs);
    for (const { metric, values } of part) {
      const { cluster = '', location = '', result, __name__: name = '' } = metric;
      const column = entry(entry(entry(found, cluster, newMap), location, newMap), result ?? name, () =>
        new Float64Array(rows).fill(Number.NaN),
      ) as Float64Array;
      for (const [seconds, value] of values) column[Math.round((seconds * 1_000 - fromMs) / rowMs)] = Number(value);
    }
  }
  return [...found].map(([cluster, locations]) => ({
    cluster,
    fromMs,
    rowMs,
    judgedFrom,
    ...summed([...locations.values()], rows, judgedFrom, form === RAW),
  }));
}

const newMap = <V>(): Map<string, V> => new Map();

function entry<V>(map: Map<string, V>, key: string, make: () => V): V {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}

/** The sum over locations, each counted on its own: one that falls or is gone is no fall of the sum. */
function summed(locations: readonly Map<string, Float64Array>[], rows: number, judgedFrom: number, raw: boolean) {
  const sum = (names: readonly string[]) => {
    const total = new Float64Array(rows);
    for (const columns of locations)
      for (const name of names) {
        const column = columns.get(name);
        if (column !== undefined) totalsOf(column).forEach((value, i) => (total[i]! += value));
      }
    return total;
  };
  const isMeasured = (row: number) =>
    locations.some((columns) => [...columns.values()].some((c) => !Number.isNaN(c[row]!)));
  let measuredRows = 0;
  for (let row = judgedFrom; row < rows; row++) if (isMeasured(row)) measuredRows += 1;
  return {
    measuredRows,
    bad: sum(raw ? ['bad'] : [TOTALS.bad]),
    valid: sum(raw ? ['good', 'bad'] : [TOTALS.valid]),
    known: sum(raw ? ['good', 'bad', 'excluded'] : [TOTALS.known]),
  };
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
