// What a rule of `check` is. Pure data.

export interface Rule {
  readonly severity: 'error' | 'warning';
  /** `invalid`: would not start, exit code 3. `finding`: exit code 1. */
  readonly exit: 'invalid' | 'finding';
  readonly summary: string;
  /** What, why, how to fix and an example; plain text in paragraphs. */
  readonly explanation: string;
}

/** A spec with it would not start. `why` and `fix` make the page of `explain`. */
export const error = (summary: string, why: string, fix: string): Rule => ({
  severity: 'error',
  exit: 'invalid',
  summary,
  explanation: `${why}\n\nTo fix it: ${fix}`,
});
/** A spec with it starts, and may not do what its author thinks. */
export const warning = (summary: string, why: string, fix: string): Rule => ({
  severity: 'warning',
  exit: 'finding',
  summary,
  explanation: `${why}\n\nTo fix it: ${fix}`,
});
