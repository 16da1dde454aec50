// npm run demo: a real platform in small, the exporter on it, and a live table. Stops everything, leaves nothing behind.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fetchSlos } from '../../src/cli/client.ts';
import { renderTable } from '../../src/cli/status-table.ts';
import type { SloView } from '../../src/engine/view.ts';
import { parseDuration } from '../../src/spec/scalars.ts';
import { type Exporter, startExporter } from '../services/exporter.ts';
import { ensurePackages } from '../services/install.ts';
import { privateFolder } from '../services/process.ts';
import { type Stack, specFor, startStack } from '../services/stack.ts';
import { BREAKS, type Break } from './breaks.ts';
import { look, missing, nothingSeen, sighted } from './watch.ts';

const USAGE = `usage: npm run demo -- [--break ${Object.keys(BREAKS).join('|')}[:20s]] [--once] [--for 60s]`;
const MIN_EVENTS = 5;
const MIN_BREAK_MS = 5_000;

class Help extends Error {}

interface Options {
  readonly broken: Break | undefined;
  readonly breakMs: number;
  readonly once: boolean;
  readonly forMs: number;
}

function options(): Options {
  const { values } = parseArgs({
    options: {
      break: { type: 'string' },
      once: { type: 'boolean', default: false },
      for: { type: 'string', default: '60s' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) throw new Help(USAGE);
  const [part = '', length = '20s'] = (values.break ?? '').split(':');
  const [breakMs, forMs] = [parseDuration(length), parseDuration(values.for)];
  if (values.break !== undefined && !Object.hasOwn(BREAKS, part)) throw new Error(`--break ${part}: unknown part`);
  if (breakMs === undefined || forMs === undefined) throw new Error('durations are written like 20s or 2m');
  if (breakMs < MIN_BREAK_MS) throw new Error(`--break ${values.break}: shorter than 5s is not seen by every probe`);
  return { broken: BREAKS[part], breakMs, once: values.once, forMs };
}

const sleep = (ms: number) => new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), ms));

/** On a terminal the screen is drawn anew; elsewhere only what is new in the head is printed before the table. */
function screen(): (slos: readonly SloView[], head: string) => void {
  const tty = process.stdout.isTTY === true;
  let printed = 0;
  return (slos, head) => {
    const table = renderTable(slos, { color: tty, width: process.stdout.columns ?? 220, nowMs: Date.now() });
    const top = tty ? `\x1b[2J\x1b[H${head}\n\n` : `\n${head.slice(printed).trim()}\n\n`.replace(/^\s+$/, '\n');
    printed = head.length;
    console.log(top + table);
  };
}

/** How a run for pipelines ended: what was wrong, and if nothing was, what was seen. */
interface Verdict {
  readonly wrong: readonly string[];
  readonly seen: string;
}

/** A browser that finds the site, and takes its certificate; real users are seen when its page is left. Chromium refuses its sandbox to root. */
const visitOf = ({ siteUrl }: Stack): string =>
  `chromium${process.getuid?.() === 0 ? ' --no-sandbox' : ''} --user-data-dir=$(mktemp -d) --ignore-certificate-errors --host-resolver-rules="MAP ${new URL(siteUrl).hostname} 127.0.0.1" ${siteUrl}`;

/** Runs until the time is up (or a signal comes), breaks and mends on the way. */
async function play(
  stack: Stack,
  url: string,
  config: string,
  { broken, breakMs, once, forMs }: Options,
  stopped: AbortSignal,
): Promise<Verdict> {
  const start = Date.now();
  const seen = nothingSeen();
  const show = screen();
  let [began, ended]: (number | undefined)[] = [];
  let head = `site      ${stack.siteUrl} (at 127.0.0.1; CA ${stack.edge.ca})\nspec      ${config}\nvisit     ${visitOf(stack)}\npages     ${url}/  real users ${url}/real-users  for outsiders ${url}/status\nmetrics   ${url}/metrics\nAPI       ${url}/api/v1/slos\nCtrl-C stops everything and leaves nothing behind.`;
  if (broken === undefined) head += ` To see a part fail: npm run demo -- --break ${Object.keys(BREAKS).join('|')}`;
  let slos: readonly SloView[] = [];
  let lastShown = 0;
  let state = '';
  while (!stopped.aborted) {
    slos = (await fetchSlos({ url })).slos;
    const measured = slos.length > 0 && slos.every((s) => s.measured >= MIN_EVENTS);
    if (broken !== undefined && measured && began === undefined) {
      began = Date.now();
      head += `\n${new Date().toLocaleTimeString()}  broken: ${broken.what} for ${breakMs / 1000} s`;
      await broken.begin(stack);
    }
    if (broken !== undefined && began !== undefined && ended === undefined && Date.now() - began >= breakMs) {
      await broken.end(stack);
      ended = Date.now();
      head += `\n${new Date().toLocaleTimeString()}  mended`;
    }
    if (broken !== undefined && began !== undefined) look(seen, broken, slos, began, ended);
    const now = slos.map((s) => s.state).join() + began + ended;
    if (process.stdout.isTTY ? Date.now() - lastShown > 1_900 : now !== state) show(slos, `${head}${clock(slos)}`);
    if (process.stdout.isTTY && Date.now() - lastShown > 1_900) lastShown = Date.now();
    state = now;
    const done =
      broken === undefined
        ? Date.now() - start >= forMs
        : missing(seen, broken).length === 0 || Date.now() - start >= Math.max(forMs, breakMs + 180_000);
    if (once && done) break;
    await sleep(500);
  }
  if (!once) return { wrong: [], seen: '' };
  show(slos, head);
  const unmeasured = slos
    .filter((s) => s.measured === 0 || s.state === 'no-data')
    .map((s) => `${s.name} was not measured`);
  const events = slos.reduce((sum, s) => sum + s.measured, 0);
  return {
    wrong: [
      ...(slos.length === 0 ? ['there are no SLOs'] : unmeasured),
      ...(broken === undefined ? [] : missing(seen, broken).map((m) => `not seen: ${m}`)),
    ],
    seen: broken === undefined ? `all ${slos.length} SLOs were measured, ${events} events` : sighted(seen, broken),
  };
}

/** On a terminal, a line that moves: else a healthy platform looks frozen. */
const clock = (slos: readonly SloView[]): string =>
  process.stdout.isTTY
    ? `\n${new Date().toLocaleTimeString()}  ${slos.reduce((sum, s) => sum + s.measured, 0)} events measured`
    : '';

/** Waits until the exporter ends by itself: what it said last is a line for people. */
async function endOf({ gone, log }: Exporter): Promise<Error> {
  const code = await gone;
  const last = log().trim().split('\n').at(-1) ?? '';
  return new Error(`the exporter ended (${code === null ? 'by a signal' : `exit code ${code}`})${last && `: ${last}`}`);
}

async function main(): Promise<number> {
  let chosen: Options;
  try {
    chosen = options();
    ensurePackages();
  } catch (error) {
    if (error instanceof Help) console.log(error.message);
    else console.error(`${(error as Error).message}\n${USAGE}`);
    return error instanceof Help ? 0 : 2;
  }
  const stopped = new AbortController();
  // Again and again: a second Ctrl-C, or a terminal that closes, must not end the clean-up.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopped.abort());
  console.log('starting MariaDB, Redis, WordPress and the edge on private ports (about 10 s) ...');
  const folder = privateFolder('demo');
  const stack = await startStack({ realUsers: true });
  let exporter: Exporter | undefined;
  try {
    const config = join(folder.path, 'plimsoll.yaml');
    writeFileSync(config, specFor(stack), { mode: 0o600 });
    exporter = await startExporter({
      args: ['--config', config, '--data', join(folder.path, 'data'), '--log-level', 'error'],
      ...(stack.listen !== undefined && { listen: stack.listen }),
    });
    const { wrong, seen } = await Promise.race([
      play(stack, exporter.url, config, chosen, stopped.signal),
      endOf(exporter).then((ended) => Promise.reject(ended)),
    ]);
    for (const line of wrong) console.error(line);
    if (wrong.length === 0 && seen !== '') console.log(`\nfine: ${seen}`);
    return wrong.length === 0 ? 0 : 1;
  } catch (error) {
    // It is asked for its state while it ends: the message of that says less.
    const ended = exporter && (await Promise.race([endOf(exporter), sleep(1_000)]));
    console.error(`\n${(ended ?? (error as Error)).message}`);
    return 1;
  } finally {
    console.log('\nstopping ...');
    if (exporter !== undefined && (await Promise.race([exporter.end('SIGTERM'), sleep(8_000)])) === undefined)
      await exporter.end('SIGKILL');
    await stack.stop();
    folder.remove();
  }
}

process.exitCode = await main();
process.exit();
