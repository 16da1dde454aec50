// Families to Prometheus text 0.0.4 or OpenMetrics 1.0, in chunks so that no scrape holds the event loop for long.
import { type Exemplar, type Family, Line, valueText } from './series.ts';

export type Format = 'text' | 'openmetrics';
export const CONTENT_TYPES: Readonly<Record<Format, string>> = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

/** OpenMetrics if the Accept header names it, else text, which every scraper reads. */
export const formatFor = (accept: string | undefined): Format =>
  accept?.includes('application/openmetrics-text') === true ? 'openmetrics' : 'text';

/** Lines per chunk, and up to a histogram more: about a fifth of a millisecond of work. */
const CHUNK_LINES = 1_000;

/**
 * Yields the exposition piece by piece; the caller may pause between pieces. No piece ends within a histogram: a run that is counted
 * during the pause would be in its `_count` and not in its buckets.
 */
export function* expose(families: Iterable<Family>, format: Format): Generator<string> {
  const open = format === 'openmetrics';
  let out = '';
  let lines = 0;
  for (const { name: family, type, help: text, samples } of families) {
    const name = open && type === 'counter' ? family.replace(/_total$/, '') : family;
    const help = text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
    out += `# HELP ${name} ${open ? help.replaceAll('"', '\\"') : help}\n# TYPE ${name} ${open && type === 'untyped' ? 'unknown' : type}\n`;
    for (const sample of samples) {
      const { start, exemplar } = sample;
      const value = sample instanceof Line ? sample.text : valueText(sample.value);
      out += start + value + (open && exemplar !== undefined ? tail(exemplar) : '\n');
      lines += 1;
      if (lines >= CHUNK_LINES && (type !== 'histogram' || start.startsWith(`${family}_count`))) {
        yield out;
        out = '';
        lines = 0;
      }
    }
  }
  yield open ? `${out}# EOF\n` : out;
}

const tail = ({ traceId, value, atSeconds }: Exemplar): string =>
  ` # {trace_id="${traceId}"} ${valueText(value)} ${atSeconds}\n`;
