// Scrapes and evaluates rules in a real Prometheus, at times of our choice: hours pass in seconds. Does what Prometheus does:
// rules in order, staleness markers for what is gone, ALERTS, keep_firing_for; `for` is not needed by the rules it is used for.
import type { AlertingRule, RuleGroup } from '../../src/generate/rule.ts';
import type { Prometheus } from './prometheus.ts';
import { remoteWrite, STALE, type WrittenSeries } from './remote-write.ts';

export interface Exposed {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}
export interface Replay {
  readonly groups: readonly RuleGroup[];
  readonly fromMs: number;
  readonly toMs: number;
  /** Scrape and evaluation interval. */
  readonly stepMs: number;
  /** What is scraped at a time; the labels of the scrape are in it. Empty: nothing answers. */
  readonly scrape: (atMs: number) => readonly Exposed[];
  /** False while Prometheus itself is down: nothing is written, no marker either. */
  readonly up?: (atMs: number) => boolean;
}
/** An alert that began or ended. */
export interface Change {
  readonly atMs: number;
  readonly fires: boolean;
  readonly labels: Readonly<Record<string, string>>;
}

interface Active {
  readonly labels: Readonly<Record<string, string>>;
  /** When the condition held no longer: keep_firing_for counts from here. */
  overSinceMs: number | undefined;
}

const keyOf = (labels: Readonly<Record<string, string>>): string =>
  JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));

/** Plays it, and returns what began and ended to fire, in order. */
export async function replay(prometheus: Prometheus, plan: Replay): Promise<Change[]> {
  const changes: Change[] = [];
  let memory = newMemory();
  let wasUp = true;
  for (let at = plan.fromMs; at <= plan.toMs; at += plan.stepMs) {
    const isUp = plan.up?.(at) ?? true;
    if (!isUp) {
      wasUp = false;
      continue;
    }
    // A restart forgets what it had written last, and which alerts fired.
    if (!wasUp) memory = newMemory();
    wasUp = true;
    await write(prometheus, memory.scraped, at, plan.scrape(at));
    for (const [index, group] of plan.groups.entries()) {
      if ((at - plan.fromMs) % group.intervalMs !== 0) continue;
      for (const [position, rule] of group.rules.entries()) {
        const slot = `${index} ${position}`;
        const found = await prometheus.query(rule.expr, at);
        const last = memory.recorded.get(slot) ?? new Map();
        memory.recorded.set(slot, last);
        if ('record' in rule) {
          const named = found.map(({ metric, value }) => ({
            labels: { ...metric, ...rule.labels, __name__: rule.record },
            value,
          }));
          await write(prometheus, last, at, named);
        } else await evaluate(prometheus, rule, at, found, last, memory.active, changes);
      }
    }
  }
  return changes;
}

const newMemory = () => ({
  scraped: new Map<string, Readonly<Record<string, string>>>(),
  recorded: new Map<string, Map<string, Readonly<Record<string, string>>>>(),
  active: new Map<AlertingRule, Map<string, Active>>(),
});

/** Writes what is there and marks what is not there any more. */
async function write(
  prometheus: Prometheus,
  last: Map<string, Readonly<Record<string, string>>>,
  atMs: number,
  now: readonly Exposed[],
): Promise<void> {
  const keys = new Map(now.map(({ labels }) => [keyOf(labels), labels]));
  const series: WrittenSeries[] = [
    ...now.map(({ labels, value }) => ({ labels, samples: [[atMs, value] as const] })),
    ...[...last].filter(([key]) => !keys.has(key)).map(([, labels]) => ({ labels, samples: [[atMs, STALE] as const] })),
  ];
  last.clear();
  for (const [key, labels] of keys) last.set(key, labels);
  if (series.length > 0) await remoteWrite(prometheus.url, series);
}

async function evaluate(
  prometheus: Prometheus,
  rule: AlertingRule,
  atMs: number,
  found: readonly { metric: Record<string, string> }[],
  last: Map<string, Readonly<Record<string, string>>>,
  all: Map<AlertingRule, Map<string, Active>>,
  changes: Change[],
): Promise<void> {
  const active = all.get(rule) ?? new Map<string, Active>();
  all.set(rule, active);
  const held = new Set<string>();
  for (const { metric } of found) {
    const labels = Object.fromEntries(
      Object.entries({ ...metric, ...rule.labels, alertname: rule.alert }).filter(([name]) => name !== '__name__'),
    );
    const known = active.get(keyOf(labels));
    held.add(keyOf(labels));
    if (known !== undefined) known.overSinceMs = undefined;
    else {
      active.set(keyOf(labels), { labels, overSinceMs: undefined });
      changes.push({ atMs, fires: true, labels });
    }
  }
  for (const [key, alert] of active) {
    if (held.has(key)) continue;
    alert.overSinceMs ??= atMs;
    if (atMs - alert.overSinceMs < (rule.keepFiringForMs ?? 0)) continue;
    active.delete(key);
    changes.push({ atMs, fires: false, labels: alert.labels });
  }
  const firing = [...active.values()].map(({ labels }) => ({
    labels: { ...labels, __name__: 'ALERTS', alertstate: 'firing' },
    value: 1,
  }));
  await write(prometheus, last, atMs, firing);
}
