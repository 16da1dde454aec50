// plimsoll diff: what differs, in words; exit 0 the same, 1 different. --against: what is loaded in a Mimir, Prometheus or Grafana,
// only read; --boards: two folders of boards; --spec: two specs, in diff-spec.ts.
import type { Command } from 'commander';
import { type ComparedGroup, diffGroups } from '../generate/diff-rules.ts';
import { diffBoards } from '../grafana/diff.ts';
import { diffSpec } from './diff-spec.ts';
import { CommandError, EXIT } from './exit.ts';
import { GENERATED, readGenerated } from './generated-rules.ts';
import { BOARDS_FOLDER, fetchBoards, readBoards } from './grafana-boards.ts';
import { fetchLoaded, oursAmong, printedBy } from './loaded-rules.ts';
import { openRemote, type Remote, type RemoteOptions, withRemoteOptions } from './remote.ts';
import { findRuler, noRuler } from './ruler.ts';

interface DiffOptions extends RemoteOptions {
  readonly against?: readonly string[];
  readonly boards?: readonly string[];
  readonly from?: string;
  readonly spec?: readonly string[];
  readonly prometheus?: string;
}

export function registerDiff(program: Command): void {
  withRemoteOptions(
    program
      .command('diff')
      .description(
        'what differs between generated and loaded rules or boards, or what a change of the spec means; exit 0 the same, 1 different',
      )
      .option('--against <url...>', 'URL of a Mimir or Prometheus, or: grafana URL')
      .option('--from <path>', `folder or file with what was generated (default: ${GENERATED}, ${BOARDS_FOLDER})`)
      .option('--boards <old-new...>', 'two folders or files with boards: OLD NEW')
      .option('--spec <old-new...>', 'two specs (files or folders): OLD NEW')
      .option('--prometheus <url>', 'with --spec: count the pages of the last 30 days that are recorded there'),
  ).action(diff);
}

async function diff(options: DiffOptions): Promise<void> {
  const { against, spec, boards, prometheus, from } = options;
  const asked = Object.entries({ '--against': against, '--spec': spec, '--boards': boards }).filter(([, of]) => of);
  if (asked.length > 1)
    throw new CommandError(EXIT.usage, `${asked.map(([name]) => name).join(' and ')}: use one of them at a time`);
  if (spec !== undefined) return diffSpec({ ...options, spec }, Date.now());
  if (prometheus !== undefined)
    throw new CommandError(EXIT.usage, '--prometheus goes with --spec OLD NEW; rules are compared by --against URL');
  if (boards !== undefined) return diffBoardFiles(boards);
  if (against === undefined)
    throw new CommandError(
      EXIT.usage,
      'say what to compare with: plimsoll diff --against http://mimir:8080, --against grafana URL, --boards OLD NEW or --spec OLD NEW',
    );
  if (against[0] === 'grafana' && against.length === 2) return diffGrafana(against[1]!, from ?? BOARDS_FOLDER, options);
  if (against.length !== 1)
    throw new CommandError(EXIT.usage, `--against ${against.join(' ')}: one URL, or grafana and one URL`);
  return diffRules(against[0]!, from ?? GENERATED, options);
}

async function diffRules(against: string, from: string, options: DiffOptions): Promise<void> {
  const remote = openRemote('--against', against, options);
  const { name, loaded, generated } = await bothSides(remote, from, options.tenant);
  const rules = generated.reduce((sum, group) => sum + group.rules.length, 0);
  say(diffGroups(loaded, generated), name, `${generated.length} groups with ${rules} rules, as in ${from}`, from);
}

async function diffGrafana(url: string, from: string, options: DiffOptions): Promise<void> {
  const wanted = readBoards(from);
  const remote = openRemote('--against grafana', url, options);
  const sentences = diffBoards(await fetchBoards(remote), wanted);
  say(sentences, `Grafana ${remote.url}`, `${wanted.length} boards, as in ${from}`, from);
}

function diffBoardFiles(boards: readonly string[]): void {
  const [before, after, more] = boards;
  if (before === undefined || after === undefined || more !== undefined)
    throw new CommandError(EXIT.usage, `--boards ${boards.join(' ')}: two folders or files, the old one first`);
  const wanted = readBoards(after);
  const sentences = diffBoards(readBoards(before), wanted);
  if (sentences.length === 0) console.log(`${after}: ${wanted.length} boards, as in ${before}`);
  else {
    console.log(`${sentences.join('\n')}\n${count(sentences)} (${before} -> ${after})`);
    process.exitCode = EXIT.findings;
  }
}

const count = ({ length }: readonly string[]): string => `${length} difference${length === 1 ? '' : 's'}`;

/** Exit code 0 if nothing differs, 1 else. */
function say(sentences: readonly string[], name: string, same: string, from: string): void {
  if (sentences.length === 0) {
    console.log(`${name}: ${same}`);
    return;
  }
  console.log(sentences.join('\n'));
  console.log(`${name}: ${count(sentences)} to ${from} (loaded -> generated)`);
  process.exitCode = EXIT.findings;
}

interface Sides {
  readonly name: string;
  readonly loaded: readonly ComparedGroup[];
  readonly generated: readonly ComparedGroup[];
}

async function bothSides(remote: Remote, from: string, tenant: string | undefined): Promise<Sides> {
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
