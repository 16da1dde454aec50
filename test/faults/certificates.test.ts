// Certificates that are wrong, each on a TLS server of its own, and a handshake that stalls.
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer, type Server, type TlsOptions } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/spec/outcome.ts';
import { bundle, type Certificate, makeCa, selfSigned } from '../services/ca.ts';
import { type FaultProxy, startFaultProxy } from '../services/fault-proxy.ts';
import { privateFolder } from '../services/process.ts';
import { startWatch, type Watch } from '../services/watched.ts';

const SHOP = 'shop.plimsoll.test';
const DAY_SECONDS = 86_400;
const NAMES = ['expired', 'early', 'other', 'self', 'chain', 'stall', 'half'] as const;
type Name = (typeof NAMES)[number];
const folder = privateFolder('certificates');
const ca = makeCa(folder.path);
const below = ca.intermediate('below');
const pem = ({ cert, key }: Certificate): TlsOptions => ({ cert: readFileSync(cert), key: readFileSync(key) });
const valid = pem(ca.issue('valid', [SHOP]));
const leaf = below.issue('leaf', [SHOP]);
const servers = new Map<Name, Server>();
const proxies = new Map<Name, FaultProxy>();
let watch: Watch;

beforeAll(async () => {
  for (const name of NAMES) {
    const server = createServer(valid, (socket) =>
      socket.on('error', () => {}).once('data', () => socket.end('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nshop')),
    );
    server.on('tlsClientError', () => {});
    servers.set(name, server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    proxies.set(name, await startFaultProxy((server.address() as AddressInfo).port));
  }
  const reached = (name: Name) => ({ address: '127.0.0.1', ca: ca.cert, port: proxies.get(name)!.port });
  const targets = NAMES.flatMap((name) => {
    const { port, ...access } = reached(name);
    return [
      { name, kind: 'tls', url: `tls://${SHOP}:${port}`, ...access },
      { name: `${name}-site`, kind: 'http', url: `https://${SHOP}:${port}/`, ...access },
    ];
  });
  const certificate = {
    name: 'expired-date',
    sli: { kind: 'freshness', target: 'expired', of: 'certificate', above: '14d' },
  };
  watch = await startWatch(targets, { slos: [certificate] });
});
afterAll(async () => {
  await watch?.stop();
  for (const proxy of proxies.values()) await proxy.close();
  for (const server of servers.values()) server.close();
  folder.remove();
});

const expiryOf = (series: Map<string, number>, target: string) =>
  (series.get(`probe_cert_not_after_timestamp_seconds{target="${target}",location="main"}`) ?? Number.NaN) -
  Date.now() / 1000;

/** The server of that name serves another certificate for a while; the certificate alone, and a site behind it, see the same. */
async function served(
  name: Name,
  options: TlsOptions,
  outcome: Outcome,
  check: (series: Map<string, number>) => unknown,
) {
  const server = servers.get(name)!;
  const wrong = { outcome, blame: 'tls', counts: 'bad', detail: /CERT|VERIFY|ERR_/ } as const;
  // Each has to have looked at what was before.
  let waiting = 2;
  const injected = Promise.withResolvers<void>();
  const inject = () => {
    if (--waiting === 0) {
      server.setSecureContext(options);
      injected.resolve();
    }
    return injected.promise;
  };
  // Both targets have to see it before it is healed.
  let open = 2;
  const healed = Promise.withResolvers<void>();
  const heal = async () => {
    if (--open === 0) {
      server.setSecureContext(valid);
      healed.resolve();
    }
    await healed.promise;
  };
  await Promise.all([
    watch.fault({ ...wrong, target: name, step: 'handshake' }, inject, heal, check),
    watch.fault({ ...wrong, target: `${name}-site`, step: 'get' }, inject, heal, (series) =>
      expect(series.get(`probe_cert_not_after_timestamp_seconds{target="${name}-site",location="main"}`)).toBeDefined(),
    ),
  ]);
}

describe.concurrent('a certificate', () => {
  it('C01 that has expired, or is not valid yet, is bad, and its date is known all the same', async () => {
    await Promise.all([
      served('expired', pem(ca.issue('expired', [SHOP], -1)), 'tls_expired', (series) => {
        expect(expiryOf(series, 'expired')).toBeLessThan(-DAY_SECONDS / 2);
        expect(series.get('slo_events_total{slo="expired-date",result="bad",location="main"}')).toBeGreaterThan(0);
      }),
      served('early', pem(ca.issue('early', [SHOP], 90, 1)), 'tls_not_yet_valid', (series) =>
        expect(expiryOf(series, 'early')).toBeGreaterThan(80 * DAY_SECONDS),
      ),
    ]);
  });
  it('C02 for another name, of nobody, or without its intermediate says which of them it is', async () => {
    const dated = (name: Name) => (series: Map<string, number>) => expect(expiryOf(series, name)).toBeGreaterThan(0);
    await Promise.all([
      served('other', pem(ca.issue('other', ['other.plimsoll.test'])), 'tls_name_mismatch', dated('other')),
      served('self', pem(selfSigned(folder.path, SHOP)), 'tls_untrusted', dated('self')),
      served('chain', pem(leaf), 'tls_incomplete_chain', dated('chain')),
    ]);
    // With the intermediate the same leaf is good: it was the chain, and nothing else.
    servers.get('chain')!.setSecureContext({ key: readFileSync(leaf.key), cert: bundle(leaf, below) });
    await watch.untilGood('chain');
  });
  it('C03 whose handshake stalls, at once or in the middle, is a timeout in the phase tls', async () => {
    const stalls = (name: Name, inject: () => unknown) =>
      watch.fault(
        {
          target: `${name}-site`,
          step: 'get',
          outcome: 'timeout',
          blame: 'target',
          counts: 'bad',
          detail: /in phase tls/,
        },
        inject,
        () => proxies.get(name)!.inject(undefined),
        (series) =>
          expect(
            series.get(`probe_phase_duration_seconds_sum{target="${name}-site",phase="tls",location="main"}`),
          ).toBeGreaterThan(1),
      );
    await Promise.all([
      stalls('stall', () => proxies.get('stall')!.inject({ kind: 'silent' })),
      stalls('half', () => proxies.get('half')!.inject({ kind: 'hold', afterBytes: 300 })),
    ]);
  });
});
