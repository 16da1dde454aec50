// Series for boards, run by run: nothing outlives its run, nothing is there twice, and whoever keeps runs keeps none of it.
import { describe, expect, it } from 'vitest';
import { BoardSeries, withoutBoard } from '../../src/engine/board-series.ts';
import { OwnMetrics } from '../../src/metrics/own.ts';
import { type BoardFault, type BoardValue, boardKey } from '../../src/probe/board-reading.ts';
import type { Run } from '../../src/probe/runner.ts';
import type { Outcome } from '../../src/spec/outcome.ts';
import { blameOf } from '../../src/spec/outcome.ts';
import type { Spec } from '../../src/spec/spec.ts';
import { validSpec } from '../spec/specs.ts';

const specOf = (exporter: object, password = 'secret-word'): Spec =>
  validSpec({
    targets: [
      { name: 'db', kind: 'mariadb', url: 'mysql://p@db.example.org/p', password },
      { name: 'cache', kind: 'redis', url: 'redis://cache.example.org/0' },
    ],
    slos: [],
    exporter: { boardSeries: true, ...exporter },
  });
const runOf = (
  { targets }: Spec,
  name: string,
  values: readonly BoardValue[],
  { outcome = 'ok' as Outcome, faults = new Map() as ReadonlyMap<BoardFault, number>, dropped = 0 } = {},
): Run => ({
  target: targets.find((target) => target.name === name)!,
  startedMs: 0,
  atMs: 5,
  durationMs: 5,
  traceId: '0'.repeat(32),
  distorted: false,
  steps: [
    { step: 'connect', outcome, blame: blameOf(outcome), startMs: 0, durationMs: 5, phases: {}, detail: '', facts: {} },
  ],
  board: { values, faults, dropped },
});
const QUERIES = boardKey('mysql_global_status_queries');
const select = () => boardKey('mysql_global_status_commands_total', 'select');

function board(spec: Spec) {
  const own = new OwnMetrics();
  const series = new BoardSeries(spec, own);
  const lines = () => [...series.families()].flatMap(({ samples }) => [...samples].map((s) => `${s.start}${s.value}`));
  const counted = async (name: string) =>
    (await own.families()).find((family) => family.name === name)!.samples as readonly {
      start: string;
      value: number;
    }[];
  return { series, lines, counted };
}

describe('series for boards', () => {
  it('are those of the newest run, in the order of the list', () => {
    const spec = specOf({});
    const { series, lines } = board(spec);
    series.onRun(runOf(spec, 'db', [{ key: QUERIES, value: 1 }]));
    series.onRun(runOf(spec, 'cache', []));
    series.onRun(runOf(spec, 'db', [{ key: select(), value: 2 }]));
    expect(lines()).toEqual([
      'mysql_up{target="db"} 1',
      'mysql_global_status_commands_total{target="db",command="select"} 2',
      'redis_up{target="cache"} 1',
    ]);
  });
  it('are only up 0 after a run that was not let in, and only up 1 after one whose reading failed', async () => {
    const spec = specOf({});
    const { series, lines, counted } = board(spec);
    series.onRun(runOf(spec, 'db', [{ key: QUERIES, value: 1 }]));
    series.onRun(runOf(spec, 'db', [], { outcome: 'auth_failed' }));
    expect(lines()).toEqual(['mysql_up{target="db"} 0']);
    series.onRun(
      runOf(spec, 'db', [], {
        faults: new Map<BoardFault, number>([
          ['timeout', 1],
          ['unreadable', 2],
        ]),
      }),
    );
    expect(lines()).toEqual(['mysql_up{target="db"} 1']);
    expect((await counted('plimsoll_board_faults_total')).map(({ start, value }) => start + value)).toEqual([
      'plimsoll_board_faults_total{target="db",reason="timeout"} 1',
      'plimsoll_board_faults_total{target="db",reason="unreadable"} 2',
    ]);
  });
  it('are there once, the first time that a server says them', () => {
    const spec = specOf({});
    const { series, lines } = board(spec);
    series.onRun(
      runOf(spec, 'db', [
        { key: select(), value: 1 },
        { key: select(), value: 2 },
      ]),
    );
    expect(lines()).toEqual([
      'mysql_up{target="db"} 1',
      'mysql_global_status_commands_total{target="db",command="select"} 1',
    ]);
  });
  it('are as many as exporter.seriesPerTarget, up included; those beyond are counted', async () => {
    const spec = specOf({ seriesPerTarget: 10 });
    const { series, lines, counted } = board(spec);
    const many = Array.from({ length: 12 }, (_, i) => boardKey('mysql_global_status_commands_total', `c${i}`));
    series.onRun(
      runOf(
        spec,
        'db',
        many.map((key) => ({ key, value: 1 })),
        { dropped: 5 },
      ),
    );
    expect(lines()).toHaveLength(10);
    expect((await counted('plimsoll_series_dropped_total'))[0]?.value).toBe(8);
  });
  it('hold no secret of the target, and no quote that would end a label', () => {
    const spec = specOf({});
    const { series, lines } = board(spec);
    const key = boardKey('mysql_version_info', '', '10 "secret-word"', 'x');
    series.onRun(runOf(spec, 'db', [{ key, value: 1 }]));
    expect(lines()[1]).toBe(
      'mysql_version_info{target="db",innodb_version="",version="10 \\"[secret]\\"",version_comment="x"} 1',
    );
  });
  it('of a target that went or changed, or that the spec asks for no more, are gone at once', () => {
    for (const next of [specOf({}, 'another-word'), specOf({ boardSeries: false })]) {
      const spec = specOf({});
      const { series, lines } = board(spec);
      series.onRun(runOf(spec, 'db', []));
      series.load(spec);
      expect(lines()).toHaveLength(1);
      series.load(next);
      expect(lines()).toEqual([]);
    }
  });
  it('are not kept with a run', () => {
    const run = runOf(specOf({}), 'db', [{ key: QUERIES, value: 1 }]);
    expect(withoutBoard(run).board).toBeUndefined();
    expect(withoutBoard(run).steps).toBe(run.steps);
  });
});
