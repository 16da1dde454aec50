// All component alerts, by family. A new one: an entry in its file and a runbook of its name.
import type { AlertFamily } from '../../src/generate/component-alert.ts';
import { DNS_TLS } from './dns-tls.ts';
import { EDGE } from './edge.ts';
import { EXPORTER } from './exporter.ts';
import { KUBERNETES } from './kubernetes.ts';
import { MARIADB } from './mariadb.ts';
import { REDIS } from './redis.ts';
import { STORAGE } from './storage.ts';
import { TELEMETRY } from './telemetry.ts';
import { WORDPRESS } from './wordpress.ts';

export const COMPONENT_ALERTS: readonly AlertFamily[] = [
  WORDPRESS,
  MARIADB,
  REDIS,
  EDGE,
  DNS_TLS,
  STORAGE,
  KUBERNETES,
  EXPORTER,
  TELEMETRY,
];
