// Beyond the schema: a spec that would start, but would not do what its author thinks. Pure.
import { nominalPeriodMs } from '../slo/calendar.ts';
import { fewestBadToFire, tiersFor } from '../slo/policy.ts';
import type { Problem } from './parse.ts';
import { formatDuration } from './scalars.ts';
import type { Slo, Spec } from './spec.ts';

type Report = (problem: Problem) => void;

/** Series of one SLO without and with window gauges (design contract: at most 12 without). */
const SERIES_PER_SLO = 9;
const WINDOW_SERIES_PER_SLO = 16;

/** Reports findings of a valid spec; `raw` is the text before secrets were looked at by the schema. */
export function lint(spec: Spec, raw: Readonly<Record<string, unknown>>, report: Report): void {
  spec.slos.forEach((slo, i) => {
    lintSlo(slo, i, spec, report);
  });
  lintSecrets(spec, report);
  const series = spec.slos.length * (SERIES_PER_SLO + (spec.exporter.windowGauges ? WINDOW_SERIES_PER_SLO : 0));
  if (series > spec.exporter.maxSeries) {
    report({ rule: 'too-many-series', path: 'exporter' in raw ? ['exporter'] : ['slos'], message: `${spec.slos.length} SLOs make about ${series} series, the limit is ${spec.exporter.maxSeries}` });
  }
  const shortest = Math.min(...spec.slos.map((s) => (typeof s.window === 'number' ? s.window : nominalPeriodMs(s.window.calendar))));
  spec.maintenance.forEach((m, i) => {
    if (m.for > spec.exporter.maxExcluded * shortest) report({ rule: 'maintenance-cap', path: ['maintenance', i, 'for'], message: `${formatDuration(m.for)} is more than ${spec.exporter.maxExcluded * 100}% of a period of ${formatDuration(shortest)}; it will not be applied there` });
  });
}

function lintSlo(slo: Slo, i: number, spec: Spec, report: Report): void {
  const target = spec.targets.find((t) => t.name === slo.sli.target);
  const periodMs = typeof slo.window === 'number' ? slo.window : nominalPeriodMs(slo.window.calendar);
  if (periodMs > spec.exporter.retention) report({ rule: 'window-beyond-retention', path: ['slos', i, 'window'], message: `the window is longer than exporter.retention (${formatDuration(spec.exporter.retention)})` });
  const same = spec.slos.findIndex((s) => JSON.stringify([s.sli, s.objective, s.window]) === JSON.stringify([slo.sli, slo.objective, slo.window]));
  if (same < i) report({ rule: 'duplicate-slo', path: ['slos', i, 'name'], message: `promises the same as "${spec.slos[same]!.name}"` });
  const tiers = tiersFor(periodMs, spec.policies);
  if (tiers === undefined) {
    report({ rule: 'no-policy', path: ['slos', i, 'window'], message: `no alert policy for a period of ${formatDuration(periodMs)}: no tier will ever fire`, hint: 'add an entry under policies:' });
    return;
  }
  const stepMs = target?.interval ?? 30_000;
  for (const tier of tiers) {
    const theta = tier.k * (1 - slo.objective);
    if (theta >= 1) {
      report({ rule: 'tier-unreachable', path: ['slos', i, 'objective'], message: `tier ${tier.tier} can never fire: it needs ${tier.k.toFixed(1)}x, the most there can be is ${(1 / (1 - slo.objective)).toFixed(1)}x` });
      continue;
    }
    const events = Math.floor(tier.longMs / stepMs);
    const fewest = fewestBadToFire(events, theta);
    if (fewest === undefined) {
      report({ rule: 'interval-too-long', path: ['slos', i, 'sli', 'target'], message: `tier ${tier.tier} cannot fire: its ${formatDuration(tier.longMs)} window holds ${events} events at an interval of ${formatDuration(stepMs)}`, hint: 'shorten the interval of the target' });
    } else if (tier.shortMs < 4 * stepMs) {
      report({ rule: 'short-window', path: ['slos', i, 'sli', 'target'], message: `the ${formatDuration(tier.shortMs)} window of tier ${tier.tier} holds under four events at an interval of ${formatDuration(stepMs)}; ${fewest} bad of ${events} fire it` });
    }
  }
}

function lintSecrets(spec: Spec, report: Report): void {
  spec.targets.forEach((target, i) => {
    if (URL.canParse(target.url) && new URL(target.url).password !== '') {
      report({ rule: 'inline-secret', path: ['targets', i, 'url'], message: 'the URL holds a password', hint: 'use password: ${file:/run/secrets/…} or ${env:…}' });
    }
  });
}
