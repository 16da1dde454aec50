// A badge as SVG: name, state and budget of an SLO. Nothing else of it is told.
import type { SloView } from '../engine/view.ts';
import { html } from './markup.ts';
import { budgetLeft } from './words.ts';

const COLOURS: Readonly<Record<SloView['state'], string>> = {
  ok: '#1a7f37',
  burning: '#a04100',
  exhausted: '#b3261e',
  'no-data': '#57606a',
  maintenance: '#1f5fa8',
};
const CHARACTER = 6.6;

/** White text on these grounds has a contrast of at least 4.5. */
export function badge(view: SloView): string {
  const budget = budgetLeft(view.budgetRemainingRatio, 0);
  const right =
    view.state === 'no-data'
      ? 'no data'
      : `${view.state}, ${budget.startsWith('overspent') ? budget : `${budget} left`}`;
  const [a, b] = [view.name, right].map((text) => Math.round(text.length * CHARACTER + 14)) as [number, number];
  return html`<svg xmlns="http://www.w3.org/2000/svg" width="${a + b}" height="20" role="img" aria-label="${`${view.name}: ${right}`}"><title>${view.name}: ${right}</title><rect width="${a}" height="20" fill="#30363d"/><rect x="${a}" width="${b}" height="20" fill="${COLOURS[view.state]}"/><g fill="#fff" font-family="DejaVu Sans Mono,monospace" font-size="11"><text x="7" y="14">${view.name}</text><text x="${a + 7}" y="14">${right}</text></g></svg>
`.text;
}
