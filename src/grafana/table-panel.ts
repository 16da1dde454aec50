// A table: one row per set of labels, a query per column. Grafana joins them, leaves out what is not named, and gives titles.
import * as common from '@grafana/grafana-foundation-sdk/common';
import type * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import * as prometheus from '@grafana/grafana-foundation-sdk/prometheus';
import * as table from '@grafana/grafana-foundation-sdk/table';
import type { Column, Link, TablePanel } from './board.ts';
import { links, mappings, thresholds } from './look.ts';
import { instant, refId, SOURCES } from './query.ts';
import { unitOf } from './units.ts';

/** "Value #A" is what Grafana calls the value of a query when it joins tables. */
const valueField = (i: number): string => `Value #${refId(i)}`;
export function tableOf(panel: TablePanel) {
  const builder = new table.PanelBuilder()
    .datasource(SOURCES.prometheus)
    .showHeader(true)
    .cellHeight(common.TableCellHeight.Sm)
    .filterable(false)
    .sortBy([new common.TableSortByFieldStateBuilder().displayName(panel.sortBy.column).desc(panel.sortBy.descending)])
    .noValue(panel.empty)
    .links(links(panel.links));
  for (const { expr } of panel.columns) builder.withTarget(instant({ expr }).format(prometheus.PromQueryFormat.Table));
  const labels = Object.entries(panel.labels);
  const order = [...labels.map(([label]) => label), ...panel.columns.map((_, i) => valueField(i))];
  builder.withTransformation({ id: 'merge', options: {} });
  // Only what is named: labels that are not would be columns too.
  builder.withTransformation({ id: 'filterFieldsByName', options: { include: { names: order } } });
  builder.withTransformation({
    id: 'organize',
    options: {
      excludeByName: {},
      indexByName: Object.fromEntries(order.map((name, i) => [name, i])),
      renameByName: Object.fromEntries([...labels, ...panel.columns.map(({ title }, i) => [valueField(i), title])]),
    },
  });
  for (const column of panel.columns)
    builder.overrideByName(column.title, columnProperties(column, panel.waive?.['unit-fits'] !== undefined));
  for (const [label, to] of Object.entries(panel.labelLinks ?? {}))
    builder.overrideByName(panel.labels[label]!, [{ id: 'links', value: to.map(fieldLink) }]);
  return builder;
}

function columnProperties(column: Column, waived: boolean): dashboard.DynamicConfigValue[] {
  const { expr, decimals, width, mappings: shown, links: to } = column;
  const coloured = column.thresholds !== undefined || shown !== undefined;
  return [
    { id: 'unit', value: waived && column.unit !== undefined ? column.unit : unitOf(expr, column.unit) },
    ...(decimals === undefined ? [] : [{ id: 'decimals', value: decimals }]),
    ...(width === undefined ? [] : [{ id: 'custom.width', value: width }]),
    ...(shown === undefined ? [] : [{ id: 'mappings', value: mappings(shown) }]),
    ...(to === undefined ? [] : [{ id: 'links', value: to.map(fieldLink) }]),
    ...(coloured
      ? [
          { id: 'thresholds', value: thresholds(column).build() },
          { id: 'color', value: { mode: 'thresholds' } },
          { id: 'custom.cellOptions', value: { type: 'color-background', mode: 'basic' } },
        ]
      : []),
  ];
}

/** Links of fields have these two alone; the SDK's own would write those of dashboards. */
const fieldLink = ({ title, url }: Link) => ({ title, url, targetBlank: false });
