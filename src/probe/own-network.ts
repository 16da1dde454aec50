// Is it us? When a run fails on the network, the control endpoints of the spec are asked at once: if none of them answers
// either, the fault is the prober's own network. Never asks without such a failure.
import { connect } from 'node:net';
import { blameOf, type Outcome, verdictOf } from '../spec/outcome.ts';
import { socketEvent, within } from './deadline.ts';
import { networkOutcome } from './network-error.ts';
import type { StepResult } from './probe.ts';
import { hostOf, type Resolve } from './resolve.ts';
import type { Run } from './runner.ts';

/** Resolves to false if the network of the prober itself is down. Never rejects. */
export type NetworkUp = () => Promise<boolean>;

const DEADLINE_MS = 1_000;
/** An answer holds for all runs that fail at about the same time, ms. */
const FRESH_MS = 2_000;

/** `controls` gives host:port endpoints; without any, the network is always taken to be up. */
export function watchOwnNetwork(
  controls: () => readonly string[],
  resolve: Resolve,
  monotonicMs: () => number,
): NetworkUp {
  let asked: { atMs: number; up: Promise<boolean> } | undefined;
  return () => {
    if (controls().length === 0) return Promise.resolve(true);
    if (asked === undefined || monotonicMs() - asked.atMs > FRESH_MS)
      asked = { atMs: monotonicMs(), up: anyAnswers(controls(), resolve) };
    return asked.up;
  };
}

const ON_THE_NETWORK: ReadonlySet<Outcome> = new Set([
  'timeout',
  'unreachable',
  'dns_timeout',
  'no_network',
  'no_resolver',
]);

/** Outcomes for which no byte of another host is needed; every other one is the judgement of an answer, and a refusal is one. */
const WITHOUT_ANSWER: ReadonlySet<Outcome> = new Set([
  ...ON_THE_NETWORK,
  // A resolver on this host says so when it reaches no other.
  'dns_servfail',
  'address_refused',
  'ca_unreadable',
  'not_configured',
  'prober_overloaded',
  'aborted',
  'internal_error',
  'skipped',
]);

/** Something came back: the outcome is of an answer, or there was a connection at least (and so before any status), before the step failed. */
const gotAnswer = ({ outcome, phases }: StepResult): boolean =>
  !WITHOUT_ANSWER.has(outcome) || (phases.connect !== undefined && (phases.tls ?? phases.first_byte) !== undefined);

/**
 * A run that failed on the network while our own is down says nothing about its target: its bad steps become `no_network`.
 * But if any step got an answer, the network was up, and the controls are what is cut off.
 */
export async function excused(run: Run, networkUp: NetworkUp): Promise<Run> {
  const isBad = (step: StepResult) => verdictOf(step.outcome) === 'bad';
  const suspect = run.steps.some((s) => ON_THE_NETWORK.has(s.outcome)) && !run.steps.some(gotAnswer);
  if (!run.steps.some(isBad) || !suspect || (await networkUp())) return run;
  const steps = run.steps.map((step): StepResult => {
    if (!isBad(step)) return step;
    const detail = `${step.outcome}, and no control endpoint answers: ${step.detail}`;
    return { ...step, outcome: 'no_network', blame: blameOf('no_network'), detail };
  });
  return { ...run, steps };
}

async function anyAnswers(controls: readonly string[], resolve: Resolve): Promise<boolean> {
  const signal = AbortSignal.timeout(DEADLINE_MS);
  const answers = controls.map(async (control) => {
    if (!(await answerFrom(control, resolve, signal))) throw new Error(control);
  });
  return Promise.any(answers).then(
    () => true,
    () => false,
  );
}

/** A refused connection is an answer too: it came over the network. */
async function answerFrom(control: string, resolve: Resolve, signal: AbortSignal): Promise<boolean> {
  const url = new URL(`tcp://${control}`);
  const resolved = await within(signal, resolve(hostOf(url)));
  if (!resolved.ok) return false;
  const socket = connect({ host: resolved.addresses[0]!, port: Number(url.port) });
  try {
    await socketEvent(socket, 'connect', signal);
    return true;
  } catch (error) {
    return ['refused', 'reset'].includes(networkOutcome(error) ?? '');
  } finally {
    socket.destroy();
  }
}
