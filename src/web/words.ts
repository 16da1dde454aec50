// Numbers and states as people read them, in the words of `plimsoll status`. Pure; rounds so that nothing looks better than it is.
import type { SloState, SloView } from '../engine/view.ts';
import { type Html, html } from './markup.ts';

/** Rounded down, so that 99.996 % is never shown as whole, nor an overspent budget as 0. */
export function percent(ratio: number | null | undefined, digits = 2): string {
  if (typeof ratio !== 'number' || !Number.isFinite(ratio)) return 'no data';
  const scale = 10 ** digits;
  return `${(Math.floor(ratio * 100 * scale + 1e-6) / scale).toFixed(digits)}%`;
}

/** "39.2%", or "overspent by 66.8%"; a debt is rounded up. */
export function budgetLeft(ratio: number | null | undefined, digits = 1): string {
  const text = percent(ratio, digits);
  return text.startsWith('-') ? `overspent by ${text.slice(1)}` : text;
}

/** As it was promised: 99.90%, 99.995%. */
export function objective(ratio: number): string {
  const exact = String(Number((ratio * 100).toFixed(5)));
  return `${Number(exact).toFixed(Math.max(2, exact.split('.')[1]?.length ?? 0))}%`;
}

/** `-`: the period of this SLO has no such window. */
export function burn(rate: number | null | undefined): string {
  if (rate === undefined) return '-';
  if (rate === null || !Number.isFinite(rate)) return 'no data';
  return rate < 100 ? rate.toFixed(1) : Math.round(rate).toString();
}

/** "12m", "3h 5m" or "2d 4h", at least a minute. */
export function span(ms: number): string {
  const minutes = Math.max(1, Math.round(Math.abs(ms) / 60_000));
  const parts = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60), minutes % 60];
  const text = ['d', 'h', 'm'].flatMap((unit, i) => (parts[i]! > 0 ? [`${parts[i]}${unit}`] : [])).slice(0, 2);
  return text.join(' ');
}

const when = (ms: number): string => (Math.abs(ms) < 30_000 ? 'now' : `in ${span(ms)}`);
const RECENT_MS = 60_000;
/** "just now" or "12m ago". */
export const ago = (ms: number): string => (ms < RECENT_MS ? 'just now' : `${span(ms)} ago`);

/** What becomes of the budget. */
export function outlook(slo: SloView, nowMs: number): string {
  if (slo.recoversAtMs !== null && (slo.currentBurnRate ?? 0) > 1) return 'overspent, and still burning';
  if (slo.exhaustedAtMs !== null) return `budget gone ${when(slo.exhaustedAtMs - nowMs)}`;
  if (slo.recoversAtMs !== null) return `above 0 ${when(slo.recoversAtMs - nowMs)}`;
  if (slo.wholeAtMs !== null) return `whole ${when(slo.wholeAtMs - nowMs)}`;
  return '';
}

/**
 * Why nothing can be told, else of the newest episode: `dependency: db_error 12m ago (shop-db refused)`, with the targets that this one
 * depends on and that fail now.
 */
export function lastBlame({ blind, blame, outcome, lastBadMs, failingDependencies }: SloView, nowMs: number): string {
  if (blind) return `${blind.blame}: ${blind.outcome}`;
  if (blame === null) return '';
  const agoMs = nowMs - (lastBadMs ?? nowMs);
  const when = agoMs < RECENT_MS ? '' : ` ${span(agoMs)} ago`;
  const failing = failingDependencies.map((f) => `${f.target} ${f.outcome}`).join(', ');
  return `${blame}: ${outcome}${when}${failing === '' ? '' : ` (${failing})`}`;
}

export const WORST_FIRST: readonly SloState[] = ['exhausted', 'burning', 'no-data', 'maintenance', 'ok'];

/** In the order of `plimsoll status`. */
export const worstFirst = (list: readonly SloView[]): SloView[] =>
  list.toSorted(
    (a, b) =>
      WORST_FIRST.indexOf(a.state) - WORST_FIRST.indexOf(b.state) ||
      (a.budgetRemainingRatio ?? 2) - (b.budgetRemainingRatio ?? 2),
  );

const SIGNS: Readonly<Record<SloState, string>> = {
  exhausted: '✖',
  burning: '▲',
  'no-data': '?',
  maintenance: '∥',
  ok: '✓',
};

/** What a state means, in a sentence. */
export const MEANINGS: Readonly<Record<SloState, string>> = {
  exhausted: 'No error budget is left in this period.',
  burning: 'Errors come faster than the budget allows.',
  'no-data': 'Nothing is known of it now. That is not good, and it is not bad.',
  maintenance: 'Planned work goes on: what happens now is excluded.',
  ok: 'Errors, if any, are within what the budget allows.',
};

/** The state as sign and word, so that colour is never alone. */
export const stateTag = (state: SloState): Html =>
  html`<span class="state ${state}"><span aria-hidden="true">${SIGNS[state]}</span> ${state}</span>`;

/** A number as it is served by the API, and as people read it. */
export const data = (name: string, value: number | null | undefined, text: string): Html =>
  html`<data class="${name}" value="${value ?? 'null'}">${text}</data>`;

/** "2026-11-26 02:14:05 UTC" as an element that the script can show in local time. */
export const time = (ms: number): Html =>
  html`<time datetime="${iso(ms)}">${iso(ms).slice(0, 19).replace('T', ' ')} UTC</time>`;

/** A moment as the API writes it; times that no calendar has are left as numbers. */
export const iso = (ms: number): string =>
  Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : `${ms} ms since 1970`;

/** Budget in minutes of the SLO's own steps: "39 min", "-12 min", "0.5 min". */
export const minutes = (value: number): string => `${Math.abs(value) < 10 ? value.toFixed(1) : Math.round(value)} min`;

/** "1 view", "2 views": `one` is the word for a single one. */
export const counted = (value: number, one: string): string => `${count(value)} ${one}${value === 1 ? '' : 's'}`;

export const count = (value: number): string => String(value).replaceAll(/\B(?=(\d{3})+$)/g, '\u202f');
