// The one list of probe kinds, typed over the union: a new kind without its file does not compile.
import type { TargetKind } from '../spec/target.ts';
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
