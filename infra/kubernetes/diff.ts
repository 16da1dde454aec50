// What a branch changes in the clusters: node infra/kubernetes/diff.ts BASE prints, as Markdown, how the manifests of both environments differ
// between BASE (a commit) and this checkout. Each side is built by its own code, our charts included. Asks no cluster; needs kubectl and helm.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { ENVIRONMENTS, KUBERNETES } from './environments.ts';
import { chartOf, isOurRelease } from './render.ts';
import { documentsOf, fluxSteps } from './steps.ts';

const REPOSITORY = join(KUBERNETES, '../..');
/** GitHub shows a megabyte; nobody reads so much. */
const MOST = 60_000;
/** Boards are long, and the pull request shows them by itself. */
const BOARD = 'grafana_dashboard:';

/** Writes each step of each environment into a file; a release of a chart of ours is followed by what the chart makes of it. */
function build(folder: string): void {
  for (const environment of ENVIRONMENTS) {
    mkdirSync(join(folder, environment), { recursive: true });
    for (const { name, text } of fluxSteps(environment)) {
      const ours = parseAllDocuments(text)
        .map((document) => document.toJS())
        .filter((object) => isOurRelease(object ?? {}));
      const made = ours.flatMap((one) => documentsOf(chartOf(one))).filter((object) => !object.includes(BOARD));
      writeFileSync(join(folder, environment, `${name}.yaml`), [text, ...made].join('---\n'));
    }
  }
}

function git(args: readonly string[], cwd = REPOSITORY): { code: number | null; out: string } {
  const { status, stdout, stderr } = spawnSync('git', args, { cwd, encoding: 'utf8', maxBuffer: 100_000_000 });
  return { code: status, out: status === null || status > 1 ? stderr : stdout };
}

function main(base: string | undefined): void {
  if (base === undefined) throw new Error('usage: diff.ts BASE, for example origin/main');
  const room = mkdtempSync(join(tmpdir(), 'plimsoll-diff-'));
  const before = join(room, 'tree');
  try {
    const added = git(['worktree', 'add', '--detach', before, base]);
    if (added.code !== 0) throw new Error(`${base} cannot be checked out: ${added.out.trim()}`);
    symlinkSync(join(REPOSITORY, 'node_modules'), join(before, 'node_modules'));
    for (const side of ['a', 'b']) mkdirSync(join(room, side));
    const program = join(before, 'infra/kubernetes/diff.ts');
    if (existsSync(program)) {
      const { status, stderr } = spawnSync(process.execPath, [program, '--build', join(room, 'a')], {
        encoding: 'utf8',
      });
      // Then everything is new, and the reader should know why.
      if (status !== 0) console.log(`${base} cannot be built: ${stderr.trim()}\n`);
    }
    build(join(room, 'b'));
    const { code, out } = git(['diff', '--no-index', '--no-color', '--unified=3', 'a', 'b'], room);
    if (code === null || code > 1) throw new Error(`git diff failed: ${out.trim()}`);
    print(base, out);
  } finally {
    git(['worktree', 'remove', '--force', before]);
    rmSync(room, { recursive: true, force: true });
  }
}

function print(base: string, difference: string): void {
  if (difference === '') {
    console.log(`Nothing changes in the clusters against ${base}.`);
    return;
  }
  const lines = difference.split('\n');
  const count = (sign: string) =>
    lines.filter((line) => line.startsWith(sign) && !line.startsWith(sign.repeat(3))).length;
  console.log(`### What changes in the clusters against ${base}: +${count('+')} −${count('-')} lines\n`);
  const shown = difference.slice(0, MOST);
  console.log(`\`\`\`\`diff\n${shown}\n\`\`\`\``);
  if (shown.length < difference.length)
    console.log(`\n${difference.length - shown.length} more characters: run infra/kubernetes/diff.ts here.`);
}

if (import.meta.main) {
  try {
    const [first, second] = process.argv.slice(2);
    if (first === '--build' && second !== undefined) build(second);
    else main(first);
  } catch (error) {
    console.error(`diff: ${(error as Error).message}`);
    process.exitCode = 2;
  }
}
