// What an on-call person must know before believing a number: young, few events, not all measured, maintenance. Pure.
import type { SloPlan } from '../engine/plan.ts';
import type { SloView } from '../engine/view.ts';
import { fewestBadToFire } from '../slo/policy.ts';
import { formatDuration } from '../spec/scalars.ts';
import { percent, span } from './words.ts';

export interface Note {
  readonly kind: 'young' | 'few' | 'gaps' | 'maintenance' | 'not-excluded' | 'blind' | 'new';
  readonly text: string;
}

/** Below this share of the period that was lived, what is missing is worth a word. */
const COMPLETE = 0.9;

/** The words of their own that such states have; empty if there is nothing to be careful of. */
export function notesOf(view: SloView, plan: SloPlan, nowMs: number): Note[] {
  const notes: Note[] = [];
  const { startMs, endMs } = plan.periodAt(nowMs);
  const livedMs = nowMs - Math.max(startMs, view.createdMs);
  const maintenance = plan.maintenance.find(({ fromMs, toMs }) => fromMs <= nowMs && nowMs < toMs);
  if (maintenance !== undefined) {
    const { applied, reason, by, toMs } = maintenance;
    notes.push(
      applied
        ? { kind: 'maintenance', text: `maintenance for another ${span(toMs - nowMs)}: ${reason} (${by})` }
        : {
            kind: 'not-excluded',
            text: `maintenance goes on but excludes nothing, as exporter.maxExcluded is reached: ${reason} (${by})`,
          },
    );
  }
  if (view.state === 'no-data')
    notes.push({
      kind: 'blind',
      text:
        view.blind === null
          ? 'nothing was measured lately'
          : `cannot tell good from bad: ${view.blind.step} ${view.blind.outcome} (${view.blind.blame})`,
    });
  if (view.createdMs > startMs)
    notes.push({
      kind: 'young',
      text: `young: ${span(livedMs)} of ${span(endMs - startMs)} lived; the rest counts as unspent budget`,
    });
  const tier = plan.tiers.find(({ severity }) => severity === 'page') ?? plan.tiers[0];
  const long = tier && view.windows.find(({ window }) => window === formatDuration(tier.longMs));
  const n = long === undefined ? 0 : long.good + long.bad;
  if (tier !== undefined && long !== undefined && n > 0) {
    const fewest = fewestBadToFire(n, tier.k * (1 - view.objective));
    if (fewest === undefined)
      notes.push({
        kind: 'few',
        text: `few events: ${n} in ${long.window}, too few for the tier ${tier.tier} to fire even if all were bad`,
      });
  }
  const steps = Math.max(1, livedMs / plan.stepMs);
  const { good = 0, bad = 0, excluded = 0 } = view.windows.at(-1) ?? {};
  const knownRatio = Math.min(1, (good + bad + excluded) / steps);
  if (livedMs > 10 * plan.stepMs && knownRatio < COMPLETE)
    notes.push({ kind: 'gaps', text: `measured only ${percent(knownRatio, 0)} of the time; gaps are no uptime` });
  return notes;
}
