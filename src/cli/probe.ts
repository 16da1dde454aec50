// plimsoll probe TARGET|URL: one run as a waterfall, with verdict, reason and what to look at.
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { loadSpec } from '../files/load-spec.ts';
import { probes } from '../probe/list.ts';
import { watchLoopLag } from '../probe/loop-lag.ts';
import { createResolver } from '../probe/resolve.ts';
import { runProbe } from '../probe/runner.ts';
import { idsOnly } from '../probe/trace-port.ts';
import { redact } from '../spec/finding.ts';
import { verdictOf } from '../spec/outcome.ts';
import { parseSpec } from '../spec/parse.ts';
import type { Target } from '../spec/target.ts';
import { CommandError, EXIT } from './exit.ts';
import { formatFindings } from './findings.ts';
import { waterfall } from './waterfall.ts';

interface ProbeOptions {
  readonly config?: string[];
  readonly output: string;
}

const KIND_OF: Readonly<Record<string, string>> = {
  'http:': 'http',
  'https:': 'http',
  'mysql:': 'mariadb',
  'mariadb:': 'mariadb',
  'redis:': 'redis',
  'rediss:': 'redis',
  'tls:': 'tls',
  'dns:': 'dns',
};

export function registerProbe(program: Command): void {
  program
    .command('probe <target>')
    .description('run one probe now: a target of the spec by name or URL, or any URL')
    .option('--config <file>', 'spec; repeat for several files', (file: string, files: string[] = []) => [
      ...files,
      file,
    ])
    .option('--output <format>', 'text or json', 'text')
    .action(async (name: string, options: ProbeOptions) => {
      if (!['text', 'json'].includes(options.output))
        throw new CommandError(EXIT.usage, `--output ${options.output}: use text or json`);
      const target = find(name, options.config);
      const lag = watchLoopLag();
      const run = await runProbe(target, {
        probes,
        resolve: createResolver({ kind: 'named' }),
        tracer: idsOnly,
        lag,
        location: 'cli',
        now: Date.now,
      });
      lag.stop();
      console.log(
        options.output === 'json'
          ? JSON.stringify({ ...run, target: target.name }, null, 2)
          : waterfall(run, process.stdout.isTTY === true),
      );
      process.exitCode = run.steps.every((s) => verdictOf(s.outcome) === 'good' || s.outcome === 'skipped')
        ? EXIT.fine
        : EXIT.findings;
    });
}

function find(name: string, config: string[] | undefined): Target {
  const files = config ?? (existsSync('plimsoll.yaml') ? ['plimsoll.yaml'] : []);
  const result = files.length === 0 ? undefined : loadSpec(files);
  if (result?.ok) {
    const named = result.spec.targets.find((t) => t.name === name || t.url === name);
    if (named !== undefined) return named;
  }
  const isUrl = URL.canParse(name) && KIND_OF[new URL(name).protocol] !== undefined;
  if (!isUrl && result?.ok === false)
    throw new CommandError(EXIT.invalid, redact(formatFindings(result.findings), result.secrets));
  if (!isUrl) {
    const known = result?.ok
      ? result.spec.targets.map((t) => t.name).join(', ')
      : 'none, as there is no plimsoll.yaml here';
    throw new CommandError(EXIT.usage, `"${name}" is neither a target of the spec nor a URL; targets: ${known}`);
  }
  const adhoc = { name: 'adhoc', kind: KIND_OF[new URL(name).protocol], url: name };
  const parsed = parseSpec([{ file: name, text: JSON.stringify({ targets: [adhoc] }) }], {
    env: () => undefined,
    readFile: () => undefined,
  });
  if (!parsed.ok) throw new CommandError(EXIT.invalid, parsed.findings.map((f) => f.message).join('\n'));
  return parsed.spec.targets[0]!;
}
