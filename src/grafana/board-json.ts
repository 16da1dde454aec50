// A board as Grafana's classic JSON (schema 42), which file provisioning and the sidecar of the Helm chart load.
import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import { type Board, type Panel, panelsOf, type Row, type Variable } from './board.ts';
import { finishedPanel, flow, type JsonObject, panelId, plain, sorted, withoutPlacement } from './finish.ts';
import { sdkPanel } from './panel.ts';
import { SOURCES } from './query.ts';

/** On every board: links between them go by it. */
export const TAG = 'plimsoll';

const VARIABLES: Readonly<Record<'cluster' | 'service' | 'slo', Variable>> = {
  cluster: { name: 'cluster', label: 'Cluster', query: 'label_values(slo_info, cluster)' },
  service: { name: 'service', label: 'Service', query: 'label_values(slo_info{cluster=~"$cluster"}, service)' },
  slo: { name: 'slo', label: 'SLO', query: 'label_values(slo_info{cluster=~"$cluster", service=~"$service"}, slo)' },
};

/** The JSON of a board. Throws an Error where a unit does not fit its query. */
export function boardJson(board: Board): JsonObject {
  const builder = new dashboard.DashboardBuilder(board.title)
    .uid(board.uid)
    .description(board.description)
    .tags([TAG])
    .readonly()
    .timezone('utc')
    .refresh('1m')
    .time({ from: board.from ?? 'now-6h', to: 'now' })
    .tooltip(dashboard.DashboardCursorSync.Crosshair)
    .withVariable(new dashboard.DatasourceVariableBuilder('datasource').label('Data Source').type('prometheus'));
  for (const name of ['cluster', 'service', 'slo'] as const)
    builder.withVariable(
      variable({ ...VARIABLES[name], single: name === 'slo' && board.oneSlo === true }, !board.uses.includes(name)),
    );
  for (const own of board.variables ?? []) builder.withVariable(variable(own, false));
  for (const annotation of annotations(board)) builder.annotation(annotation);
  builder.link(
    new dashboard.DashboardLinkBuilder('Boards')
      .type(dashboard.DashboardLinkType.Dashboards)
      .tags([TAG])
      .asDropdown(true)
      .keepTime(true)
      .includeVars(true),
  );
  for (const { title, url } of board.links ?? [])
    builder.link(
      new dashboard.DashboardLinkBuilder(title)
        .type(dashboard.DashboardLinkType.Link)
        .icon('external link')
        .url(url)
        .keepTime(true)
        .includeVars(true),
    );
  const json = plain(builder.build());
  return sorted({
    ...json,
    // The SDK's own are hidden in a menu.
    links: (json.links as object[]).map(withoutPlacement),
    annotations: { list: ((json.annotations as { list: object[] }).list ?? []).map(withoutPlacement) },
    templating: { list: (json.templating as { list: JsonObject[] }).list.map(finishedVariable) },
    panels: placed(board),
  }) as JsonObject;
}

function variable(
  { name, label, query: asked, single, resultLabel }: Variable,
  hidden: boolean,
): dashboard.QueryVariableBuilder {
  const query = resultLabel === undefined ? asked : `query_result(${asked})`;
  const builder = new dashboard.QueryVariableBuilder(name)
    .label(label)
    .query({ query, refId: name })
    .definition(query)
    .datasource(SOURCES.prometheus)
    .refresh(dashboard.VariableRefresh.OnTimeRangeChanged)
    .sort(dashboard.VariableSort.AlphabeticalAsc)
    .hide(hidden ? dashboard.VariableHide.HideVariable : dashboard.VariableHide.DontHide);
  if (resultLabel !== undefined) builder.regex(`/\\b${resultLabel}="([^"]+)"/`);
  if (single) return builder;
  builder
    .multi(true)
    .includeAll(true)
    .current({ text: ['All'], value: ['$__all'] });
  // Not ".+": series without the label would be nowhere.
  return resultLabel === undefined ? builder.allValue('.*') : builder;
}

/** Without the settings of interval variables, which the SDK writes for all. */
function finishedVariable(json: JsonObject): JsonObject {
  const { auto: _a, auto_min: _m, auto_count: _c, ...rest } = json;
  return rest;
}

const annotations = ({ uses }: Board) => [
  new dashboard.AnnotationQueryBuilder()
    .name('Alerts')
    .datasource(SOURCES.prometheus)
    .enable(true)
    .iconColor('red')
    .expr(
      `max by (alertname, slo, service, severity, tier) (ALERTS{alertstate="firing", severity=~"page|ticket", cluster=~"$cluster"${uses.includes('slo') ? ', slo=~"$slo"' : ''}})`,
    )
    .step('1m')
    .titleFormat('{{alertname}} {{slo}} {{tier}}')
    .textFormat('{{severity}} {{service}}'),
  // Compared with the step before, however long it is: no change falls between two steps.
  new dashboard.AnnotationQueryBuilder()
    .name('What changed')
    .datasource(SOURCES.prometheus)
    .enable(true)
    .iconColor('blue')
    .expr(
      'sum by (kind, service) (change_events_total{cluster=~"$cluster", service=~"$service|plimsoll"} - change_events_total{cluster=~"$cluster", service=~"$service|plimsoll"} offset $__interval) > 0',
    )
    .step('1m')
    .titleFormat('{{kind}}')
    .textFormat('{{service}}'),
];

const rowPanel = ({ title }: Row, y: number, panels: JsonObject[]): JsonObject => ({
  type: 'row',
  title,
  collapsed: true,
  id: panelId(`row ${title}`),
  gridPos: { x: 0, y, w: 24, h: 1 },
  panels,
});

function placed({ uid, first, rows }: Board): JsonObject[] {
  const made = (panel: Panel): object => {
    try {
      return sdkPanel(panel);
    } catch (error) {
      throw new Error(`${uid}, ${panel.title}: ${(error as Error).message}`);
    }
  };
  const of = (panels: readonly Panel[], top: number) => {
    const { places, bottom } = flow(panels, top);
    return { json: panels.map((panel, i) => finishedPanel(made(panel), panel.title, places[i]!)), bottom };
  };
  const screen = of(first, 0);
  // Collapsed rows lie one below the other; their panels have places for when they are opened.
  return [
    ...screen.json,
    ...rows.map((row, i) => {
      const y = screen.bottom + i;
      return rowPanel(row, y, of(row.panels, y + 1).json);
    }),
  ];
}

/** A board's panel by title: /d/UID?viewPanel=ID. Throws an Error if it has no such panel. */
export function panelPath(board: Board, title: string): string {
  if (!panelsOf(board).some((panel) => panel.title === title)) throw new Error(`${board.uid} has no panel "${title}"`);
  return `/d/${board.uid}?viewPanel=${panelId(title)}`;
}
