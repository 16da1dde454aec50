// What is wrong with boards, as findings: the rules of Grafana's dashboard-linter by their names, and ours. Waivers carry a
// reason and must be needed. Pure.

import type { Board, Panel } from './board.ts';
import { panelsOf } from './board.ts';
import type { JsonObject } from './finish.ts';
import { boardRules } from './lint-board.ts';
import { panelRules } from './lint-panel.ts';

export interface Finding {
  readonly board: string;
  readonly panel?: string;
  readonly rule: string;
  readonly message: string;
}
export interface Waiver {
  readonly board: string;
  readonly panel?: string;
  readonly rule: string;
  readonly reason: string;
}
export interface Built {
  readonly board: Board;
  readonly json: JsonObject;
}
export interface LintResult {
  readonly findings: readonly Finding[];
  /** Waivers that kept a finding back. */
  readonly waived: readonly Waiver[];
}

export interface AlertRef {
  readonly name: string;
  readonly runbook?: string;
  /** Uid of the board that the alert leads to. */
  readonly board?: string;
}

/** A rule's name and what it says of something; nothing if it is fine. */
export type Said = readonly [rule: string, message: string];

/** Everything that is wrong with a set of boards that belong together. `alerts`: all alerts. */
export function lint(all: readonly Built[], alerts: readonly AlertRef[]): LintResult {
  const results = all.map((built) => lintOne(built, all, alerts));
  return {
    findings: [...results.flatMap((r) => r.findings), ...unseen(all, alerts)],
    waived: results.flatMap((r) => r.waived),
  };
}

function lintOne({ board, json }: Built, all: readonly Built[], alerts: readonly AlertRef[]): LintResult {
  const uids = new Set(all.map((one) => one.board.uid));
  const own = sift(board.uid, undefined, boardRules(board, json, uids), board.waive);
  const panels = panelsOf(board).map((panel) =>
    sift(board.uid, panel, panelRules(panel, board, panelJson(json, panel.title), { alerts }), {
      ...board.waive,
      ...panel.waive,
    }),
  );
  const waived = [own, ...panels].flatMap((r) => r.waived);
  return { findings: [own, ...panels].flatMap((r) => r.findings).concat(idle(board, waived)), waived };
}

/** Findings that are not waived, and waivers that kept one back. */
function sift(
  board: string,
  panel: Panel | undefined,
  said: readonly Said[],
  waive: Readonly<Record<string, string>> = {},
): { findings: Finding[]; waived: Waiver[] } {
  const at = { board, ...(panel && { panel: panel.title }) };
  return {
    findings: said.filter(([rule]) => waive[rule] === undefined).map(([rule, message]) => ({ ...at, rule, message })),
    waived: [...new Set(said.map(([rule]) => rule))]
      .filter((rule) => waive[rule] !== undefined)
      .map((rule) => ({ ...at, rule, reason: waive[rule]! })),
  };
}

/** Waivers that keep nothing back are left over. `unit-fits` works before this, when a unit is chosen. */
function idle(board: Board, waived: readonly Waiver[]): Finding[] {
  const isUsed = (rule: string, panel?: string) =>
    rule === 'unit-fits' || waived.some((one) => one.rule === rule && (panel === undefined || one.panel === panel));
  const message = 'waived, but nothing is wrong here: remove the waiver';
  return [
    ...Object.keys(board.waive ?? {})
      .filter((rule) => !isUsed(rule))
      .map((rule) => ({ board: board.uid, rule, message })),
    ...panelsOf(board).flatMap((panel) =>
      Object.keys(panel.waive ?? {})
        .filter((rule) => !isUsed(rule, panel.title))
        .map((rule) => ({ board: board.uid, panel: panel.title, rule, message })),
    ),
  ];
}

/** Alerts that no panel explains, or none on the board that they lead to. */
function unseen(all: readonly Built[], alerts: readonly AlertRef[]): Finding[] {
  const explains = ({ board }: Built, name: string) => panelsOf(board).some((panel) => panel.alerts?.includes(name));
  return alerts.flatMap(({ name, board }): Finding[] => {
    if (!all.some((one) => explains(one, name)))
      return [{ board: '(all)', rule: 'alert-has-panel', message: `no panel explains ${name}` }];
    if (board === undefined || all.some((one) => one.board.uid === board && explains(one, name))) return [];
    return [{ board, rule: 'alert-leads-back', message: `${name} leads here, and no panel explains it` }];
  });
}

/** The JSON of a panel by its title, in rows as well. */
export function panelJson(json: JsonObject, title: string): JsonObject {
  const panels = json.panels as readonly JsonObject[];
  const all = panels.flatMap((panel) => [panel, ...((panel.panels ?? []) as readonly JsonObject[])]);
  const found = all.find((panel) => panel.title === title && panel.type !== 'row');
  if (found === undefined) throw new Error(`no panel "${title}"`);
  return found;
}
