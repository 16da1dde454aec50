// plimsoll status: the table of SLOs of a running exporter, and a gate for deploy pipelines.
import type { Command } from 'commander';
import type { SloView } from '../engine/view.ts';
import { fetchSlos } from './client.ts';
import { CommandError, EXIT } from './exit.ts';
import { renderTable } from './status-table.ts';

interface StatusOptions {
  readonly url: string;
  readonly watch?: boolean;
  readonly failOn?: string;
  readonly output: string;
  readonly tokenFile?: string;
  readonly ca?: string;
}

export function registerStatus(program: Command): void {
  program
    .command('status')
    .description('table of SLOs from a running exporter')
    .option('--url <url>', 'the exporter', 'http://127.0.0.1:9876')
    .option('--watch', 'redraw every 2 s until Ctrl-C')
    .option('--fail-on <state>', 'burning or exhausted: exit 1 if an SLO is in this state or worse, or has no data')
    .option('--output <format>', 'text or json', 'text')
    .option('--token-file <file>', 'file with the bearer token')
    .option('--ca <file>', 'PEM file of a private certificate authority')
    .action(status);
}

async function status(options: StatusOptions): Promise<void> {
  if (options.failOn !== undefined && !['burning', 'exhausted'].includes(options.failOn))
    throw new CommandError(EXIT.usage, `--fail-on ${options.failOn}: use burning or exhausted`);
  if (!['text', 'json'].includes(options.output))
    throw new CommandError(EXIT.usage, `--output ${options.output}: use text or json`);
  for (;;) {
    const slos = await fetchSlos(options);
    if (options.watch) process.stdout.write('\x1b[2J\x1b[H');
    console.log(
      options.output === 'json'
        ? JSON.stringify({ slos }, null, 2)
        : renderTable(slos, {
            color: process.stdout.isTTY === true,
            width: process.stdout.columns ?? 200,
            nowMs: Date.now(),
          }),
    );
    if (!options.watch) return gate(slos, options.failOn);
    await new Promise((resolve) => setTimeout(resolve, 2_000));
  }
}

/** Exit code 1 and a reason if the gate is shut. An SLO without data cannot open it. */
function gate(slos: readonly SloView[], failOn: string | undefined): void {
  if (failOn === undefined) return;
  const bad = slos.filter(
    (s) => s.state === 'exhausted' || s.state === 'no-data' || (failOn === 'burning' && s.state === 'burning'),
  );
  if (slos.length === 0) throw new CommandError(EXIT.findings, 'no SLOs: the gate stays shut');
  if (bad.length > 0)
    throw new CommandError(EXIT.findings, `gate shut: ${bad.map((s) => `${s.name} is ${s.state}`).join(', ')}`);
}
