// What pages are made of: everything they may ask, and nothing that they could change.
import type { Changes } from '../engine/changes.ts';
import type { Engine } from '../engine/engine.ts';
import type { SiteNumbers } from '../spec/real-users.ts';
import type { Store } from '../store/store.ts';
import type { Frame } from './layout.ts';
import type { RecentRuns } from './runs.ts';

export interface Sources {
  readonly engine: Engine;
  readonly changes: Changes;
  readonly runs: RecentRuns;
  readonly version: string;
  /** Files that the spec was read from; empty if it was made at the start. */
  readonly files: readonly string[];
  /** When the spec in force was loaded, and whether the newest load succeeded. */
  spec(): { readonly loadedMs: number; readonly isValid: boolean };
  /** The store of now; undefined while there is none. */
  store(): Store | undefined;
  /** Real users of the sites in the spec; undefined: none are measured. */
  readonly realUsers?: { numbers(only?: string): readonly SiteNumbers[] };
}

/** The frame of a page of now. */
export const frameOf = (sources: Sources, title: string, at: string): Frame => ({
  title,
  at,
  version: sources.version,
  evaluatedAtMs: sources.engine.evaluatedAt(),
  specValid: sources.spec().isValid,
  historyIsRead: sources.engine.historyIsRead,
  realUsers: sources.realUsers !== undefined && sources.engine.spec.sites.length > 0,
  hasStatusPage: sources.engine.spec.statusPage.components.length > 0,
});
