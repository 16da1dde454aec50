// Series under the names of other exporters, of the newest run of each target. Nothing outlives its run: when one fails, `up` is 0
// and the rest is gone. Never asks a target.
import type { OwnMetrics } from '../metrics/own.ts';
import { escapeLabel, type Family, type Sample, startOf } from '../metrics/series.ts';
import { blackboxValues } from '../probe/board-blackbox.ts';
import { type BoardKey, type BoardValue, boardKey } from '../probe/board-reading.ts';
import type { Run } from '../probe/runner.ts';
import { tellerOf } from '../probe/told.ts';
import { BLACKBOX_KINDS, BOARD_METRICS, boardMetric } from '../spec/board-series.ts';
import { verdictOf } from '../spec/outcome.ts';
import type { Spec } from '../spec/spec.ts';
import type { Target } from '../spec/target.ts';

/** Lines by metric. */
type Lines = ReadonlyMap<string, readonly Sample[]>;

/** Texts before the values of one target: made once per key, as escaping costs more than the rest. Secrets of the target are taken out. */
class Texts {
  /** The target's settings, to be compared. */
  readonly written: string;
  readonly #target: Target;
  readonly #first: readonly string[];
  readonly #starts = new WeakMap<BoardKey, string>();

  constructor(target: Target, first: readonly string[]) {
    this.#target = target;
    this.written = JSON.stringify(target);
    this.#first = first;
  }

  start(key: BoardKey): string {
    let start = this.#starts.get(key);
    if (start === undefined) {
      const names = boardMetric(key.metric)!.labels;
      const told = tellerOf(this.#target);
      const own = key.labels.map((value, i) => `${names[i]}="${escapeLabel(told.text(value))}"`);
      start = startOf(key.metric, [...this.#first, ...own].join(','));
      this.#starts.set(key, start);
    }
    return start;
  }
}

/** A server that says a thing twice says the first. */
function linesOf(values: readonly BoardValue[], texts: Texts): Lines {
  const lines = new Map<string, Sample[]>();
  const seen = new Set<string>();
  for (const { key, value } of values) {
    const start = texts.start(key);
    if (seen.has(start)) continue;
    seen.add(start);
    const ofMetric = lines.get(key.metric);
    if (ofMetric === undefined) lines.set(key.metric, [{ start, value }]);
    else ofMetric.push({ start, value });
  }
  return lines;
}

const familyOf = (name: string, samples: Iterable<Sample>): Family => {
  const { type, help } = boardMetric(name)!;
  return { name, type, help, samples };
};

const UP: Readonly<Record<string, BoardKey>> = { mariadb: boardKey('mysql_up'), redis: boardKey('redis_up') };

/** What a database's run read, and whether it was let in at all. */
function databaseValues({ target, steps, board }: Run): readonly BoardValue[] {
  const up = UP[target.kind];
  if (board === undefined || up === undefined) return [];
  const isUp = steps.some(({ step, outcome }) => step === 'connect' && verdictOf(outcome) === 'good');
  return [{ key: up, value: isUp ? 1 : 0 }, ...board.values];
}

const unlabelled = new WeakMap<Target, Texts>();

/** Series of one run, without a label for the target: whoever asked for the run knows which it is. */
export function* runFamilies(run: Run): Generator<Family> {
  let texts = unlabelled.get(run.target);
  if (texts === undefined) {
    texts = new Texts(run.target, []);
    unlabelled.set(run.target, texts);
  }
  for (const [name, samples] of linesOf([...blackboxValues(run), ...databaseValues(run)], texts))
    yield familyOf(name, samples);
}

export class BoardSeries {
  readonly #own: OwnMetrics;
  readonly #texts = new Map<string, Texts>();
  readonly #lines = new Map<string, { readonly target: string; readonly lines: Lines }>();
  #most = 0;

  constructor(spec: Spec, own: OwnMetrics) {
    this.#own = own;
    this.load(spec);
  }

  /** Most values that a run should read; 0: none are wanted. */
  get most(): number {
    return this.#most;
  }

  /** Takes over a spec: series of targets that went or changed are dropped. */
  load({ targets, exporter }: Pick<Spec, 'targets' | 'exporter'>): void {
    this.#most = exporter.boardSeries ? exporter.seriesPerTarget : 0;
    const now = new Map(targets.map((target) => [target.name, JSON.stringify(target)]));
    this.#texts.clear();
    for (const [name, { target }] of this.#lines)
      if (this.#most === 0 || now.get(name) !== target) this.#lines.delete(name);
  }

  onRun(run: Run): void {
    if (this.#most === 0) return;
    const { name: target, kind } = run.target;
    const { board } = run;
    for (const [reason, count] of board?.faults ?? [])
      this.#own.inc('plimsoll_board_faults_total', { target, reason }, count);
    const values = BLACKBOX_KINDS.has(kind) ? blackboxValues(run) : databaseValues(run);
    const kept = values.slice(0, this.#most);
    const dropped = (board?.dropped ?? 0) + values.length - kept.length;
    if (dropped > 0) this.#own.inc('plimsoll_series_dropped_total', { target }, dropped);
    const texts = this.#textsOf(run.target);
    this.#lines.set(target, { target: texts.written, lines: linesOf(kept, texts) });
  }

  /** All series, one metric after the other. */
  *families(): Generator<Family> {
    if (this.#lines.size === 0) return;
    for (const { name } of BOARD_METRICS) {
      const samples = [...this.#lines.values()].flatMap(({ lines }) => lines.get(name) ?? []);
      if (samples.length > 0) yield familyOf(name, samples);
    }
  }

  #textsOf(target: Target): Texts {
    let texts = this.#texts.get(target.name);
    if (texts === undefined) {
      texts = new Texts(target, [`target="${escapeLabel(target.name)}"`]);
      this.#texts.set(target.name, texts);
    }
    return texts;
  }
}

/** The run without what was read for boards: those who keep runs need not keep that. */
export const withoutBoard = (run: Run): Run => (run.board === undefined ? run : { ...run, board: undefined });
