// A TLS handshake that always ends, so that dates are known even when verification fails; the verdict comes after it.
import { isIP, type Socket } from 'node:net';
import {
  type ConnectionOptions,
  checkServerIdentity,
  type DetailedPeerCertificate,
  type TLSSocket,
  connect as tlsConnect,
} from 'node:tls';
import type { Outcome } from '../spec/outcome.ts';
import { secureContext } from './authorities.ts';
import { socketEvent } from './deadline.ts';
import { networkOutcome } from './network-error.ts';
import type { Facts } from './probe.ts';

/**
 * Options of a handshake: no verification inside of it, because judgeTls does it afterwards. Made before there is a connection, as it
 * throws for authorities that cannot be read.
 */
export const handshakeOptions = (ca: string | undefined): ConnectionOptions => ({
  rejectUnauthorized: false,
  // Without SNI (an IP address) Node would check another name than the one that was asked for.
  checkServerIdentity: () => undefined,
  secureContext: secureContext(ca),
  minVersion: 'TLSv1.2',
});

/** Shakes hands over a connected socket, for the name or address `host`. Rejects with an error of Node. */
export async function shakeHands(
  socket: Socket,
  options: ConnectionOptions,
  host: string,
  signal: AbortSignal,
): Promise<TLSSocket> {
  const secure = tlsConnect({ ...options, socket, ...(isIP(host) === 0 && { servername: host }) });
  await socketEvent(secure, 'secureConnect', signal);
  return secure;
}

export interface TlsVerdict {
  readonly outcome: Outcome;
  readonly detail: string;
  readonly facts: Facts;
}

/** What the finished handshake showed, for the name `servername`. */
export function judgeTls(socket: TLSSocket, servername: string): TlsVerdict {
  const chain = chainOf(socket.getPeerCertificate(true));
  const dates = chain.map((c) => Date.parse(c.valid_to) / 1000).filter((s) => !Number.isNaN(s));
  const error = socket.authorized
    ? undefined
    : ((socket.authorizationError as unknown as Error | string | undefined) ?? 'unknown');
  const code = typeof error === 'string' ? error : (error as NodeJS.ErrnoException | undefined)?.code;
  const leaf = chain[0];
  const nameError = leaf === undefined ? undefined : checkServerIdentity(servername, leaf);
  const outcome =
    error !== undefined
      ? (networkOutcome({ code }) ?? 'tls_untrusted')
      : nameError !== undefined
        ? 'tls_name_mismatch'
        : 'ok';
  const verifyError = code ?? (nameError === undefined ? undefined : 'ERR_TLS_CERT_ALTNAME_INVALID');
  const until = dates.length > 0 ? Math.min(...dates) : undefined;
  return {
    outcome,
    detail:
      outcome === 'ok'
        ? ''
        : `${verifyError}: certificate for ${String(leaf?.subjectaltname ?? leaf?.subject?.CN)}, asked for ${servername}${until === undefined ? '' : `, valid until ${new Date(until * 1000).toISOString()}`}`,
    facts: {
      ...(until !== undefined && { certNotAfterSeconds: until }),
      ...(leaf !== undefined && { certificate: described(leaf) }),
      tlsVersion: socket.getProtocol() ?? 'unknown',
    },
  };
}

/** Until when, and 8 bytes of the fingerprint: enough to tell one from another. */
function described({ valid_to, fingerprint256 }: DetailedPeerCertificate): string {
  const until = new Date(valid_to);
  const date = Number.isNaN(until.getTime()) ? valid_to : until.toISOString().slice(0, 10);
  return `until ${date} (SHA-256 ${fingerprint256.slice(0, 23)})`;
}

/** The certificates that were served, leaf first; a root that closes the chain on itself is left out: clients use their own. */
function chainOf(leaf: DetailedPeerCertificate): DetailedPeerCertificate[] {
  const chain: DetailedPeerCertificate[] = [];
  for (let cert: DetailedPeerCertificate | undefined = leaf; cert?.raw !== undefined; cert = cert.issuerCertificate) {
    const isRoot = cert.issuerCertificate?.fingerprint256 === cert.fingerprint256;
    if (isRoot && chain.length > 0) break;
    chain.push(cert);
    if (isRoot) break;
  }
  return chain;
}
