// Servers as children: started in the foreground on private ports, ended by their id, gone with their folder.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const children = new Set<ChildProcess>();
const folders = new Set<string>();

/** Last resort: whatever ends this process ends what it started. */
process.on('exit', () => {
  for (const child of children) kill(child, 'SIGKILL');
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

// A test worker that is told to end ends by `exit`, so that the hook above runs; the demo has handlers of its own.
if (process.env.VITEST !== undefined)
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));

function kill(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // Already gone.
  }
}

/** A private folder; `remove` deletes it, as does the end of this process. */
export function privateFolder(name: string): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), `plimsoll-${name}-`));
  folders.add(path);
  return {
    path,
    remove() {
      rmSync(path, { recursive: true, force: true });
      folders.delete(path);
    },
  };
}

/**
 * A loopback port that was free a moment ago. Below the ephemeral range (Linux: from 32768): inside it, a connection to a
 * stopped server can be given that very port and reach itself.
 */
export function freePort(): Promise<number> {
  const port = 15_000 + Math.floor(Math.random() * 17_000);
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(freePort()));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(port)));
  });
}

export interface Server {
  readonly pid: number;
  /** Ends it: SIGTERM, after 5 s SIGKILL. */
  stop(): Promise<void>;
  pause(): void;
  resume(): void;
  signal(signal: NodeJS.Signals): void;
}

/** Starts a server and waits until `ready` resolves; rejects with the end of its output if it ends first or takes over 60 s. */
export async function startServer(
  command: string,
  args: readonly string[],
  ready: () => Promise<boolean>,
  env: Record<string, string> = {},
): Promise<Server> {
  const child = spawn(command, args, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, ...env },
  });
  children.add(child);
  let output = '';
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-4_000);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      children.delete(child);
      resolve();
    });
    child.once('error', (error) => {
      output += error.message;
      children.delete(child);
      resolve();
    });
  });
  const running = () => children.has(child);
  const until = Date.now() + 60_000;
  while (!(await ready())) {
    if (!running() || Date.now() > until) {
      kill(child, 'SIGKILL');
      throw new Error(`${command} ${running() ? 'did not get ready' : 'ended'}:\n${output}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    pid: child.pid ?? 0,
    async stop() {
      kill(child, 'SIGCONT');
      kill(child, 'SIGTERM');
      const force = setTimeout(() => kill(child, 'SIGKILL'), 5_000);
      await ended;
      clearTimeout(force);
    },
    pause: () => kill(child, 'SIGSTOP'),
    resume: () => kill(child, 'SIGCONT'),
    signal: (signal) => {
      if (child.pid !== undefined && running()) process.kill(child.pid, signal);
    },
  };
}

/** Does something accept connections there? */
export function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.setTimeout(500, () => socket.destroy());
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
  });
}
