// Is the certificate that is served the one that should be? Asked of one that is valid: it may be an old one all the same.
import { X509Certificate } from 'node:crypto';
import type { PeerCertificate } from 'node:tls';
import type { Outcome } from '../spec/outcome.ts';
import type { Target } from '../spec/target.ts';
import { readPem } from './authorities.ts';
import { ProbeFault } from './fault.ts';

type Wanted = Pick<Target<'tls'>, 'certificate' | 'issuer'>;
interface ServedVerdict {
  readonly outcome: Outcome;
  readonly detail: string;
}

/** What is wrong with `leaf`; undefined if it is as the spec wants it. */
export function judgeServed(leaf: PeerCertificate, { certificate, issuer }: Wanted): ServedVerdict | undefined {
  return (
    (certificate === undefined ? undefined : judgeFile(leaf, certificate)) ??
    (issuer === undefined ? undefined : judgeIssuer(leaf, issuer))
  );
}

function judgeFile(leaf: PeerCertificate, file: string): ServedVerdict | undefined {
  try {
    // The leaf stands first, as in tls.crt of a Kubernetes secret.
    const wanted = new X509Certificate(readPem(file, 'certificate'));
    if (wanted.fingerprint256 === leaf.fingerprint256) return undefined;
    const [served, held] = [describe(leaf.valid_to, leaf), describe(wanted.validTo, wanted)];
    return { outcome: 'tls_not_reloaded', detail: `served until ${served}, in the file until ${held}` };
  } catch (error) {
    if (error instanceof ProbeFault) return { outcome: error.outcome, detail: error.message };
    throw error;
  }
}

const describe = (until: string, { fingerprint256 }: { fingerprint256: string }): string =>
  `${new Date(until).toISOString()} (${fingerprint256.slice(0, 23)}...)`;

function judgeIssuer({ issuer }: PeerCertificate, wanted: string): ServedVerdict | undefined {
  const names = [issuer.CN, issuer.O].flat().filter((name) => name !== undefined);
  if (names.some((name) => name.includes(wanted))) return undefined;
  return { outcome: 'tls_wrong_issuer', detail: `issued by ${names.join(', ') || 'nobody'}, expected ${wanted}` };
}
