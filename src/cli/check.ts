// plimsoll check: every problem of a spec at once.
import type { Command } from 'commander';
import { loadSpec } from '../files/load-spec.ts';
import { CommandError, EXIT } from './exit.ts';
import { formatFindings, githubFindings } from './findings.ts';

export function registerCheck(program: Command): void {
  program
    .command('check [files...]')
    .description('check spec files (default plimsoll.yaml); exit 0 fine, 1 findings, 3 would not start')
    .option('--format <format>', 'text, json or github', 'text')
    .action((files: string[], options: { format: string }) => {
      if (!['text', 'json', 'github'].includes(options.format)) throw new CommandError(EXIT.usage, `--format ${options.format}: use text, json or github`);
      const paths = files.length > 0 ? files : ['plimsoll.yaml'];
      const result = loadSpec(paths);
      const errors = result.findings.filter((f) => f.severity === 'error').length;
      const warnings = result.findings.length - errors;
      if (options.format === 'json') console.log(JSON.stringify({ findings: result.findings, errors, warnings }, null, 2));
      else if (options.format === 'github') console.log(githubFindings(result.findings));
      else {
        if (result.findings.length > 0) console.log(`${formatFindings(result.findings)}\n`);
        const what = result.ok ? `${result.spec.targets.length} targets, ${result.spec.slos.length} SLOs` : 'would not start';
        console.log(`${paths.join(', ')}: ${what}; ${errors} errors, ${warnings} warnings`);
      }
      process.exitCode = errors > 0 ? EXIT.invalid : warnings > 0 ? EXIT.findings : EXIT.fine;
    });
}
