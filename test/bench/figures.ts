// What a row of the bench is: a figure, its limits, and how it was found. CPU time is that of processes, wall time nobody's.
import { readdirSync, readFileSync } from 'node:fs';

/** A figure with the two limits of its row. */
export interface Figure {
  readonly what: string;
  /** The peer of the same run; left out: a limit, measured alone. */
  readonly against?: string;
  readonly value: number;
  /** The worst of the rounds. */
  readonly worst: number;
  readonly unit: 'x' | 'ms' | 's' | 'kB' | 'MB' | 'us' | '%';
  /** Left out: a figure to know, not to reach. */
  readonly must?: number;
  readonly aim?: number;
  /** What was measured on either side, in words. */
  readonly how: string;
}

export interface Row {
  readonly name: string;
  measure(): Promise<readonly Figure[]>;
}

export type Verdict = 'aim' | 'must' | 'MISSED' | '';

/** Ratios are better when they are larger, everything else when it is smaller. */
export function verdictOf({ value, unit, must, aim }: Figure): Verdict {
  const reaches = (limit: number) => (unit === 'x' ? value >= limit : value <= limit);
  if (must === undefined) return '';
  if (aim !== undefined && reaches(aim)) return 'aim';
  return reaches(must) ? 'must' : 'MISSED';
}

/** CPU seconds that a process has used, of all its threads, to the nanosecond (schedstat). */
export function cpuSeconds(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`).map((thread) => {
    try {
      return Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
    } catch {
      return 0;
    }
  });
  return threads.reduce((a, b) => a + b, 0) / 1e9;
}

/** CPU milliseconds of this process for some work. */
export async function ownCpuMs(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** The environment of the image: an exporter is measured as it is shipped, and not as Node starts it. */
export const SHIPPED: Readonly<Record<string, string>> = Object.fromEntries(
  /^ENV (.*)$/m
    .exec(readFileSync(new URL('../../Dockerfile', import.meta.url), 'utf8'))![1]!
    .split(' ')
    .map((pair) => pair.split(/=(.*)/).slice(0, 2)),
);

/** Resident memory of a process, MB. */
export const residentMb = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024;

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** Rounds in turn, A B A B: `ours` and `peer` give cost per unit of the same work. */
export async function paired(
  rounds: number,
  ours: () => Promise<number>,
  peer: () => Promise<number>,
): Promise<{ ratio: number; worst: number; ours: number; peer: number }> {
  const both: { ours: number; peer: number }[] = [];
  for (let i = 0; i < rounds; i++) both.push({ peer: await peer(), ours: await ours() });
  const ratios = both.map((round) => round.peer / round.ours);
  return {
    ratio: median(ratios),
    worst: Math.min(...ratios),
    ours: median(both.map((round) => round.ours)),
    peer: median(both.map((round) => round.peer)),
  };
}

const three = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));
export const shown = (value: number | undefined, unit: Figure['unit']): string =>
  value === undefined ? '' : `${three(value)}${unit === 'x' || unit === '%' ? '' : ' '}${unit === 'us' ? 'µs' : unit}`;
