// The unit of a panel, from the names of the series that it asks for. A unit that does not fit them is a mistake.
import * as sdk from '@grafana/grafana-foundation-sdk/units';
import { checkAgainstCatalogue, entryOf } from '../generate/catalogue/catalogue.ts';
import { type Node, selectorOf, textOf, treeOf } from '../promql/syntax.ts';
import { withMacros } from './macros.ts';

/** Exponents; all 0: a ratio. A point in time is not a length of time. */
export interface Dimension {
  readonly time: number;
  readonly bytes: number;
  readonly count: number;
  readonly is?: 'timestamp' | 'boolean' | 'milliseconds' | 'number' | 'info';
  /** What is counted, if that is one thing. */
  readonly noun?: string;
}
const RATIO: Dimension = { time: 0, bytes: 0, count: 0 };
const NUMBER: Dimension = { ...RATIO, is: 'number' };
const COUNT: Dimension = { ...RATIO, count: 1 };
const TIMESTAMP: Dimension = { ...RATIO, time: 1, is: 'timestamp' };

/** Units that Grafana knows. The list of the SDK is that of @grafana/data 13.2.3, but for lengthcm and another letter for micro. */
export const KNOWN_UNITS: ReadonlySet<string> = new Set(
  Object.values<unknown>(sdk).filter((value) => typeof value === 'string'),
);

/** The units that show a dimension, the usual one first. */
function unitsFor({ time, bytes, count, is, noun }: Dimension): readonly string[] {
  if (is === 'timestamp') return ['dateTimeFromNow', 'dateTimeAsIso', 'dateTimeAsSystem'];
  if (is === 'milliseconds') return ['ms'];
  if (is === 'boolean' || is === 'info') return ['none', 'bool', 'bool_yes_no', 'bool_on_off'];
  const key = `${time} ${bytes} ${count}`;
  if (key === '0 0 0') return ['percentunit', 'none', 'short'];
  if (key === '1 0 0') return ['s', 'dtdurations', 'clocks'];
  if (key === '0 1 0') return ['bytes', 'decbytes'];
  if (key === '-1 1 0') return ['Bps', 'binBps'];
  if (key === '0 0 1') return ['short', 'none'];
  if (key === '-1 0 1') return noun === 'requests' ? ['reqps', 'ops', 'cps'] : ['ops', 'cps', 'reqps', 'eps'];
  return [];
}

/**
 * The unit of an expression for Grafana: `given` if it fits, else the usual one. Throws an Error if it does not fit, if Grafana does
 * not know it, or if nothing is given and nothing follows.
 */
export function unitOf(expr: string, given?: string): string {
  if (given !== undefined && !KNOWN_UNITS.has(given)) throw new Error(`Grafana has no unit "${given}": ${expr}`);
  const dimension = dimensionOf(expr);
  const fitting = dimension === undefined ? [] : unitsFor(dimension);
  if (given === undefined) {
    if (fitting[0] === undefined) throw new Error(whyNone(expr));
    return fitting[0];
  }
  if (fitting.length > 0 && !fitting.includes(given))
    throw new Error(`unit "${given}" does not fit, ${fitting.join(' or ')} would: ${expr}`);
  return given;
}

/** A misspelt series has no unit either. */
const whyNone = (expr: string): string =>
  checkAgainstCatalogue(withMacros(expr)).join('; ') ||
  `the unit does not follow from the series, so give one: ${expr}`;

/** The dimension of an expression; undefined: it cannot be told. */
export function dimensionOf(expr: string): Dimension | undefined {
  const plain = withMacros(expr);
  return at(plain, treeOf(plain).topNode.firstChild);
}

/** Functions and aggregations that keep the dimension of their last vector. */
const KEEP =
  /^(sum|min|max|avg|stddev|topk|bottomk|quantile|sort|sort_desc|abs|ceil|floor|round|clamp|clamp_min|clamp_max|increase|delta|idelta|last_over_time|min_over_time|max_over_time|avg_over_time|sum_over_time|quantile_over_time|label_replace|label_join|vector|scalar|limitk)$/;
const COUNTS = /^(count|count_over_time|changes|resets|count_values)$/;
const PER_SECOND = /^(rate|irate|deriv)$/;
const TRUE_OR_NOT = /^(absent|absent_over_time|group|present_over_time|sgn)$/;

function at(expr: string, node: Node | null): Dimension | undefined {
  switch (node?.name) {
    case 'VectorSelector':
      return ofSeries(selectorOf(expr, node).metric);
    case 'NumberDurationLiteral':
      return NUMBER;
    case 'BinaryExpr':
      return ofBinary(expr, node);
    case 'FunctionCall':
    case 'AggregateExpr':
      return ofCall(expr, node);
    case 'MatrixSelector':
    case 'OffsetExpr':
    case 'StepInvariantExpr':
    case 'SubqueryExpr':
    case 'ParenExpr':
    case 'UnaryExpr':
      return at(
        expr,
        node.name === 'UnaryExpr'
          ? node.lastChild
          : node.firstChild?.name === '('
            ? node.firstChild.nextSibling
            : node.firstChild,
      );
    default:
      return undefined;
  }
}

function ofSeries(name: string): Dimension | undefined {
  const entry = entryOf(name);
  if (entry === undefined) return undefined;
  if (/_(bucket|count)$/.test(name) && entry.type === 'histogram') return COUNT;
  if (name.endsWith('_timestamp_seconds') || name.endsWith('_start_time_seconds') || name.endsWith(':timestamp'))
    return TIMESTAMP;
  if (entry.type === 'info') return { ...COUNT, is: 'info' };
  switch (entry.unit) {
    case 'seconds':
      return /(_created|_successful_time)$/.test(name) ? TIMESTAMP : { ...RATIO, time: 1 };
    case 'milliseconds':
      return { ...RATIO, time: 1, is: 'milliseconds' };
    case 'bytes':
      return { ...RATIO, bytes: 1 };
    case 'ratio':
      return RATIO;
    case 'boolean':
      return { ...COUNT, is: 'boolean' };
    case '':
      return { ...COUNT, is: 'info' };
    default:
      return { ...COUNT, noun: entry.unit };
  }
}

function ofCall(expr: string, node: Node): Dimension | undefined {
  const name = textOf(expr, node.firstChild!);
  const body = node.getChild('FunctionCallBody');
  const args: Node[] = [];
  for (let arg = body?.firstChild ?? null; arg !== null; arg = arg.nextSibling)
    if (/[A-Z]/.test(arg.name)) args.push(arg);
  if (name === 'time' || name === 'timestamp') return TIMESTAMP;
  if (COUNTS.test(name)) return COUNT;
  if (TRUE_OR_NOT.test(name)) return { ...COUNT, is: 'boolean' };
  const dimensions = args.map((arg) => at(expr, arg));
  const vector = dimensions.find((dimension) => dimension === undefined || dimension.is !== 'number') ?? dimensions[0];
  // A sum of what is or is not is a number of things.
  if (name === 'sum' && (vector?.is === 'info' || vector?.is === 'boolean')) return COUNT;
  if (name === 'histogram_quantile') return ofBuckets(expr, args);
  if (PER_SECOND.test(name)) return vector && { ...vector, time: vector.time - 1 };
  return KEEP.test(name) ? vector : undefined;
}

/** A quantile has the unit of what was observed. */
function ofBuckets(expr: string, args: readonly Node[]): Dimension | undefined {
  const name = /[a-zA-Z_:][\w:]*_bucket\b/.exec(args.map((arg) => textOf(expr, arg)).join(' '))?.[0];
  return name === undefined ? undefined : ofSeries(name.replace(/_bucket$/, '_sum'));
}

function ofBinary(expr: string, node: Node): Dimension | undefined {
  const [left, right] = [at(expr, node.firstChild), at(expr, node.lastChild)];
  const operator = /^[^\w\s(]+|^\w+/.exec(expr.slice(node.firstChild!.to, node.lastChild!.from).trim())?.[0];
  const hasBool = node.getChild('BoolModifier') !== null;
  switch (operator) {
    case '*':
      return times(left, right, 1);
    case '/':
      return times(left, right, -1);
    case '+':
    case '-':
      if (left?.is === 'timestamp' && right?.is === 'timestamp' && operator === '-') return { ...RATIO, time: 1 };
      return left?.is === 'number' ? right : left;
    case 'and':
    case 'unless':
      return left;
    case 'or':
      return left?.is === 'number' ? right : (left ?? right);
    case '==':
    case '!=':
    case '>':
    case '<':
    case '>=':
    case '<=':
      return hasBool ? { ...COUNT, is: 'boolean' } : left;
    default:
      return undefined;
  }
}

function times(left: Dimension | undefined, right: Dimension | undefined, sign: 1 | -1): Dimension | undefined {
  if (left === undefined || right === undefined) return undefined;
  // Information and truth multiply like numbers, and so do times in Grafana's milliseconds.
  if (isFactor(right)) return left;
  if (isFactor(left) && sign === 1) return right;
  return {
    time: left.time + sign * right.time,
    bytes: left.bytes + sign * right.bytes,
    count: left.count + sign * right.count,
    ...(left.is === 'milliseconds' && { is: left.is }),
    ...(left.noun !== undefined && { noun: left.noun }),
  };
}
const isFactor = ({ is }: Dimension): boolean => is === 'number' || is === 'info' || is === 'boolean';
