// Families to Prometheus text 0.0.4 or OpenMetrics 1.0, in chunks so that no scrape holds the event loop for long.
import type { Family, Sample } from './series.ts';

export type Format = 'text' | 'openmetrics';
export const CONTENT_TYPES: Readonly<Record<Format, string>> = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

/** OpenMetrics if the Accept header names it, else text, which every scraper reads. */
export const formatFor = (accept: string | undefined): Format =>
  accept?.includes('application/openmetrics-text') === true ? 'openmetrics' : 'text';

/** Lines per chunk: about half a millisecond of work. */
const CHUNK_LINES = 1_000;

const number = (value: number): string => (value === Infinity ? '+Inf' : value === -Infinity ? '-Inf' : String(value));

/** Yields the exposition piece by piece; the caller may pause between pieces. */
export function* expose(families: Iterable<Family>, format: Format): Generator<string> {
  let out = '';
  let lines = 0;
  for (const family of families) {
    const open = format === 'openmetrics';
    const name = open && family.type === 'counter' ? family.name.replace(/_total$/, '') : family.name;
    const help = family.help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
    out += `# HELP ${name} ${open ? help.replaceAll('"', '\\"') : help}\n# TYPE ${name} ${family.type}\n`;
    for (const sample of family.samples) {
      out += line(family.name, sample, open);
      if (++lines % CHUNK_LINES === 0) {
        yield out;
        out = '';
      }
    }
  }
  yield format === 'openmetrics' ? `${out}# EOF\n` : out;
}

function line(name: string, sample: Sample, open: boolean): string {
  const labels = sample.labels === '' ? '' : `{${sample.labels}}`;
  const { exemplar } = sample;
  const tail =
    open && exemplar !== undefined
      ? ` # {trace_id="${exemplar.traceId}"} ${number(exemplar.value)} ${exemplar.atSeconds}`
      : '';
  return `${name}${sample.suffix}${labels} ${number(sample.value)}${tail}\n`;
}
