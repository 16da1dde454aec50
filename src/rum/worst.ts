// The worst values of the last 24 hours, to the hour: at most 20 of each vital and hour. Knows of a view its path and trace, of a visitor nothing.
import type { WorstSample } from '../spec/real-users.ts';
import { VITAL_NAMES, type VitalName } from '../spec/vitals.ts';
import { HOURS } from './histogram.ts';

/** Of each vital. As many are kept of each hour, so that the worst of a day are exact. */
export const MOST_WORST = 20;
const HOUR_MS = 3_600_000;

export class WorstSamples {
  readonly #hours = new Map<number, Map<VitalName, WorstSample[]>>();
  #newest = Number.NEGATIVE_INFINITY;

  /** Samples that are kept. */
  get size(): number {
    return [...this.#hours.values()].flatMap((hour) => [...hour.values()]).reduce((sum, { length }) => sum + length, 0);
  }

  add(sample: WorstSample): void {
    // A clock that goes back counts in the newest hour.
    this.#newest = Math.max(this.#newest, Math.floor(sample.atMs / HOUR_MS));
    for (const hour of this.#hours.keys()) if (hour <= this.#newest - HOURS) this.#hours.delete(hour);
    const hour = this.#hours.getOrInsertComputed(this.#newest, () => new Map<VitalName, WorstSample[]>());
    const kept = hour.getOrInsertComputed(sample.vital, () => []);
    if (kept.length === MOST_WORST && kept.at(-1)!.value >= sample.value) return;
    const at = kept.findIndex(({ value }) => value < sample.value);
    kept.splice(at < 0 ? kept.length : at, 0, sample);
    kept.length = Math.min(kept.length, MOST_WORST);
  }

  /** Worst first within a vital. */
  list(nowMs: number): WorstSample[] {
    const first = Math.floor(nowMs / HOUR_MS) - HOURS;
    const known = [...this.#hours].filter(([hour]) => hour > first).map(([, hour]) => hour);
    return VITAL_NAMES.flatMap((vital) =>
      known
        .flatMap((hour) => hour.get(vital) ?? [])
        .sort((a, b) => b.value - a.value || b.atMs - a.atMs)
        .slice(0, MOST_WORST),
    );
  }
}
