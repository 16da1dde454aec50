// Small drawings in SVG: the bar of a budget, the bars of days. Shapes and texts say what colours say too.
import type { SloView } from '../engine/view.ts';
import { type Html, html } from './markup.ts';

/** A bar from 0 to 1; what is overspent is hatched, and empty is what is not known now. The number stands beside it as text. */
export function budgetBar({
  budgetRemainingRatio: ratio,
  state,
}: Pick<SloView, 'budgetRemainingRatio' | 'state'>): Html {
  const width = state === 'no-data' ? 0 : Math.round(Math.max(0, Math.min(1, ratio ?? 0)) * 100);
  const kind = ratio === null || state === 'no-data' ? 'none' : ratio <= 0 ? 'over' : ratio < 0.25 ? 'low' : 'fine';
  return html`<svg class="bar ${kind}" viewBox="0 0 100 10" width="100" height="10" aria-hidden="true" focusable="false"><rect class="rail" width="100" height="10"/>${kind === 'over' ? html`<path class="cross" d="M0 10L10 0M10 10L20 0M20 10L30 0M30 10L40 0M40 10L50 0M50 10L60 0M60 10L70 0M70 10L80 0M80 10L90 0M90 10L100 0"/>` : html`<rect class="part" width="${width}" height="10"/>`}</svg>`;
}
