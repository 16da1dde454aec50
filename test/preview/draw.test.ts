// What the drawing of a page contains: axes, thresholds, marks, gaps, lanes, links. The SVG is read as text.
import { describe, expect, it } from 'vitest';
import type { Panel, TimeseriesPanel } from '../../src/grafana/board.ts';
import { boardJson } from '../../src/grafana/board-json.ts';
import type { JsonObject } from '../../src/grafana/finish.ts';
import { aligned, highest, thresholdsOf } from '../../src/preview/axis.ts';
import { linksHtml } from '../../src/preview/links.ts';
import { named, readMarks } from '../../src/preview/marks.ts';
import { previewBoard } from '../../src/preview/page.ts';
import type { Asked, Point, Series } from '../../src/preview/prometheus.ts';
import { spanOf } from '../../src/preview/read.ts';

const { span, macros } = spanOf(0, 600);
const panel: TimeseriesPanel = {
  kind: 'timeseries',
  title: 'T',
  description: 'Says it.',
  width: 12,
  height: 8,
  empty: 'no traffic',
  queries: [{ expr: 'max(slo_objective_ratio{cluster=~"$cluster"})', legend: '{{slo}}' }],
};
const board = (...first: Panel[]): JsonObject =>
  boardJson({ uid: 'plimsoll-a', title: 'A', description: 'B.', uses: ['cluster'], first, rows: [] });
const every15 = (value: (at: number) => number, keep: (at: number) => boolean = () => true): Point[] =>
  Array.from({ length: 41 }, (_, i): Point => [i * 15, value(i * 15)]).filter(([at]) => keep(at));
const series = (points: readonly Point[], labels: Record<string, string> = { slo: 'a' }): Series => ({
  labels,
  points,
});
/** Panels are answered with `data`, annotations with `changes`. */
const asked = (data: readonly Series[], changes: readonly Series[] = []): Asked => ({
  range: async (expr) => (expr.includes('change_events_total') ? changes : expr.includes('ALERTS') ? [] : data),
  instant: async () => data,
});
const page = async (of: Panel, data: readonly Series[], changes: readonly Series[] = []): Promise<string> =>
  (
    await previewBoard(board(of), {
      asked: asked(data, changes),
      span,
      macros: { ...macros, variables: {} },
      rows: true,
    })
  ).html;
/** The texts of the chart, with where they stand. */
const texts = (html: string) =>
  [...html.matchAll(/<text ([^>]*)>([^<]*)<\/text>/g)].map(([, attributes, text]) => {
    const [, x, y] = /translate\(([\d.]+) ([\d.]+)\)/.exec(attributes!) ?? [];
    return { text: text!, x: Number(x), y: Number(y), end: attributes!.includes('text-anchor="end"') };
  });
const words = (html: string): string[] => texts(html).map(({ text }) => text);

describe('a value axis', () => {
  const data = [series(every15((at) => (at < 300 ? 0.01 : 100)))];
  it('is logarithmic where the board says so', async () => {
    const ticks = ['0.01', '0.1', '1', '10', '100'];
    const linear = words(await page({ ...panel, unit: 'none' }, data));
    expect(words(await page({ ...panel, unit: 'none', log: true }, data))).toEqual(expect.arrayContaining(ticks));
    expect(linear).not.toContain('0.1');
  });
  it('that is logarithmic leaves zeros out, as they have no place there', async () => {
    const data = [series(every15((at) => (at < 300 ? 0 : at < 450 ? 0.5 : 100)))];
    const ticks = words(await page({ ...panel, unit: 'none', log: true }, data));
    expect(ticks).toEqual(expect.arrayContaining(['0.1', '1', '10', '100']));
    expect(ticks).not.toContain('0.01');
    expect(words(await page({ ...panel, unit: 'none', log: true, min: 0 }, data))).toEqual(ticks);
    const html = await page({ ...panel, unit: 'none', log: true }, data);
    const [, line] = /<path d="([^"]+)" fill="none"[^>]* stroke="#73bf69"/.exec(html)!;
    expect(line!.split(/[ML]/).length - 1).toBe(data[0]!.points.filter(([, value]) => value > 0).length);
  });
});

describe('a threshold', () => {
  it.each([1.5, 0.25])('at %d has its number inside of the chart', async (from) => {
    const thresholds = [{ from, color: 'red' }] as const;
    const data = [series(every15((at) => at / 600))];
    const label = texts(await page({ ...panel, unit: 'none', decimals: 3, thresholds }, data)).find(
      ({ text }) => text === from.toFixed(3),
    )!;
    expect(label.end).toBe(true);
    expect(label.x).toBeLessThanOrEqual(12 * 59 - 24 - 12);
    expect(label.y).toBeGreaterThan(10);
  });
  it('far above the data is named in the legend and does not stretch the axis', async () => {
    const html = await page({ ...panel, unit: 'none', thresholds: [{ from: 5000, color: 'red' }] }, [
      series(every15(() => 1)),
    ]);
    expect(html).toContain('5k is above');
    expect(words(html)).not.toContain('5k');
  });
  it.each([
    { top: 10, max: undefined, log: false, shown: [20], beyond: [21] },
    { top: 10, max: 21, log: false, shown: [20, 21], beyond: [] },
    { top: 2, max: undefined, log: true, shown: [20], beyond: [21] },
    { top: undefined, max: undefined, log: false, shown: [], beyond: [20, 21] },
  ])('at $top is drawn up to what leaves half of the height: $shown', ({ top, max, log, shown, beyond }) => {
    const all = [20, 21].map((value) => ({ value, color: '#fff' }));
    const found = thresholdsOf(all, top, { log, ...(max !== undefined && { max }) });
    expect(found.shown.map(({ value }) => value)).toEqual(shown);
    expect(found.beyond.map(({ value }) => value)).toEqual(beyond);
  });
});

describe('frames', () => {
  const frame = (points: readonly Point[]) => ({ name: 'a', labels: {}, points });
  const two = [
    frame([
      [0, 1],
      [15, 2],
    ]),
    frame([
      [15, 3],
      [60, 4],
    ]),
  ] as const;
  it('that are stacked as bars stand on the same times, and on 0 where one is missing', () => {
    expect(aligned(two, 0, 15)).toEqual([
      [
        [0, 1],
        [15, 2],
        [45, 0],
        [60, 0],
      ],
      [
        [0, 0],
        [15, 3],
        [45, 0],
        [60, 4],
      ],
    ]);
  });
  it('that are stacked as areas have gaps', () => {
    expect(aligned(two, null, 15)[0]).toEqual([
      [0, 1],
      [15, 2],
      [45, null],
      [60, null],
    ]);
  });
  it('are as high as their sum where they are stacked, and infinity is no height', () => {
    expect(highest(two, true)).toBe(5);
    expect(highest(two, false)).toBe(4);
    expect(
      highest(
        [
          frame([
            [0, Infinity],
            [15, 1],
          ]),
        ],
        false,
      ),
    ).toBe(1);
    expect(highest([frame([[0, Number.NaN]])], false)).toBeUndefined();
  });
});

it('a line has a gap where points are missing', async () => {
  const line = (html: string): number =>
    Math.max(
      ...[...html.matchAll(/<path d="([^"]+)" fill="none"[^>]* stroke="#73bf69"/g)].map(
        ([, d]) => d!.split('M').length - 1,
      ),
    );
  expect(line(await page(panel, [series(every15((at) => at))]))).toBe(1);
  expect(
    line(
      await page(panel, [
        series(
          every15(
            (at) => at,
            (at) => at < 200 || at > 400,
          ),
        ),
      ]),
    ),
  ).toBe(2);
});

describe('what changed', () => {
  const changes = [
    series(
      every15(
        () => 1,
        (at) => at >= 300 && at <= 345,
      ),
      { kind: 'deploy', service: 'shop' },
    ),
  ];
  it('is a line with its kind on charts, and in the list of the page', async () => {
    const html = await page(panel, [series(every15((at) => at))], changes);
    expect(words(html)).toContain('deploy');
    expect(html).toContain('00:05 deploy (shop)');
  });
  it('is a line across lanes too', async () => {
    const { unit: _, ...rest } = { ...panel, unit: 'none' };
    const lanes = { ...rest, kind: 'state-timeline', mappings: [{ value: 0, text: 'fine', color: 'green' }] } as const;
    const html = await page(lanes, [series(every15(() => 0))], changes);
    expect(html).toMatch(/<s style="left:50\.00%[^>]*title="deploy"/);
    expect(html).toMatch(/<em style="left:50\.00%[^>]*>deploy</);
  });
  it('begins once for each stretch, and not before the span', async () => {
    const points = every15(
      () => 1,
      (at) => at <= 30 || (at >= 300 && at <= 345) || at >= 500,
    );
    const marks = await readMarks(board(panel), asked([], [series(points, { kind: 'purge', service: 's' })]), span, {
      ...macros,
      variables: {},
    });
    expect(marks.map(({ atSeconds, title, text, color }) => [atSeconds, title, text, color])).toEqual([
      [300, 'purge', 's', 'blue'],
      [510, 'purge', 's', 'blue'],
    ]);
  });
  it('compares with the step before, however long, so that no change falls between two', async () => {
    const exprs: string[] = [];
    const month = { fromSeconds: 0, toSeconds: 30 * 86_400, stepSeconds: 3600 };
    const range: Asked['range'] = async (expr, _from, _to, step) => {
      exprs.push(`${step}: ${expr}`);
      return [];
    };
    await readMarks(board(panel), { range, instant: async () => [] }, month, { ...macros, variables: {} });
    expect(exprs.filter((one) => one.includes('change_events_total'))).toEqual([
      expect.stringMatching(/^236: .* offset 236s\) > 0$/),
    ]);
  });
  it('is named once where several lie in one place, and alerts are not', () => {
    const mark = (atSeconds: number, color = 'blue') => ({
      atSeconds,
      title: 'x',
      text: '',
      color,
      isAlert: color === 'red',
    });
    const marks = [mark(10), mark(20), mark(75, 'red'), mark(100)];
    expect(named(marks, span, 0.1).map(({ atSeconds }) => atSeconds)).toEqual([10, 100]);
  });
});

describe('links', () => {
  it('lead to pages beside this one, to plain addresses, and are words where they need Grafana', () => {
    const html = linksHtml([
      { title: 'Board', url: '/d/plimsoll-redis?from=now' },
      { title: 'Runbook', url: 'https://git.example.org/A.md' },
      { title: 'API', url: 'https://a.example/$slo' },
      { title: 'Logs', url: '/explore?a' },
      { title: 'Bad', url: 'javascript:alert(1)' },
    ]);
    expect([...html.matchAll(/href="([^"]+)"/g)].map(([, href]) => href)).toEqual([
      'plimsoll-redis.html',
      'https://git.example.org/A.md',
    ]);
    for (const title of ['API', 'Logs', 'Bad']) expect(html).toContain(`>${title}</em>`);
  });
  it('and the description stand in the panel, without a script', async () => {
    const html = await page({ ...panel, links: [{ title: 'Runbook A', url: 'https://x.example/A.md' }] }, []);
    expect(html).toContain('<summary>Says it.</summary>');
    expect(html).toContain('<div class="links"><a href="https://x.example/A.md">Runbook A</a></div>');
  });
});
