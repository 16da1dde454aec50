// What the runner needs of tracing: ids that always exist, spans that cost nothing when no collector is set. No library here.
import { randomFillSync } from 'node:crypto';
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

const POOL = Buffer.alloc(4_096);
let used = POOL.length;

/** Random bytes as hex. From a pool: asking the system for each id costs more than reading an answer. */
function randomHex(bytes: number): string {
  if (used + bytes > POOL.length) {
    randomFillSync(POOL);
    used = 0;
  }
  used += bytes;
  return POOL.toString('hex', used - bytes, used);
}

/** Random ids, no spans: trace ids still join our log, the exemplars and the target's access log. */
export const idsOnly: Tracer = {
  run() {
    const traceId = randomHex(16);
    return {
      traceId,
      step: () => ({ traceparent: `00-${traceId}-${randomHex(8)}-01`, end: () => {} }),
      end: () => {},
    };
  },
};
