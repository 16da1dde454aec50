// plimsoll check: every problem of a spec at once, as text, JSON or annotations. Never shows a secret.
import type { Command } from 'commander';
import { loadSpec } from '../files/load-spec.ts';
import type { ParseResult } from '../spec/parse.ts';
import { EXIT } from './exit.ts';
import { formatFindings, githubFindings } from './findings.ts';
import { oneOf, repeated } from './options.ts';

interface CheckOptions {
  readonly format: string;
  readonly config?: readonly string[];
  readonly secrets: boolean;
}

export function registerCheck(program: Command): void {
  program
    .command('check [files...]')
    .description('check spec files (default plimsoll.yaml); exit 0 fine, 1 findings, 3 would not start')
    .option('--config <file>', 'spec; repeat for several files (default: plimsoll.yaml)', repeated)
    .option('--format <format>', 'text, json or github', 'text')
    .option(
      '--no-secrets',
      'for pipelines: secrets of targets, and files that only the exporter needs, may be missing here',
    )
    .action((files: string[], options: CheckOptions) => {
      const named = [...(options.config ?? []), ...files];
      check(named.length > 0 ? named : ['plimsoll.yaml'], options.format, !options.secrets);
    });
}

function check(paths: readonly string[], format: string, without: boolean): void {
  oneOf('--format', format, ['text', 'json', 'github']);
  const result = loadSpec(paths, { without });
  const { findings } = result;
  const errors = findings.filter((f) => f.severity === 'error').length;
  const warnings = findings.length - errors;
  if (format === 'json') console.log(JSON.stringify({ findings, errors, warnings }, null, 2));
  else if (format === 'github') {
    if (findings.length > 0) console.log(githubFindings(findings));
    console.log(summary(result, paths, errors, warnings));
  } else {
    if (findings.length > 0) console.log(`${formatFindings(findings, result.secrets)}\n`);
    console.log(summary(result, paths, errors, warnings));
  }
  process.exitCode = errors > 0 ? EXIT.invalid : warnings > 0 ? EXIT.findings : EXIT.fine;
}

const count = (n: number, word: string) => `${n} ${word}${n === 1 ? '' : 's'}`;

function summary(result: ParseResult, paths: readonly string[], errors: number, warnings: number): string {
  if (!result.ok || warnings > 0)
    return `${count(errors, 'error')}, ${count(warnings, 'warning')} in ${count(paths.length, 'file')}; plimsoll explain ${result.findings[0]!.rule} says more`;
  return `${paths.join(', ')}: ${count(result.spec.targets.length, 'target')}, ${count(result.spec.slos.length, 'SLO')}: fine`;
}
