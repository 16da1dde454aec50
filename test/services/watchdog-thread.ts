// The thread that looks whether the main one still turns; see watchdog.ts.
import { readdirSync, readFileSync, writeSync } from 'node:fs';
import { workerData } from 'node:worker_threads';

interface Limits {
  readonly beats: Int32Array;
  readonly file: string;
  /** Seconds without a turn, and of the whole file. */
  readonly still: number;
  readonly inAll: number;
}
const { beats, file, still, inAll } = workerData as Limits;
const began = Date.now();
let seen = -1;
let since = Date.now();

/** Children of this process, as id and command line. */
function children(): [id: number, command: string][] {
  const ids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return ids.flatMap((id): [number, string][] => {
    try {
      const stat = readFileSync(`/proc/${id}/stat`, 'utf8');
      // The fields behind the name of the program, which may hold anything: state, then parent.
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      const command = readFileSync(`/proc/${id}/cmdline`, 'utf8').replaceAll('\0', ' ');
      return parent === process.pid ? [[Number(id), command]] : [];
    } catch {
      return [];
    }
  });
}

function end(why: string): void {
  const going = children();
  const what = going.map(([id, command]) => `${id} ${command}`).join('; ') || 'none, so it computes';
  writeSync(2, `\n${file}: ${why}; children: ${what}\n`);
  for (const id of [...going.flatMap(([child]) => [-child, child]), process.pid])
    try {
      process.kill(id, 'SIGKILL');
    } catch {
      // Gone, or no group of its own.
    }
}

setInterval(() => {
  const now = Atomics.load(beats, 0);
  if (now === seen && Date.now() - since > still * 1_000) end(`the event loop has not turned for ${still} s`);
  if (Date.now() - began > inAll * 1_000) end(`not done after ${inAll} s`);
  if (now === seen) return;
  seen = now;
  since = Date.now();
}, 1_000);
