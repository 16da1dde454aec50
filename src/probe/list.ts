// The one list of probe kinds, typed over the union: a new kind without its file does not compile.
import type { Target, TargetKind } from '../spec/target.ts';
import { cdn } from './cdn.ts';
import { dns } from './dns.ts';
import { http } from './http.ts';
import { mariadb } from './mariadb.ts';
import type { Probe } from './probe.ts';
import { redis } from './redis.ts';
import { tcp } from './tcp.ts';
import { tls } from './tls.ts';
import { wordpress } from './wordpress.ts';

export const probes: { readonly [K in TargetKind]: Probe<K> } = { wordpress, mariadb, redis, cdn, http, tls, dns, tcp };

/** Loads the libraries that these targets need; those of other kinds cost nothing. */
export function prepareProbes(targets: readonly Target[]): void {
  for (const kind of new Set(targets.map((target) => target.kind))) probes[kind].prepare?.();
}
