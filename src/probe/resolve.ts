// Names to addresses, and which addresses a probe may reach. The address that was checked is the one connected to.
import type { Outcome } from '../spec/outcome.ts';

/** ok with at least one address, or the outcome that says why not. `ms` is the time spent. */
export type Resolved =
  | { readonly ok: true; readonly addresses: readonly string[]; readonly ms: number }
  | { readonly ok: false; readonly outcome: Outcome; readonly detail: string; readonly ms: number };

/** Resolves `host` (a name or an address) and applies the address policy. Never rejects. */
export type Resolve = (host: string, options?: { signal?: AbortSignal; redirect?: boolean }) => Promise<Resolved>;
