// Errors of sockets and TLS to outcomes. Pure.
import type { Outcome } from '../spec/outcome.ts';

const BY_CODE: ReadonlyMap<string, Outcome> = new Map([
  ['ECONNREFUSED', 'refused'],
  ['ECONNRESET', 'reset'],
  ['EPIPE', 'reset'],
  ['ECONNABORTED', 'reset'],
  ['EHOSTUNREACH', 'unreachable'],
  ['EHOSTDOWN', 'unreachable'],
  ['ETIMEDOUT', 'timeout'],
  ['ENETUNREACH', 'no_network'],
  ['ENETDOWN', 'no_network'],
  ['EADDRNOTAVAIL', 'no_network'],
  ['EAFNOSUPPORT', 'no_network'],
  ['EMFILE', 'no_network'],
  ['ENFILE', 'no_network'],
  ['CERT_HAS_EXPIRED', 'tls_expired'],
  ['CERT_NOT_YET_VALID', 'tls_not_yet_valid'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls_name_mismatch'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls_incomplete_chain'],
  ['UNABLE_TO_GET_ISSUER_CERT', 'tls_incomplete_chain'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'tls_untrusted'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'tls_untrusted'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls_untrusted'],
  ['CERT_UNTRUSTED', 'tls_untrusted'],
]);

/** The outcome of an error code of Node; undefined if it is none of the network. */
export function networkOutcome(error: unknown): Outcome | undefined {
  const code = String((error as NodeJS.ErrnoException | undefined)?.code ?? '');
  return BY_CODE.get(code) ?? (/^(ERR_SSL|ERR_TLS|EPROTO)/.test(code) ? 'tls_handshake' : undefined);
}
