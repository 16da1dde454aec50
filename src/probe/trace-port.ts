// What the runner needs of tracing: ids that always exist, spans that cost nothing when no collector is set. No library here.
import { randomBytes } from 'node:crypto';
import type { StepResult } from './probe.ts';

export interface RunTrace {
  readonly traceId: string;
  /** Begins a step; its traceparent (W3C) goes into requests. */
  step(name: string): { readonly traceparent: string; end(result: StepResult): void };
  end(): void;
}
export interface Tracer {
  run(target: { readonly name: string; readonly kind: string }): RunTrace;
}

/** Random ids, no spans: trace ids still join our log, the exemplars and the target's access log. */
export const idsOnly: Tracer = {
  run() {
    const traceId = randomBytes(16).toString('hex');
    return {
      traceId,
      step: () => ({ traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-01`, end: () => {} }),
      end: () => {},
    };
  },
};
