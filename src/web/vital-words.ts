// Vitals as people read them: names, times, grades with a sign. Pure.
import type { Grade, VitalNumbers } from '../spec/real-users.ts';
import { VITALS, type VitalName } from '../spec/vitals.ts';
import { type Html, html } from './markup.ts';

export const VITAL_TITLES: Readonly<Record<VitalName, string>> = {
  lcp: 'Largest paint (LCP)',
  inp: 'Reaction to input (INP)',
  cls: 'Layout shift (CLS)',
  fcp: 'First paint (FCP)',
  ttfb: 'First byte (TTFB)',
};

const SPACE = '\u00a0';

/** "820 ms", "2.43 s". */
export const seconds = (value: number): string =>
  value < 0.9995 ? `${Math.round(value * 1000)}${SPACE}ms` : `${value.toFixed(value < 10 ? 2 : 1)}${SPACE}s`;

/** In the unit of the vital; the layout shift has none. */
export const vitalText = (vital: VitalName, value: number): string =>
  vital === 'cls' ? value.toFixed(3) : seconds(value);

/** A value beyond the last boundary is only known to be larger than it. */
export const orMore = (vital: VitalName, value: number | undefined): string =>
  value === undefined
    ? `over ${vitalText(vital, (VITALS[vital].buckets as readonly number[]).at(-1)!)}`
    : vitalText(vital, value);

const SIGNS: Readonly<Record<Grade, string>> = { good: '✓', 'needs-improvement': '▲', poor: '✖' };
const CLASSES: Readonly<Record<Grade, string>> = { good: 'good', 'needs-improvement': 'middling', poor: 'bad' };
export const GRADE_WORDS: Readonly<Record<Grade, string>> = {
  good: 'good',
  'needs-improvement': 'needs improvement',
  poor: 'poor',
};

/** Sign and word, so that colour is never alone. */
export const gradeTag = ({ grade, n }: Pick<VitalNumbers, 'grade' | 'n'>, enough: number): Html =>
  grade === null
    ? html`<span class="unknown">? ${n} of ${enough}: no verdict</span>`
    : html`<b class="${CLASSES[grade]}"><span aria-hidden="true">${SIGNS[grade]}</span> ${GRADE_WORDS[grade]}</b>`;
