// A fault that already knows its outcome: how the inner parts of a probe tell the outer ones. Never leaves a probe.
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
