// plimsoll diff: what differs, in words; exit 0 the same, 1 different. --against: what is loaded in a Mimir or Prometheus, only read;
// --spec: two specs, in diff-spec.ts.
import type { Command } from 'commander';
import { type ComparedGroup, diffGroups } from '../generate/diff-rules.ts';
import { diffSpec } from './diff-spec.ts';
import { CommandError, EXIT } from './exit.ts';
import { GENERATED, readGenerated } from './generated-rules.ts';
import { fetchLoaded, oursAmong, printedBy } from './loaded-rules.ts';
import { openRemote, type Remote, type RemoteOptions, withRemoteOptions } from './remote.ts';
import { findRuler, noRuler } from './ruler.ts';

interface DiffOptions extends RemoteOptions {
  readonly against?: string;
  readonly from: string;
  readonly spec?: readonly string[];
  readonly prometheus?: string;
}

export function registerDiff(program: Command): void {
  withRemoteOptions(
    program
      .command('diff')
      .description(
        'what differs between generated and loaded rules, or what a change of the spec means; exit 0 the same, 1 different',
      )
      .option('--against <url>', 'a Mimir or Prometheus')
      .option('--from <path>', 'folder or file with the generated rules', GENERATED)
      .option('--spec <old-new...>', 'two specs (files or folders): OLD NEW')
      .option('--prometheus <url>', 'with --spec: count the pages of the last 30 days that are recorded there'),
  ).action(diff);
}

async function diff(options: DiffOptions): Promise<void> {
  const { against, spec, prometheus } = options;
  if (spec !== undefined) {
    if (against !== undefined)
      throw new CommandError(EXIT.usage, '--spec compares two specs, --against rules: use one of them');
    return diffSpec({ ...options, spec }, Date.now());
  }
  if (prometheus !== undefined)
    throw new CommandError(EXIT.usage, '--prometheus goes with --spec OLD NEW; rules are compared by --against URL');
  if (against === undefined)
    throw new CommandError(
      EXIT.usage,
      'say what to compare with: plimsoll diff --against http://mimir:8080, or plimsoll diff --spec OLD NEW',
    );
  const remote = openRemote('--against', against, options);
  const { name, loaded, generated } = await bothSides(remote, options);
  const sentences = diffGroups(loaded, generated);
  if (sentences.length === 0) {
    const rules = generated.reduce((sum, group) => sum + group.rules.length, 0);
    console.log(`${name}: ${generated.length} groups with ${rules} rules, as in ${options.from}`);
    return;
  }
  console.log(sentences.join('\n'));
  console.log(
    `${name}: ${sentences.length} difference${sentences.length === 1 ? '' : 's'} to ${options.from} (loaded -> generated)`,
  );
  process.exitCode = EXIT.findings;
}

interface Sides {
  readonly name: string;
  readonly loaded: readonly ComparedGroup[];
  readonly generated: readonly ComparedGroup[];
}

async function bothSides(remote: Remote, { from, tenant }: DiffOptions): Promise<Sides> {
  const ruler = await findRuler(remote);
  if (ruler !== undefined) {
    const name = `Mimir ${remote.url}${tenant === undefined ? '' : `, tenant ${tenant}`}`;
    return { name, loaded: await ruler.read(), generated: readGenerated(from, 'mimir') };
  }
  const all = await fetchLoaded(remote);
  if (all === undefined) throw await noRuler(remote);
  const generated = readGenerated(from, 'prometheus');
  const ours = oursAmong(all, generated);
  const twice = ours.find((group, i) => ours.findIndex((other) => other.name === group.name) !== i);
  if (twice !== undefined) {
    const files = ours.filter((group) => group.name === twice.name).map((group) => group.file);
    throw new CommandError(EXIT.findings, `${remote.url}: group ${twice.name} is loaded twice: ${files.join(', ')}`);
  }
  return {
    name: `Prometheus ${remote.url}`,
    loaded: await printedBy(remote, ours),
    generated: await printedBy(remote, generated),
  };
}
