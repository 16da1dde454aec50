// What MariaDB and Redis have in common: a run has one connection, and phases. When it fails, every later step has the same
// outcome, so that an SLO on `write` sees the outage. What the errors of a server mean is the driver's business.
import { performance } from 'node:perf_hooks';
import type { Target } from '../spec/target.ts';
import type { BoardReading, BoardSink } from './board-reading.ts';
import { ProbeFault } from './fault.ts';
import type { Facts, Phase, ProbeContext, StepOutcome } from './probe.ts';
import { reach } from './reach.ts';
import { type Replica, replicaStep } from './replicas.ts';

type DatabaseTarget = Target<'mariadb'> | Target<'redis'>;

/** A usable connection, to the primary or a replica. */
export interface Session extends Replica {
  /** Reads what a visitor's request would need to work. */
  read(): Promise<unknown>;
  /** Writes the heartbeat of this location, with the time. Gives the server that took it, if its kind tells. */
  write(nowMs: number): Promise<string | undefined>;
  /** Reads the series for boards of other exporters. */
  board(): Promise<BoardReading>;
}

/** Where and as whom to connect. A replica's URL may leave out what the primary's says. */
export interface Login {
  readonly url: URL;
  readonly address: string;
  readonly username: string;
  readonly password: string;
  readonly database: string;
}

export interface Driver<T extends DatabaseTarget> {
  /** Resolves when the server has let us in; rejects with its error. */
  open(login: Login, target: T, ctx: ProbeContext): Promise<Session>;
  /** The outcome of an error of `open` or of a step. */
  fault(error: unknown, step: string, ctx: ProbeContext): StepOutcome;
}

type Phases = Partial<Record<Phase, number>>;

/** Runs the steps of the target over one connection. */
export async function runDatabase<T extends DatabaseTarget>(
  target: T,
  driver: Driver<T>,
  ctx: ProbeContext,
): Promise<void> {
  let session: Session | undefined;
  let writtenMs: number | undefined;
  const steps = {
    async read(open: Session) {
      await open.read();
      return undefined;
    },
    async write(open: Session) {
      const atMs = ctx.now();
      const server = await open.write(atMs);
      writtenMs = atMs;
      return server === undefined ? undefined : { server };
    },
  };
  try {
    const first = await ctx.step('connect', async () => {
      const phases: Phases = {};
      try {
        session = await connect(target, target.url, driver, ctx, phases);
        return { outcome: 'ok', phases };
      } catch (error) {
        return { ...driver.fault(error, 'connect', ctx), phases };
      }
    });
    for (const name of target.steps) {
      if (name === 'connect') continue;
      await ctx.step(name, async () => {
        const open = session;
        if (open === undefined)
          return { outcome: first.outcome, blame: first.blame, detail: `connect: ${first.detail}` };
        if (name !== 'replica') return answered(steps[name](open), (error) => driver.fault(error, name, ctx));
        return replicaStep(
          target,
          ctx,
          { version: open.version, writtenMs },
          {
            open: (url) => connect(target, url, driver, ctx, {}),
            fault: (error) => driver.fault(error, name, ctx),
          },
        );
      });
    }
    if (session !== undefined && ctx.board !== undefined) await readBoard(session, ctx.board, ctx);
  } finally {
    session?.close();
  }
}

/** After the steps, in what is left of the deadline: what the run says of the target is known by then. */
async function readBoard(session: Session, board: BoardSink, { signal }: ProbeContext): Promise<void> {
  try {
    board.taken(await session.board());
  } catch {
    board.failed(signal.aborted ? 'timeout' : 'failed');
  }
}

/** One question and its answer: all of it is waiting for the first byte. */
async function answered(
  work: Promise<Facts | undefined>,
  fault: (error: unknown) => StepOutcome,
): Promise<StepOutcome> {
  const since = performance.now();
  const result = await work.then((facts): StepOutcome => ({ outcome: 'ok', ...(facts && { facts }) }), fault);
  return { ...result, phases: { first_byte: performance.now() - since } };
}

async function connect<T extends DatabaseTarget>(
  target: T,
  text: string,
  driver: Driver<T>,
  ctx: ProbeContext,
  phases: Phases,
): Promise<Session> {
  const login = loginOf(target, text);
  const resolved = await ctx.resolve(login.url.hostname);
  phases.dns = resolved.ms;
  if (!resolved.ok) throw new ProbeFault(resolved.outcome, resolved.detail);
  const since = performance.now();
  try {
    return await reach(resolved.addresses, (address) => driver.open({ ...login, address }, target, ctx));
  } finally {
    phases.connect = performance.now() - since;
  }
}

function loginOf(target: DatabaseTarget, text: string): Omit<Login, 'address'> {
  const url = new URL(text);
  const own = new URL(target.url);
  const ofReplica = text === target.url ? '' : url.password;
  return {
    url,
    username: decodeURIComponent(url.username || own.username),
    password: ofReplica === '' ? (target.password ?? decodeURIComponent(own.password)) : decodeURIComponent(ofReplica),
    database: decodeURIComponent(url.pathname.slice(1) || own.pathname.slice(1)),
  };
}
