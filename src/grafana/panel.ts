// One panel as Grafana's JSON, by its SDK. Ids, places and the order of keys come later (finish.ts).
import * as common from '@grafana/grafana-foundation-sdk/common';
import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import * as logs from '@grafana/grafana-foundation-sdk/logs';
import * as loki from '@grafana/grafana-foundation-sdk/loki';
import type * as prometheus from '@grafana/grafana-foundation-sdk/prometheus';
import * as stat from '@grafana/grafana-foundation-sdk/stat';
import * as statetimeline from '@grafana/grafana-foundation-sdk/statetimeline';
import * as table from '@grafana/grafana-foundation-sdk/table';
import * as tempo from '@grafana/grafana-foundation-sdk/tempo';
import * as text from '@grafana/grafana-foundation-sdk/text';
import * as timeseries from '@grafana/grafana-foundation-sdk/timeseries';
import type { Panel, Query, StatPanel, TimeseriesPanel } from './board.ts';
import { colorOf, links, look, mappings, thresholds } from './look.ts';
import { instant, ranged, SOURCES } from './query.ts';
import { tableOf } from './table-panel.ts';

/** The panel without id and place. */
export function sdkPanel(panel: Panel): dashboard.Panel {
  return builderOf(panel).title(panel.title).description(panel.description).build();
}

function builderOf(panel: Panel) {
  switch (panel.kind) {
    case 'stat':
      return statOf(panel);
    case 'timeseries':
      return timeseriesOf(panel);
    case 'state-timeline': {
      const builder = new statetimeline.PanelBuilder()
        .datasource(SOURCES.prometheus)
        .mappings(mappings(panel.mappings))
        .colorScheme(new dashboard.FieldColorBuilder().mode(dashboard.FieldColorModeId.Thresholds))
        .thresholds(thresholds({}))
        .mergeValues(true)
        .showValue(common.VisibilityMode.Never)
        .rowHeight(0.9)
        .legend(hiddenLegend())
        .tooltip(new common.VizTooltipOptionsBuilder().mode(common.TooltipDisplayMode.Multi))
        .noValue(panel.empty)
        .links(links(panel.links));
      return withQueries(builder, panel.queries, (query) => ranged(query));
    }
    case 'table':
      return tableOf(panel);
    case 'text':
      return new text.PanelBuilder().mode(text.TextMode.Markdown).content(panel.markdown).links(links(panel.links));
    case 'logs':
      return new logs.PanelBuilder()
        .datasource(SOURCES.loki)
        .withTarget(new loki.DataqueryBuilder().datasource(SOURCES.loki).expr(panel.expr).queryType('range'))
        .showTime(true)
        .wrapLogMessage(true)
        .enableLogDetails(true)
        .sortOrder(common.LogsSortOrder.Descending)
        .noValue(panel.empty)
        .links(links(panel.links));
    case 'traces':
      return new table.PanelBuilder()
        .datasource(SOURCES.tempo)
        .withTarget(
          new tempo.DataqueryBuilder()
            .datasource(SOURCES.tempo)
            .queryType('traceql')
            .query(panel.expr)
            .limit(20)
            .tableType(tempo.SearchTableType.Traces),
        )
        .showHeader(true)
        .noValue(panel.empty)
        .links(links(panel.links));
  }
}

function withQueries<B extends { withTarget(query: prometheus.DataqueryBuilder): B }>(
  builder: B,
  queries: readonly Query[],
  target: (query: Query) => prometheus.DataqueryBuilder,
): B {
  for (const query of queries) builder.withTarget(target(query));
  return builder;
}

function statOf(panel: StatPanel) {
  const builder = new stat.PanelBuilder()
    .datasource(SOURCES.prometheus)
    .colorMode(panel.thresholds || panel.mappings ? common.BigValueColorMode.Background : common.BigValueColorMode.None)
    .graphMode(panel.sparkline ? common.BigValueGraphMode.Area : common.BigValueGraphMode.None)
    .textMode(panel.names ? common.BigValueTextMode.ValueAndName : common.BigValueTextMode.Value)
    .justifyMode(common.BigValueJustifyMode.Center)
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false))
    .noValue(panel.empty)
    .links(links(panel.links));
  look(builder, panel, panel.queries[0]?.expr, panel.waive?.['unit-fits'] !== undefined);
  return withQueries(builder, panel.queries, panel.sparkline ? ranged : instant);
}

function timeseriesOf(panel: TimeseriesPanel) {
  const builder = new timeseries.PanelBuilder()
    .datasource(SOURCES.prometheus)
    .drawStyle(panel.bars ? common.GraphDrawStyle.Bars : common.GraphDrawStyle.Line)
    .lineWidth(1)
    .fillOpacity(panel.stack ? 30 : panel.bars ? 80 : 5)
    .showPoints(common.VisibilityMode.Auto)
    .spanNulls(panel.joinMs ?? false)
    .legend(
      new common.VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(common.LegendDisplayMode.Table)
        .placement(common.LegendPlacement.Bottom)
        .calcs(['lastNotNull', 'max']),
    )
    .tooltip(
      new common.VizTooltipOptionsBuilder().mode(common.TooltipDisplayMode.Multi).sort(common.SortOrder.Descending),
    )
    .noValue(panel.empty)
    .links(links(panel.links));
  if (panel.thresholds)
    builder.thresholdsStyle(
      new common.GraphThresholdsStyleConfigBuilder().mode(common.GraphThresholdsStyleMode.Dashed),
    );
  if (panel.stack) builder.stacking(new common.StackingConfigBuilder().mode(common.StackingMode.Normal).group('A'));
  if (panel.log)
    builder.scaleDistribution(new common.ScaleDistributionConfigBuilder().type(common.ScaleDistribution.Log).log(10));
  look(builder, { base: 'text', ...panel }, panel.queries[0]?.expr, panel.waive?.['unit-fits'] !== undefined);
  builder.colorScheme(new dashboard.FieldColorBuilder().mode(dashboard.FieldColorModeId.PaletteClassic));
  for (const { legend, color } of panel.queries)
    if (legend !== undefined && color !== undefined)
      builder.overrideByName(legend, [{ id: 'color', value: { mode: 'fixed', fixedColor: colorOf(color) } }]);
  return withQueries(builder, panel.queries, ranged);
}

const hiddenLegend = () =>
  new common.VizLegendOptionsBuilder()
    .showLegend(false)
    .displayMode(common.LegendDisplayMode.List)
    .placement(common.LegendPlacement.Bottom)
    .calcs([]);
