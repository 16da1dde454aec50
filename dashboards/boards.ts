// The boards, in the order of the folder. A new one: a file, and a line here.
import type { Board } from '../src/grafana/board.ts';
import type { Spec } from '../src/spec/spec.ts';
import { overview } from './overview.ts';
import { sloDetail } from './slo-detail.ts';
import { sloList } from './slo-list.ts';

export const BOARDS: readonly ((spec: Spec) => Board)[] = [overview, sloList, sloDetail];
