// Faults that already know what they are: how the inner parts of a probe tell the outer ones. They never leave a probe.
import type { Outcome } from '../spec/outcome.ts';
import type { Facts } from './probe.ts';

export class ProbeFault extends Error {
  readonly outcome: Outcome;
  readonly facts: Facts;
  constructor(outcome: Outcome, detail: string, facts: Facts = {}) {
    super(detail);
    this.outcome = outcome;
    this.facts = facts;
  }
}

/** For a connection that ended: with the code of Node, so that it is judged as an error of Node would be. */
export const cutOff = (why: string): Error => Object.assign(new Error(why), { code: 'ECONNRESET' });
