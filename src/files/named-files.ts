// Looks into the certificates, keys and tokens that a spec or an option names. Says what is wrong with them, never what is in them.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { FileProblem, FileUse } from '../spec/named-files.ts';

const PEM_CERTIFICATE = /-----BEGIN (?:TRUSTED )?CERTIFICATE-----[\s\S]+?-----END (?:TRUSTED )?CERTIFICATE-----/g;

/** What is wrong with the file, in words that follow its path; undefined if it can be used. */
export const fileProblem: FileProblem = (file, use, certificate) => {
  try {
    const text = readFileSync(file, 'utf8');
    return LOOK[use](text) ?? (certificate === undefined ? undefined : mismatch(text, certificate));
  } catch (error) {
    return unreadable(error);
  }
};

/** Why a file cannot be read, in plain words. */
export function unreadable(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'no such file';
  if (code === 'EACCES' || code === 'EPERM') return 'no permission to read it';
  return code === 'EISDIR' ? 'is a directory' : (code ?? message);
}

const LOOK: Readonly<Record<FileUse, (text: string) => string | undefined>> = {
  certificates(text) {
    const found = text.match(PEM_CERTIFICATE) ?? [];
    const broken = found.findIndex((pem) => !isCertificate(pem));
    if (found.length === 0) return 'holds no PEM certificate';
    return broken === -1 ? undefined : `certificate ${broken + 1} of ${found.length} cannot be read`;
  },
  key(text) {
    if (/-----BEGIN ENCRYPTED PRIVATE KEY-----/.test(text)) return 'the key has a passphrase';
    if (!/-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/.test(text)) return 'holds no PEM private key';
    try {
      createPrivateKey(text);
      return undefined;
    } catch (error) {
      const isLocked = (error as NodeJS.ErrnoException).code === 'ERR_MISSING_PASSPHRASE';
      return isLocked ? 'the key has a passphrase' : 'the private key cannot be read';
    }
  },
  token(text) {
    if (text.trim() === '') return 'is empty';
    return /^[\x21-\x7e]+$/.test(text.trim()) ? undefined : 'holds more than one word, or characters beyond ASCII';
  },
};

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}

/** A certificate file that cannot be read has its own finding. */
function mismatch(key: string, certificate: string): string | undefined {
  try {
    const fits = new X509Certificate(readFileSync(certificate)).checkPrivateKey(createPrivateKey(key));
    return fits ? undefined : `is not the key of ${certificate}`;
  } catch {
    return undefined;
  }
}
