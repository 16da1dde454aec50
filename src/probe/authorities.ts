// Which certificate authorities a connection trusts: the roots that come with Node, and those of a PEM file. Never judges a certificate.
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import {
  type ConnectionOptions,
  checkServerIdentity,
  createSecureContext,
  rootCertificates,
  type SecureContext,
} from 'node:tls';
import { ProbeFault } from './fault.ts';

const contexts = new Map<string, SecureContext>();

/** The shared context for a CA file, or for Node's roots alone: parsing them for each probe costs a third of its CPU. */
export function secureContext(ca: string | undefined): SecureContext {
  const pem = ca === undefined ? '' : readPem(ca, 'ca');
  let context = contexts.get(pem);
  if (context === undefined) {
    if (contexts.size > 100) contexts.clear();
    context = createSecureContext(ca === undefined ? {} : { ca: [pem, ...rootCertificates] });
    contexts.set(pem, context);
  }
  return context;
}

const UNREADABLE = { ca: 'ca_unreadable', certificate: 'certificate_unreadable' } as const;

/** The text of the file that the setting names, read anew each time because it may be replaced; Node would take any text without a word. */
export function readPem(file: string, setting: keyof typeof UNREADABLE): string {
  const fault = (what: string) => new ProbeFault(UNREADABLE[setting], `${setting} ${file}: ${what}`);
  let pem: string;
  try {
    pem = readFileSync(file, 'utf8');
  } catch (error) {
    throw fault((error as NodeJS.ErrnoException).code ?? 'unreadable');
  }
  const blocks = contexts.has(pem) ? [] : pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g);
  if (blocks === null) throw fault('holds no certificate in PEM form');
  try {
    for (const block of blocks) new X509Certificate(block);
  } catch {
    throw fault('holds a certificate that cannot be read');
  }
  return pem;
}

/** Options of a driver that verifies inside the handshake. `host` is the name in the spec, not the address connected to. */
export function driverTls(mode: 'required' | 'verify', ca: string | undefined, host: string): ConnectionOptions {
  const servername = isIP(host) === 0 ? { servername: host } : {};
  if (mode === 'required') return { rejectUnauthorized: false, ...servername };
  return {
    secureContext: secureContext(ca),
    checkServerIdentity: (_servername, cert) => checkServerIdentity(host, cert),
    ...servername,
  };
}
