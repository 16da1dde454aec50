// plimsoll status: the table of SLOs of a running exporter, and a gate for deploy pipelines.
import type { Command } from 'commander';
import type { SloView } from '../engine/view.ts';
import { type Answer, fetchReasons, fetchSlos } from './client.ts';
import { CommandError, EXIT } from './exit.ts';
import { oneOf } from './options.ts';
import { renderTable } from './status-table.ts';
import { wantsColor } from './terminal.ts';

interface StatusOptions {
  readonly url: string;
  readonly watch?: boolean;
  readonly failOn?: string;
  readonly output: string;
  readonly tokenFile?: string;
  readonly ca?: string;
}

const REDRAW_MS = 2_000;
/** Of output that goes to a file or a pipe: nothing is left out. */
const PIPE_COLUMNS = 1_000;

export function registerStatus(program: Command): void {
  program
    .command('status')
    .description('table of SLOs from a running exporter')
    .option('--url <url>', 'the exporter', 'http://127.0.0.1:9876')
    .option('--watch', 'redraw every 2 s until Ctrl-C, also over restarts of the exporter')
    .option('--fail-on <state>', 'burning or exhausted: exit 1 if an SLO is in this state or worse, or has no data')
    .option('--output <format>', 'text or json', 'text')
    .option('--token-file <file>', 'file with the bearer token')
    .option('--ca <file>', 'PEM file of a private certificate authority')
    .action(status);
}

async function status(options: StatusOptions): Promise<void> {
  const failOn =
    options.failOn === undefined ? undefined : oneOf('--fail-on', options.failOn, ['burning', 'exhausted']);
  const output = oneOf('--output', options.output, ['text', 'json']);
  if (options.watch) {
    if (failOn !== undefined || output === 'json')
      throw new CommandError(EXIT.usage, '--watch is for people: leave it out with --fail-on and --output json');
    return watch(options);
  }
  const answer = await fetchSlos(options);
  console.log(output === 'json' ? JSON.stringify(answer, null, 2) : screen(answer, await fetchReasons(options)));
  if (failOn !== undefined) gate(answer.slos, failOn);
}

const INVALID =
  'The spec on disk is invalid, an older one is in force. /config names its files; plimsoll check FILE says what is wrong.\n\n';

const screen = ({ slos, specValid }: Answer, reasons: readonly string[]): string =>
  (specValid ? '' : INVALID) +
  reasons.map((reason) => `Degraded: ${reason}.\n\n`).join('') +
  renderTable(slos, {
    color: wantsColor(process.stdout),
    width: process.stdout.columns ?? PIPE_COLUMNS,
    nowMs: Date.now(),
  });

/** Goes on while the exporter cannot be reached: that is when people look. Only wrong options and Ctrl-C end it. */
async function watch(options: StatusOptions): Promise<never> {
  process.once('SIGINT', () => process.exit(EXIT.fine));
  let last = '';
  for (;;) {
    const at = new Date().toLocaleTimeString('en-GB');
    let head = `${at}  ${options.url}  (Ctrl-C ends)`;
    try {
      last = screen(await fetchSlos(options), await fetchReasons(options));
    } catch (error) {
      if (!(error instanceof CommandError) || error.exitCode !== EXIT.unreachable) throw error;
      const before = last === '' ? '' : '; the last answer:';
      head = `${at}  ${error.message}\nTrying again every ${REDRAW_MS / 1000} s (Ctrl-C ends)${before}`;
    }
    process.stdout.write(`${process.stdout.isTTY ? '\x1b[2J\x1b[H' : ''}${head}\n\n${last}\n`);
    await new Promise((resolve) => setTimeout(resolve, REDRAW_MS));
  }
}

/** Exit code 1 and a reason if the gate is shut. An SLO without data cannot open it. */
function gate(slos: readonly SloView[], failOn: 'burning' | 'exhausted'): void {
  const bad = slos.filter(
    (s) => s.state === 'exhausted' || s.state === 'no-data' || (failOn === 'burning' && s.state === 'burning'),
  );
  if (slos.length === 0)
    throw new CommandError(EXIT.findings, 'gate shut: the exporter has no SLOs; is --url the right one?');
  if (bad.length > 0)
    throw new CommandError(EXIT.findings, `gate shut: ${bad.map((s) => `${s.name} is ${s.state}`).join(', ')}`);
}
