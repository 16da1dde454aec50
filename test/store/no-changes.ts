// The part of a store that holds changes, for tests that are about something else: empty, and every write is acknowledged.
import type { ChangeStore } from '../../src/store/change-tables.ts';

export const noChanges: ChangeStore = {
  restored: { changes: new Map(), kept: new Map(), damaged: 0 },
  commit: () => {},
};
