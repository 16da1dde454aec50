// Lanes of states: one line for each series, with the time below and what was changed across. Never judges a state.
import type { JsonObject } from '../grafana/finish.ts';
import { formatValue } from './format.ts';
import { type Mark, named } from './marks.ts';
import { bright, ground, html } from './markup.ts';
import { type Cell, cellOf, type Frame, type PanelData, type Span } from './read.ts';

const percent = (share: number): string => `${(share * 100).toFixed(2)}%`;

/** Lanes share the height; where that would be less than 18 pixels each, they scroll. */
export function lanesHtml(panel: JsonObject, { frames }: PanelData, span: Span, marks: readonly Mark[]): string {
  const { defaults } = panel.fieldConfig as unknown as { defaults: Parameters<typeof cellOf>[1] };
  const at = (seconds: number): number => (seconds - span.fromSeconds) / (span.toSeconds - span.fromSeconds);
  const across = marks
    .map(
      ({ atSeconds, title, color }) =>
        `<s style="left:${percent(at(atSeconds))};border-color:${bright(color) ?? '#888'}" title="${html(title)}"></s>`,
    )
    .join('');
  const lanes = frames.map((frame) => {
    const parts = stretchesOf(frame, span, (value): Cell => cellOf(value, defaults)).map(
      ({ from, to, cell }) =>
        `<u style="left:${percent(from)};width:${percent(to - from)};background:${ground(cell.color) ?? '#444'}" title="${html(cell.text)}"></u>`,
    );
    return `<div class="lane"><span title="${html(frame.name)}">${html(frame.name)}</span><div>${parts.join('')}${across}</div></div>`;
  });
  return `<div class="lanes">${namesHtml(marks, span, at)}${lanes.join('')}${timesHtml(span)}</div>`;
}

function namesHtml(marks: readonly Mark[], span: Span, at: (seconds: number) => number): string {
  const texts = named(marks, span, 0.08).map(
    ({ atSeconds, title, color }) =>
      `<em style="${at(atSeconds) > 0.9 ? `right:${percent(1 - at(atSeconds))}` : `left:${percent(at(atSeconds))}`};color:${bright(color) ?? '#888'}">${html(title)}</em>`,
  );
  return texts.length === 0 ? '' : `<div class="lane names"><span></span><div>${texts.join('')}</div></div>`;
}

/** Six times of the day, UTC; dates where the span is longer than a day. */
function timesHtml({ fromSeconds, toSeconds }: Span): string {
  const length = toSeconds - fromSeconds;
  const texts = [0, 0.2, 0.4, 0.6, 0.8, 1].map((share) => {
    const iso = formatValue((fromSeconds + share * length) * 1000, 'dateTimeAsIso');
    const side = share === 1 ? 'right:0' : `left:${percent(share)}`;
    return `<em style="${side}">${length > 86_400 ? iso.slice(5) : iso.slice(11)}</em>`;
  });
  return `<div class="lane times"><span></span><div>${texts.join('')}</div></div>`;
}

/** Stretches of the same state: share of the width where they begin and end, and what they show. */
export function stretchesOf(
  { points }: Frame,
  span: Span,
  shown: (value: number) => Cell,
): { readonly from: number; readonly to: number; readonly cell: Cell }[] {
  const length = span.toSeconds - span.fromSeconds;
  const at = (seconds: number): number => Math.min(1, Math.max(0, (seconds - span.fromSeconds) / length));
  const stretches: { from: number; to: number; cell: Cell }[] = [];
  for (const [seconds, value] of points) {
    const cell = shown(value);
    const last = stretches.at(-1);
    const [from, to] = [at(seconds - span.stepSeconds / 2), at(seconds + span.stepSeconds / 2)];
    if (last !== undefined && last.cell.text === cell.text && from - last.to < 1e-6) last.to = to;
    else stretches.push({ from, to, cell });
  }
  return stretches;
}
