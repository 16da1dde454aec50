// plimsoll diff --spec OLD NEW: what a change of the spec means, and with --prometheus what it would have meant for the last 30 days.
import { alertmanagerConfig } from '../../alerts/routing/alertmanager.ts';
import type { AmRoute } from '../../alerts/routing/config.ts';
import { BURN } from '../../alerts/routing/labels.ts';
import { receiversFor } from '../../alerts/routing/receivers-for.ts';
import { loadSpec } from '../files/load-spec.ts';
import { diffSpecs, type ToldOf, tiersOf } from '../generate/spec-diff.ts';
import { type AlertedDifferently, alertedDifferently, pagesText, stepOf } from '../generate/spec-pages.ts';
import { redact } from '../spec/finding.ts';
import type { Spec } from '../spec/spec.ts';
import { fetchEvents } from './event-history.ts';
import { CommandError, EXIT } from './exit.ts';
import { formatFindings } from './findings.ts';
import { openRemote, type Remote, type RemoteOptions } from './remote.ts';

const DAY = 86_400_000;
const JUDGED_MS = 30 * DAY;

export interface DiffSpecOptions extends RemoteOptions {
  readonly spec: readonly string[];
  readonly prometheus?: string;
}

/** Prints the differences; exit code 1 if there are any. Nothing is printed before Prometheus has answered. */
export async function diffSpec(options: DiffSpecOptions, nowMs: number): Promise<void> {
  const [oldPath, newPath, ...more] = options.spec;
  if (oldPath === undefined || newPath === undefined || more.length > 0)
    throw new CommandError(
      EXIT.usage,
      '--spec takes two files or folders: plimsoll diff --spec old.yaml plimsoll.yaml',
    );
  const remote = options.prometheus === undefined ? undefined : openRemote('--prometheus', options.prometheus, options);
  const [before, after] = bothSpecs(oldPath, newPath);
  const shown = (text: string) => redact(redact(text, before.secrets), after.secrets);
  const sentences = diffSpecs(before.spec, after.spec, toldBy()).map(shown);
  if (sentences.length === 0) {
    console.log(`${oldPath} and ${newPath} mean the same`);
    return;
  }
  const history = remote === undefined ? [] : await historyText(remote, before.spec, after.spec, nowMs);
  console.log([...sentences, ...history].join('\n'));
  console.log(`${sentences.length} difference${sentences.length === 1 ? '' : 's'} (${oldPath} -> ${newPath})`);
  process.exitCode = EXIT.findings;
}

/** Both, or the command ends with what is wrong with either. Warnings are left to `check`. */
function bothSpecs(...paths: readonly [string, string]) {
  const results = paths.map((path) => loadSpec([path], { without: true }));
  const [before, after] = results;
  if (before?.ok && after?.ok) return [before, after] as const;
  const errors = results.map(({ findings, secrets }) =>
    formatFindings(
      findings.filter((f) => f.severity === 'error'),
      secrets,
    ),
  );
  throw new CommandError(EXIT.invalid, [...new Set(errors)].filter((text) => text !== '').join('\n\n'));
}

/** Who is told, by the routes that are generated. The tree of a spec is built once. */
function toldBy(): ToldOf {
  const trees = new Map<Spec, AmRoute | undefined>();
  return (spec, { name, service, team }, severity) => {
    if (!trees.has(spec)) trees.set(spec, alertmanagerConfig(spec)?.route);
    const root = trees.get(spec);
    return root === undefined ? [] : receiversFor(root, { alertname: BURN, slo: name, service, team, severity });
  };
}

/** What old and new spec would have caused on what is recorded there. */
async function historyText(remote: Remote, before: Spec, after: Spec, nowMs: number): Promise<string[]> {
  const slos = alertedDifferently(before, after);
  if (slos.length === 0) return [`${remote.url}: no SLO would have alerted at other times`];
  const lines: string[] = [];
  const unknown: string[] = [];
  for (const slo of slos) {
    const recorded = await fetchEvents(remote, slo.name, { ...rangeOf(slo, before, after), toMs: nowMs });
    if (recorded.length === 0) unknown.push(slo.name);
    lines.push(...pagesText(slo, recorded, before, after));
  }
  const missing = unknown.length === 0 ? [] : [`not recorded there: ${unknown.join(', ')}`];
  return [
    `On the last 30 days of ${remote.url} it would have been:`,
    ...lines.map((line) => `  ${line}`),
    ...missing.map((line) => `  ${line}`),
  ];
}

/** Rows are as long as the step, but not shorter than the time between two evaluations. */
function rangeOf(slo: AlertedDifferently, before: Spec, after: Spec) {
  const tiers = [...(slo.before ? tiersOf(slo.before, before) : []), ...(slo.after ? tiersOf(slo.after, after) : [])];
  const rowMs = Math.max(stepOf(slo, before, after), before.alerting.interval);
  return { rowMs, judgedMs: JUDGED_MS, beforeMs: Math.max(0, ...tiers.map(({ longMs }) => longMs)) };
}
