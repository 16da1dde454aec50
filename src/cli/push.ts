// plimsoll push rules|alertmanager|dashboards URL: loads what was generated into Mimir or Grafana. Shows what would change; --yes does it.
// Only our namespace is touched, and what is replaced is kept.
import type { Command } from 'commander';
import { diffGroups } from '../generate/diff-rules.ts';
import type { ReadGroup } from '../generate/read-rules.ts';
import { MIMIR_NAMESPACE, yamlText } from '../generate/rule-files.ts';
import { CommandError, EXIT } from './exit.ts';
import { GENERATED, readGenerated } from './generated-rules.ts';
import { BOARDS_FOLDER } from './grafana-boards.ts';
import { commandLine, keep } from './kept.ts';
import { fetchLoaded } from './loaded-rules.ts';
import { type PushOptions, pushAlertmanager } from './push-alertmanager.ts';
import { pushDashboards } from './push-dashboards.ts';
import { openRemote, type Remote, remoteArguments, withRemoteOptions } from './remote.ts';
import { findRuler, noRuler, type Ruler } from './ruler.ts';

export function registerPush(program: Command): void {
  const push = program
    .command('push')
    .description('load generated files into Mimir or Grafana; shows what would change');
  const options = (command: Command, from = GENERATED) =>
    withRemoteOptions(command)
      .option('--from <path>', 'folder or file to load', from)
      .option('--keep <dir>', 'folder for the file with what is replaced', '.')
      .option('--yes', 'do it; without, nothing is changed');
  options(push.command('rules <url>').description(`rules of the namespace ${MIMIR_NAMESPACE}`)).action(pushRules);
  options(push.command('alertmanager <url>').description('config and templates of the tenant')).action(
    pushAlertmanager,
  );
  options(
    push.command('dashboards <url>').description('boards into the folder Plimsoll of a Grafana'),
    BOARDS_FOLDER,
  ).action(pushDashboards);
}

interface Plan {
  readonly set: readonly ReadGroup[];
  readonly gone: readonly string[];
  readonly sentences: readonly string[];
}

async function pushRules(url: string, options: PushOptions): Promise<void> {
  const remote = openRemote('URL', url, options);
  const generated = readGenerated(options.from, 'mimir');
  const ruler = (await findRuler(remote)) ?? (await refuse(remote));
  const loaded = await ruler.read();
  const plan = planFor(loaded, generated);
  const where = `${remote.url}, ${options.tenant === undefined ? '' : `tenant ${options.tenant}, `}namespace ${MIMIR_NAMESPACE}`;
  if (plan.sentences.length === 0) {
    console.log(`${where}: ${sizeOf(generated)}, as in ${options.from}; nothing to do`);
    return;
  }
  console.log(plan.sentences.join('\n'));
  if (options.yes !== true) {
    console.log(
      `${where}: ${plan.set.length} to set, ${plan.gone.length} to delete, ${generated.length - plan.set.length} stay. Nothing was changed; --yes does it`,
    );
    return;
  }
  const file = keep(options.keep, yamlText({ namespace: MIMIR_NAMESPACE, groups: loaded.map((g) => g.raw) }, REPLACED));
  const back = commandLine(['plimsoll', 'push', 'rules', url, ...remoteArguments(options), '--from', file, '--yes']);
  console.log(`what is replaced is kept in ${file}; to go back:\n  ${back}`);
  await apply(ruler, plan, back);
  const left = planFor(await ruler.read(), generated).sentences;
  if (left.length > 0)
    throw new CommandError(
      EXIT.findings,
      `${where}: what was loaded is not what is there now:\n${left.join('\n')}\nto go back: ${back}`,
    );
  console.log(`${where}: ${sizeOf(generated)} are loaded, as in ${options.from}`);
}

const REPLACED = ' What plimsoll push replaced. Push this file to go back.';
const sizeOf = (groups: readonly ReadGroup[]): string =>
  `${groups.length} groups with ${groups.reduce((sum, group) => sum + group.rules.length, 0)} rules`;

/** Groups that differ are set whole: Mimir replaces a group at once. */
function planFor(loaded: readonly ReadGroup[], generated: readonly ReadGroup[]): Plan {
  const old = new Map(loaded.map((group) => [group.name, group]));
  const names = new Set(generated.map((group) => group.name));
  const set = generated.filter((group) => {
    const was = old.get(group.name);
    return was === undefined || diffGroups([was], [group]).length > 0;
  });
  const gone = loaded.filter((group) => !names.has(group.name)).map((group) => group.name);
  return { set, gone, sentences: diffGroups(loaded, generated) };
}

/** Sets before it deletes: a rule that moved is there twice for a moment rather than not at all. */
async function apply(ruler: Ruler, { set, gone }: Plan, back: string): Promise<void> {
  const steps = [
    ...set.map((group) => ({ what: `set group ${group.name}`, run: () => ruler.set(group) })),
    ...gone.map((name) => ({ what: `delete group ${name}`, run: () => ruler.remove(name) })),
  ];
  const done: string[] = [];
  for (const [i, { what, run }] of steps.entries()) {
    try {
      await run();
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      const list = (words: readonly string[]) => (words.length === 0 ? 'nothing' : words.join(', '));
      const left = steps.slice(i).map((step) => step.what);
      throw new CommandError(
        error.exitCode,
        `${what}: ${error.message}\ndone: ${list(done)}\nnot done: ${list(left)}\nto go back: ${back}`,
      );
    }
    console.log(what);
    done.push(what);
  }
}

async function refuse(remote: Remote): Promise<never> {
  if ((await fetchLoaded(remote)) !== undefined)
    throw new CommandError(
      EXIT.usage,
      `${remote.url} is a Prometheus, which takes rules from files: name the generated file in its rule_files and reload it; plimsoll diff --against ${remote.url} compares`,
    );
  throw await noRuler(remote);
}
