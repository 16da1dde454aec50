// How numbers look: unit, thresholds, texts in place of values, colours. And links of panels.
import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import type { Color, Link, Look, Mapping } from './board.ts';
import { unitOf } from './units.ts';

/** What stat and timeseries have in common. */
interface Numeric {
  unit(unit: string): unknown;
  decimals(decimals: number): unknown;
  min(min: number): unknown;
  max(max: number): unknown;
  mappings(mappings: dashboard.ValueMapping[]): unknown;
  thresholds(thresholds: dashboard.ThresholdsConfigBuilder): unknown;
}

/** With `waived`, the unit is taken as it is. */
export function look(builder: Numeric, panel: Look, expr: string | undefined, waived: boolean): void {
  const unit = expr === undefined || waived ? panel.unit : unitOf(expr, panel.unit);
  if (unit !== undefined) builder.unit(unit);
  if (panel.decimals !== undefined) builder.decimals(panel.decimals);
  if (panel.min !== undefined) builder.min(panel.min);
  if (panel.max !== undefined) builder.max(panel.max);
  if (panel.mappings !== undefined) builder.mappings(mappings(panel.mappings));
  builder.thresholds(thresholds(panel));
}

/** As Grafana calls them: dark enough to read white numbers on. */
const COLORS: Readonly<Record<Color, string>> = {
  green: 'green',
  yellow: '#E0B400',
  orange: 'orange',
  red: 'red',
  blue: 'blue',
  purple: 'purple',
  gray: '#808080',
  text: 'text',
};
/** The colour as it stands in the JSON. */
export const colorOf = (color: Color): string => COLORS[color];

export const thresholds = ({ base = 'green', thresholds: steps = [] }: Look) =>
  new dashboard.ThresholdsConfigBuilder().mode(dashboard.ThresholdsMode.Absolute).steps([
    // The SDK's type has no null, which is what Grafana writes for "from minus infinity".
    { value: null as unknown as number, color: COLORS[steps.length === 0 ? 'text' : base] },
    ...steps.map(({ from, color }) => ({ value: from, color: COLORS[color] })),
  ]);

export function mappings(of: readonly Mapping[]): dashboard.ValueMapping[] {
  return of.map(({ value, text: shown, color }, index) => {
    const result = { text: shown, index, ...(color !== undefined && { color: COLORS[color] }) };
    if (typeof value === 'number') return { type: dashboard.MappingType.ValueToText, options: { [value]: result } };
    if (typeof value === 'string')
      return {
        type: dashboard.MappingType.SpecialValue,
        options: {
          match: value === 'nan' ? dashboard.SpecialValueMatch.NotANumber : dashboard.SpecialValueMatch.Null,
          result,
        },
      };
    return { type: dashboard.MappingType.RangeToText, options: { from: value[0], to: value[1], result } };
  });
}

export const links = (of: readonly Link[] = []) =>
  of.map(({ title, url }) => new dashboard.DashboardLinkBuilder(title).type(dashboard.DashboardLinkType.Link).url(url));
