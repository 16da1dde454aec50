import { describe, expect, it } from 'vitest';
import { expose, formatFor } from '../../src/metrics/exposition.ts';
import { labelText, SeriesTable } from '../../src/metrics/series.ts';

const AT = { traceId: 'f'.repeat(32), atSeconds: 7 };
const write = (table: SeriesTable, format: 'text' | 'openmetrics' = 'text') =>
  [...expose(table.families(), format)].join('');

describe('the exposition', () => {
  it('writes values and help so that one line stays one line', () => {
    const samples = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 0.5].map((value, i) => ({
      start: `x{i="${i}"} `,
      value,
    }));
    const family = { name: 'x', type: 'gauge', help: 'two\nlines \\ "quoted"', samples };
    expect([...expose([family], 'text')].join('')).toBe(
      '# HELP x two\\nlines \\\\ "quoted"\n# TYPE x gauge\nx{i="0"} +Inf\nx{i="1"} -Inf\nx{i="2"} NaN\nx{i="3"} 0.5\n',
    );
    expect([...expose([family], 'openmetrics')].join('')).toContain('# HELP x two\\nlines \\\\ \\"quoted\\"\n');
  });
  it('puts an observation at a bucket edge into that bucket, and the exemplar beside it', () => {
    const table = new SeriesTable(500, () => {});
    const metric = 'probe_phase_duration_seconds';
    const labels = labelText(metric, { target: 'shop', phase: 'dns', location: 'main' });
    for (const seconds of [0.05, 0.0501, 600]) table.observe(metric, labels, 'shop', seconds, AT);
    const text = write(table, 'openmetrics');
    expect(text).toMatch(/le="0.05"\} 1 # \{trace_id="f{32}"\} 0.05 7\n/);
    expect(text).toMatch(/le="0.1"\} 2 # /);
    expect(text).toMatch(/le="\+Inf"\} 3 # \{trace_id="f{32}"\} 600 7\n/);
    expect(text).toContain('probe_phase_duration_seconds_count{target="shop",phase="dns",location="main"} 3\n');
    expect(text.endsWith('# EOF\n')).toBe(true);
  });
  it('comes in pieces that end behind a whole series: what is observed between two of them tears no histogram', () => {
    const table = new SeriesTable(10_000, () => {});
    const metric = 'probe_phase_duration_seconds';
    const labels = Array.from({ length: 200 }, (_, i) =>
      labelText(metric, { target: 'shop', phase: `p-${i}`, location: 'main' }),
    );
    // One line more than whole histograms, so that no number of lines is their end by chance.
    table.set('probe_cron_lag_seconds', 'target="shop",location="main"', 'shop', 3);
    const observe = () => {
      for (const each of labels) table.observe(metric, each, 'shop', 0.3, AT);
    };
    observe();
    let text = '';
    let pieces = 0;
    for (const piece of expose(table.families(), 'text')) {
      text += piece;
      pieces += 1;
      observe();
    }
    expect(pieces).toBeGreaterThan(2);
    const of = (end: string) => [...text.matchAll(new RegExp(`_${end} (\\d+)$`, 'gm'))].map(([, value]) => value);
    expect(of('bucket\\{.*le="\\+Inf"\\}')).toEqual(of('count\\{.*\\}'));
    expect(new Set(of('count\\{.*\\}')).size).toBeGreaterThan(1);
  });
  it('is OpenMetrics only for who asks for it', () => {
    expect(formatFor('application/openmetrics-text; version=1.0.0, text/plain;q=0.5')).toBe('openmetrics');
    for (const accept of [undefined, '*/*', 'text/plain', 'image/png']) expect(formatFor(accept)).toBe('text');
  });
});

describe('series of a target', () => {
  it('make room again when one is forgotten', () => {
    const dropped: string[] = [];
    const table = new SeriesTable(1, (target) => dropped.push(target));
    const labels = 'target="shop",location="main"';
    table.set('probe_cron_lag_seconds', labels, 'shop', 3);
    table.set('probe_replica_lag_seconds', labels, 'shop', 4);
    expect([table.size, dropped]).toEqual([1, ['shop']]);
    table.unset('probe_cron_lag_seconds', labels);
    expect(table.size).toBe(0);
    table.set('probe_replica_lag_seconds', labels, 'shop', 4);
    expect(write(table)).toContain('probe_replica_lag_seconds{target="shop",location="main"} 4\n');
  });
  it('never touch another target: labels with quotes, newlines and lone surrogates stay text', () => {
    const table = new SeriesTable(10, () => {});
    const metric = 'probe_cron_lag_seconds';
    table.set(metric, labelText(metric, { target: '__proto__', location: 'a"b\nc\\d\ud800' }), '__proto__', 1);
    expect(write(table)).toContain('{target="__proto__",location="a\\"b\\nc\\\\d\ufffd"} 1\n');
    expect(({} as Record<string, unknown>).target).toBeUndefined();
  });
});
