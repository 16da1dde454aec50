// The lanes of the state timeline: 0 fine, 1 some of it fails, 2 half of it or more fails; nothing: not measured.
import type { Mapping } from '../src/grafana/board.ts';

export const STATES: readonly Mapping[] = [
  { value: 0, text: 'fine', color: 'green' },
  { value: 1, text: 'some fail', color: 'orange' },
  { value: 2, text: 'failing', color: 'red' },
];
