// A run as blackbox_exporter would show it: values under its names. What is not known is left out, as it does.
// Never asks anything of a target.
import { verdictOf } from '../spec/outcome.ts';
import { type BoardKey, type BoardValue, boardKey, isLabel, keysOf } from './board-reading.ts';
import type { StepResult } from './probe.ts';
import type { Run } from './runner.ts';

const SUCCESS = boardKey('probe_success');
const DURATION = boardKey('probe_duration_seconds');
const DNS = boardKey('probe_dns_lookup_time_seconds');
const PROTOCOL = boardKey('probe_ip_protocol');
const STATUS = boardKey('probe_http_status_code');
const SSL = boardKey('probe_http_ssl');
const VERSION = boardKey('probe_http_version');
const REDIRECTS = boardKey('probe_http_redirects');
const EXPIRY = boardKey('probe_ssl_earliest_cert_expiry');
/** Go writes `TLS 1.3` where OpenSSL writes `TLSv1.3`. */
const goName = (version: string): string => version.replace(/^TLSv1$/, 'TLSv1.0').replace(/^TLSv/, 'TLS ');
const tlsKey = keysOf((version) =>
  isLabel(version) ? boardKey('probe_tls_version_info', goName(version)) : undefined,
);
const PHASES = (
  [
    ['resolve', 'dns'],
    ['connect', 'connect'],
    ['tls', 'tls'],
    ['processing', 'first_byte'],
    ['transfer', 'transfer'],
  ] as const
).map(([theirs, ours]) => [boardKey('probe_http_duration_seconds', theirs), ours] as const);
const HTTP_KINDS: ReadonlySet<string> = new Set(['wordpress', 'cdn', 'http']);

/** Values of one run, of any kind of target. */
export function blackboxValues({ target, steps, durationMs }: Run): readonly BoardValue[] {
  const values: BoardValue[] = [];
  const put = (key: BoardKey | undefined, value: number | undefined) => {
    if (key !== undefined && value !== undefined) values.push({ key, value });
  };
  const dnsMs = sum(steps, 'dns');
  const tls = steps.find((s) => s.facts.tlsVersion !== undefined)?.facts.tlsVersion;
  const address = steps.find((s) => s.facts.address !== undefined)?.facts.address;
  put(SUCCESS, steps.every((s) => verdictOf(s.outcome) === 'good') ? 1 : 0);
  put(DURATION, durationMs / 1000);
  put(DNS, dnsMs === undefined ? undefined : dnsMs / 1000);
  put(PROTOCOL, address === undefined ? undefined : address.includes(':') ? 6 : 4);
  if (HTTP_KINDS.has(target.kind)) {
    const http = steps.find((s) => s.facts.httpStatus !== undefined)?.facts;
    for (const [key, phase] of PHASES) put(key, (sum(steps, phase) ?? 0) / 1000);
    put(STATUS, http?.httpStatus ?? 0);
    put(SSL, tls === undefined ? 0 : 1);
    put(VERSION, Number(http?.httpVersion ?? 0));
    put(REDIRECTS, http?.redirects ?? 0);
  }
  if (tls !== undefined) put(tlsKey(tls), 1);
  const certificates = steps.flatMap((s) => s.facts.certNotAfterSeconds ?? []);
  put(EXPIRY, certificates.length === 0 ? undefined : Math.min(...certificates));
  return values;
}

function sum(steps: readonly StepResult[], phase: keyof StepResult['phases']): number | undefined {
  let total: number | undefined;
  for (const step of steps) {
    const ms = step.phases[phase];
    if (ms !== undefined) total = (total ?? 0) + ms;
  }
  return total;
}
