// Many SLOs with 30 days of history, in memory and in a store on disk, as the exporter would have written it.
import { mkdirSync } from 'node:fs';
import { plansOf } from '../../src/engine/plan.ts';
import { History, ZERO } from '../../src/slo/history.ts';
import type { Spec } from '../../src/spec/spec.ts';
import { Ledger, type LedgerEntry } from '../../src/store/ledger.ts';
import { openStore } from '../../src/store/store.ts';
import { validSpec } from '../spec/specs.ts';

export const STEP_MS = 30_000;
export const DAY_MS = 86_400_000;
export const DAYS = 30;
const PRUNE_EVERY = 60;

/** A spec file holds at most 1 MiB. */
const PER_FILE = 2_000;

/** `count` SLOs on `targets` targets that are asked every 30 s. */
export function specDocuments(count: number, targets: number, url: string): readonly object[] {
  const slos = Array.from({ length: count }, (_, i) => ({
    name: `slo-${i}`,
    service: `service-${i % 50}`,
    team: 'web',
    objective: '99.9%',
    window: '30d',
    // No two promise the same: a spec that check warns of is none to measure.
    sli:
      i < targets
        ? { kind: 'probe', target: `target-${i}` }
        : { kind: 'latency', target: `target-${i % targets}`, step: 'get', below: `${50 + Math.floor(i / targets)}ms` },
  }));
  const asked = Array.from({ length: targets }, (_, i) => ({ name: `target-${i}`, kind: 'http', url: `${url}?${i}` }));
  return Array.from({ length: Math.max(1, Math.ceil(count / PER_FILE)) }, (_, i) => ({
    ...(i === 0 && { targets: asked }),
    slos: slos.slice(i * PER_FILE, (i + 1) * PER_FILE),
  }));
}

export const specOf = (count: number, targets = 100): Spec =>
  validSpec(...specDocuments(count, targets, 'http://shop.example.org/'));

const badAt = (i: number, slo: number): number => Math.floor(i / (1_000 + (slo % 10)));

/** Plans and entries; histories are shared by ten, to save the bench's own memory. `endMs`: the newest record. */
export function memoryOf(spec: Spec, endMs: number) {
  const plans = plansOf(spec);
  const steps = (DAYS * DAY_MS) / STEP_MS;
  const startMs = endMs - DAYS * DAY_MS;
  const histories = Array.from({ length: 10 }, (_, k) => {
    const history = new History(STEP_MS, DAYS * DAY_MS);
    history.record(startMs, ZERO);
    for (let i = 60; i <= steps; i += i > steps - 720 ? 1 : 60)
      history.record(startMs + i * STEP_MS, { ...ZERO, good: i - badAt(i, k), bad: badAt(i, k) });
    return history;
  });
  const entries = new Map<string, LedgerEntry>(
    plans.map((plan, i) => {
      const history = histories[i % 10]!;
      const total = history.total();
      return [
        plan.slo.name,
        { id: i, createdMs: startMs, history, total, acknowledged: total, episodes: [] } satisfies LedgerEntry,
      ];
    }),
  );
  return { plans, entries };
}

/** Writes 30 days up to `endMs` into a store in `folder`, tick by tick, and thins it out as the exporter does. */
export function writeStore(folder: string, spec: Spec, endMs: number): void {
  mkdirSync(folder, { recursive: true });
  const store = openStore(folder, endMs);
  const ledger = new Ledger(store);
  const plans = plansOf(spec);
  const startMs = endMs - DAYS * DAY_MS;
  ledger.setSlos(
    plans.map((plan) => ({
      name: plan.slo.name,
      stepMs: plan.stepMs,
      periodMs: plan.periodMs,
      createdMs: startMs,
      marks: [],
    })),
    startMs,
  );
  const steps = (DAYS * DAY_MS) / STEP_MS;
  for (let i = 1; i <= steps; i++) {
    const atMs = startMs + i * STEP_MS;
    for (const [k, { slo }] of plans.entries())
      ledger.add(slo.name, badAt(i, k) > badAt(i - 1, k) ? { bad: 1 } : { good: 1 }, atMs, undefined);
    const error = ledger.tick(atMs);
    if (error !== undefined) throw error;
    if (i % PRUNE_EVERY === 0) store.prune(atMs, 95 * DAY_MS, []);
  }
  store.close();
}
