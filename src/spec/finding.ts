// A problem in a spec, with the place where it is.
import type { RuleId } from './rules.ts';

export interface Finding {
  readonly rule: RuleId;
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly hint?: string;
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly column: number;
  /** Characters to underline. */
  readonly length: number;
  /** "slos.0.objective". */
  readonly path: string;
}
