// The exporter as a process of its own, as operators run it: started on a free port, watched through what it serves.
import { type ChildProcess, spawn } from 'node:child_process';
import type { SloView } from '../../src/engine/view.ts';
import { freePort } from './process.ts';

export const MAIN = new URL('../../src/main.ts', import.meta.url).pathname;

export interface Exporter {
  readonly url: string;
  readonly pid: number;
  /** Resolves with the exit code once it has ended, by itself or by a signal. */
  readonly gone: Promise<number | null>;
  /** Everything it wrote so far. */
  log(): string;
  text(path: string, headers?: Record<string, string>): Promise<string>;
  slos(): Promise<SloView[]>;
  /** The value of a series by its exact name and labels; undefined if it is not there. */
  metric(series: string): Promise<number | undefined>;
  /** slo_events_total by "slo result". */
  counters(): Promise<Map<string, number>>;
  /** Sends the signal and waits for the end; resolves with the exit code. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

export interface Options {
  /** Arguments after `serve`, without --listen. */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** A command that runs it, for example in a namespace of its own: gets the command line as further arguments. */
  readonly within?: readonly string[];
  readonly listen?: string;
}

/** Starts it and waits until it is ready; rejects with its output if it ends before. */
export async function startExporter({ args, env = {}, within = [], listen }: Options): Promise<Exporter> {
  const address = listen ?? `127.0.0.1:${await freePort()}`;
  const url = `http://${address}`;
  const [command = process.execPath, ...rest] = [
    ...within,
    process.execPath,
    MAIN,
    'serve',
    ...args,
    '--listen',
    address,
  ];
  const child = spawn(command, rest, { env: { ...process.env, ...env }, detached: true });
  const gone = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  const kill = () => end(child, 'SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.removeListener('exit', kill));
  let log = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => {
      log += chunk;
    });
  // A connection for each: while a test runs a command and waits, nobody would notice here that a kept one was closed.
  const text: Exporter['text'] = async (path, headers = {}) =>
    (await fetch(url + path, { headers: { connection: 'close', ...headers } })).text();
  const exporter: Exporter = {
    url,
    pid: child.pid ?? 0,
    gone,
    log: () => log,
    text,
    slos: async () => (JSON.parse(await text('/api/v1/slos')) as { slos: SloView[] }).slos,
    async metric(series) {
      const line = (await text('/metrics')).split('\n').find((l) => l.startsWith(`${series} `));
      return line === undefined ? undefined : Number(line.slice(series.length + 1));
    },
    async counters() {
      const found = (await text('/metrics')).matchAll(
        /^slo_events_total\{slo="([^"]+)",result="([^"]+)",location="main"\} (\d+)$/gm,
      );
      return new Map([...found].map(([, slo, result, value]) => [`${slo} ${result}`, Number(value)]));
    },
    end(signal) {
      if (child.exitCode !== null) return Promise.resolve(child.exitCode);
      end(child, signal);
      return gone;
    },
  };
  await until(
    async () => {
      if (child.exitCode !== null) throw new Error(`the exporter ended:\n${log}`);
      return (await fetch(`${url}/readyz`).catch(() => undefined))?.status === 200;
    },
    () => log,
  );
  return exporter;
}

function end(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, signal);
  } catch {
    // Already gone.
  }
}

/** Waits until `check` is true, at most 30 s; then throws with the end of `log`. */
export async function until(check: () => Promise<boolean>, log: () => string): Promise<void> {
  for (let i = 0; i < 300; i++) {
    if (await check()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`did not happen within 30 s; log:\n${log().slice(-2_000)}`);
}
