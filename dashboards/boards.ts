// The boards, in the order of the folder. A new one: a file, and a line here.
import type { Board } from '../src/grafana/board.ts';
import type { Spec } from '../src/spec/spec.ts';
import { dnsTls } from './dns-tls.ts';
import { edge } from './edge.ts';
import { exporter } from './exporter.ts';
import { gateway } from './gateway.ts';
import { kubernetes } from './kubernetes.ts';
import { mariadb } from './mariadb.ts';
import { onCall } from './on-call.ts';
import { overview } from './overview.ts';
import { realUsers } from './real-users.ts';
import { redis } from './redis.ts';
import { sloDetail } from './slo-detail.ts';
import { sloList } from './slo-list.ts';
import { storage } from './storage.ts';
import { telemetry } from './telemetry.ts';
import { wordpress } from './wordpress.ts';

export const BOARDS: readonly ((spec: Spec) => Board)[] = [
  overview,
  sloList,
  sloDetail,
  wordpress,
  mariadb,
  redis,
  edge,
  realUsers,
  dnsTls,
  storage,
  kubernetes,
  gateway,
  telemetry,
  exporter,
  onCall,
];
