// All boards of a spec with their JSON, and what is wrong with them.
import { ruleGroups } from '../alerts/generate.ts';
import type { Board, Panel } from '../src/grafana/board.ts';
import { boardJson } from '../src/grafana/board-json.ts';
import { type AlertRef, type Built, type LintResult, lint } from '../src/grafana/lint.ts';
import type { Spec } from '../src/spec/spec.ts';
import { BOARDS } from './boards.ts';
import type { Overlays } from './overlays.ts';

/** The rules of dashboard-linter about labels that our queries do not go by. */
const WITHOUT_JOB: Readonly<Record<string, string>> = Object.fromEntries(
  ['template-job-rule', 'template-instance-rule', 'target-job-rule', 'target-instance-rule'].map((rule) => [
    rule,
    'SLOs, targets and parts are known by cluster and their own labels; job and instance change when an exporter is moved',
  ]),
);

/** Boards with the rows that teams added. Throws an Error where a unit does not fit its query. */
export function builtBoards(spec: Spec, overlays: Overlays = {}): Built[] {
  const alerts = alertsOf(spec);
  const boards = BOARDS.map((make) => make(spec));
  const uids = boards.map(({ uid }) => uid);
  for (const uid of Object.keys(overlays).filter((one) => !uids.includes(one)))
    throw new Error(
      `dashboards/overlays/${uid.replace('plimsoll-', '')}.ts is named after no board; there are ${uids.map((one) => one.replace('plimsoll-', '')).join(', ')}`,
    );
  return boards.map((board) => {
    const rows = [...board.rows, ...(overlays[board.uid]?.(spec) ?? [])];
    const linked: Board = {
      ...board,
      first: board.first.map((panel) => withRunbooks(panel, alerts)),
      rows: rows.map((row) => ({ ...row, panels: row.panels.map((panel) => withRunbooks(panel, alerts)) })),
      waive: { ...WITHOUT_JOB, ...board.waive },
    };
    return { board: linked, json: boardJson(linked) };
  });
}

/** The panel, with links to the runbooks of the alerts that it explains. */
function withRunbooks(panel: Panel, alerts: readonly AlertRef[]): Panel {
  const urls = new Map(
    alerts.flatMap(({ name, runbook }) =>
      runbook !== undefined && panel.alerts?.includes(name) ? [[name, runbook]] : [],
    ),
  );
  if (urls.size === 0) return panel;
  const own = (panel.links ?? []).filter(({ url }) => ![...urls.values()].includes(url));
  return { ...panel, links: [...own, ...[...urls].map(([name, url]) => ({ title: `Runbook ${name}`, url }))] };
}

/** All alerts of a spec, with where they lead. */
const alertsOf = (spec: Spec): AlertRef[] =>
  ruleGroups(spec)
    .flatMap(({ rules }) => rules)
    .filter((rule) => 'alert' in rule)
    .map(({ alert, annotations: { runbook_url, dashboard_url } }) => {
      const board = /\/d\/([\w-]+)/.exec(dashboard_url ?? '')?.[1];
      return {
        name: alert,
        // Without an address, the link of an alert is the name of a file.
        ...(runbook_url?.includes('/') && { runbook: runbook_url }),
        ...(board !== undefined && { board }),
      };
    });

export const checkBoards = (spec: Spec, built: readonly Built[]): LintResult => lint(built, alertsOf(spec));
