// The answer of findTarget, shared with the HTTP route.
import type { Target } from '../spec/target.ts';

export type FoundTarget =
  | { readonly ok: true; readonly target: Target; readonly adhoc: boolean }
  | { readonly ok: false; readonly status: 400 | 403; readonly title: string; readonly detail: string };
