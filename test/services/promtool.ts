// promtool on rules and tests that are given as text, in a private folder. Never touches a server.
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { privateFolder } from './process.ts';

/** Text, or texts by file name. A single text is the file rules.yml or tests.yml. */
type Files = string | Readonly<Record<string, string>>;

interface Ran {
  readonly code: number;
  readonly output: string;
}

/** The longest test of rules takes a minute and a half on a busy machine. */
const MOST_MS = 300_000;

/** Debian's promtool unless another one is named. */
const DEFAULT = 'promtool';

/**
 * Runs `promtool test rules`. The tests name the rule files by their file names (`rule_files: [rules.yml]`). Resolves with what
 * failed, one text each; empty if every test passed. Rejects if there is no promtool.
 */
export async function runPromtoolTests({
  rules,
  tests,
  binary = DEFAULT,
}: {
  rules: Files;
  tests: Files;
  binary?: string;
}): Promise<string[]> {
  const testFiles = named(tests, 'tests.yml');
  const { code, output } = await inFolder({ ...named(rules, 'rules.yml'), ...testFiles }, binary, [
    'test',
    'rules',
    ...Object.keys(testFiles),
  ]);
  const failures = failuresOf(output);
  if (code !== 0 && failures.length === 0) return [output.trim()];
  if (code === 0 && !output.includes('SUCCESS')) return [`promtool ran no test:\n${output.trim()}`];
  return failures;
}

/** Runs `promtool check rules` on each file. Resolves with its complaints, one line each; empty if there are none. */
export async function checkRules(rules: Files, binary = DEFAULT): Promise<string[]> {
  const files = named(rules, 'rules.yml');
  const { code, output } = await inFolder(files, binary, ['check', 'rules', '--lint-fatal', ...Object.keys(files)]);
  if (code === 0) return /SUCCESS: \d+ rules found/.test(output) ? [] : [output.trim()];
  return output
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^(Checking|FAILED:?$|SUCCESS)/.test(line));
}

const named = (files: Files, name: string): Readonly<Record<string, string>> =>
  typeof files === 'string' ? { [name]: files } : files;

/** promtool prints a block for each test that failed; blocks begin with the name of the test, an alert or an expression. */
function failuresOf(output: string): string[] {
  const lines = output.split('\n').filter((line) => line.startsWith('    '));
  const blocks: string[][] = [];
  for (const line of lines) {
    if (/^ {4}\S/.test(line) || blocks.length === 0) blocks.push([line.trim()]);
    else blocks.at(-1)!.push(line.trim());
  }
  return blocks.map((block) => block.join('\n'));
}

async function inFolder(files: Readonly<Record<string, string>>, binary: string, args: string[]): Promise<Ran> {
  const folder = privateFolder('promtool');
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder.path, name), text);
    return await ran(binary, args, folder.path);
  } finally {
    folder.remove();
  }
}

const ran = (binary: string, args: string[], cwd: string): Promise<Ran> =>
  new Promise((resolve, reject) => {
    execFile(binary, args, { cwd, maxBuffer: 64 * 1024 * 1024, timeout: MOST_MS }, (error, stdout, stderr) => {
      if (error !== null && typeof error.code !== 'number') reject(error);
      else resolve({ code: Number(error?.code ?? 0), output: stdout + stderr });
    });
  });
