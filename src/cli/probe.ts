// plimsoll probe TARGET|URL: one run as a waterfall, with verdict, reason and what to look at.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { loadSpec } from '../files/load-spec.ts';
import { redact } from '../spec/finding.ts';
import { didYouMean } from '../spec/nearest.ts';
import { verdictOf } from '../spec/outcome.ts';
import { parseSpec } from '../spec/parse.ts';
import type { Target } from '../spec/target.ts';
import { CommandError, EXIT } from './exit.ts';
import { formatFindings } from './findings.ts';
import { ipAddress, oneOf, repeated, usableFile } from './options.ts';
import { runOnce } from './run-once.ts';
import { wantsColor } from './terminal.ts';
import { waterfall } from './waterfall.ts';

interface ProbeOptions {
  readonly config?: string[];
  readonly output: string;
  readonly ca?: string;
  readonly address?: string;
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
  'tcp:': 'tcp',
};

export function registerProbe(program: Command): void {
  program
    .command('probe <target>')
    .description('run one probe now: a target of the spec by name or URL, or any URL')
    .option('--config <file>', 'spec; repeat for several files (default: plimsoll.yaml, if it is there)', repeated)
    .option('--ca <file>', 'for a URL: PEM file of a private certificate authority')
    .option('--address <ip>', 'for a URL: connect to this address instead of what DNS says')
    .option('--output <format>', 'text or json', 'text')
    .action(async (name: string, options: ProbeOptions) => {
      oneOf('--output', options.output, ['text', 'json']);
      const access = {
        ...(options.ca !== undefined && { ca: resolve(usableFile('--ca', options.ca, 'certificates')) }),
        ...(options.address !== undefined && { address: ipAddress('--address', options.address) }),
      };
      const target = find(name, options.config, access);
      const run = await runOnce(target);
      console.log(
        options.output === 'json'
          ? JSON.stringify({ ...run, target: target.name }, null, 2)
          : waterfall(run, wantsColor(process.stdout)),
      );
      process.exitCode = run.steps.every((s) => verdictOf(s.outcome) === 'good' || s.outcome === 'skipped')
        ? EXIT.fine
        : EXIT.findings;
    });
}

/** What a URL alone does not say. */
interface AdhocAccess {
  readonly ca?: string;
  readonly address?: string;
}

function find(name: string, config: string[] | undefined, access: AdhocAccess): Target {
  const files = config ?? (existsSync('plimsoll.yaml') ? ['plimsoll.yaml'] : []);
  const result = files.length === 0 ? undefined : loadSpec(files);
  const kind = URL.canParse(name) ? KIND_OF[new URL(name).protocol] : undefined;
  if (result?.ok) {
    const named = result.spec.targets.find((t) => t.name === name || t.url === name);
    if (named !== undefined && Object.keys(access).length > 0)
      throw new CommandError(EXIT.usage, `--ca and --address are for URLs: ${name} has its own in the spec`);
    if (named !== undefined) return named;
  } else if (result !== undefined && (kind === undefined || config !== undefined)) {
    // A URL needs no spec; but one that was asked for must be right.
    const errors = result.findings.filter((f) => f.severity === 'error');
    const text = formatFindings(errors, result.secrets);
    throw new CommandError(EXIT.invalid, `${text}\n\nnothing was probed: the spec is invalid`);
  }
  if (kind === undefined) throw unknownTarget(name, result?.ok ? result.spec.targets : undefined);
  const adhoc = { name: 'adhoc', kind, url: name, ...access };
  const parsed = parseSpec([{ file: name, text: JSON.stringify({ targets: [adhoc] }) }], {
    env: () => undefined,
    readFile: () => undefined,
  });
  if (parsed.ok) return parsed.spec.targets[0]!;
  throw new CommandError(EXIT.usage, redact(parsed.findings.map((f) => f.message).join('\n'), parsed.secrets));
}

function unknownTarget(name: string, targets: readonly Target[] | undefined): CommandError {
  const schemes = Object.keys(KIND_OF).map((scheme) => `${scheme}//`);
  const known =
    targets === undefined
      ? 'there is no plimsoll.yaml here; name a spec with --config FILE'
      : (didYouMean(
          name,
          targets.map((t) => t.name),
          'targets',
        ) ?? 'the spec has no targets');
  // Not echoed when it may hold a password.
  const shown = name.includes('@') ? 'the argument' : `"${name}"`;
  return new CommandError(
    EXIT.usage,
    `${shown} is neither a target of the spec nor a URL that can be probed (${schemes.join(', ')}); ${known}`,
  );
}
