// A private certificate authority, by openssl.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Certificate {
  readonly cert: string;
  readonly key: string;
}
export interface Ca {
  readonly cert: string;
  /** A certificate for the names; `days` may be negative for one that has expired. */
  issue(file: string, names: readonly string[], days?: number): Certificate;
}

/** Makes an authority in `dir`. */
export function makeCa(dir: string): Ca {
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] });
  const key = (file: string) => openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', file);
  key('ca.key');
  openssl('req', '-x509', '-new', '-key', 'ca.key', '-subj', '/CN=Plimsoll test CA', '-days', '3650', '-out', 'ca.pem');
  return {
    cert: join(dir, 'ca.pem'),
    issue(file, names, days = 90) {
      key(`${file}.key`);
      openssl('req', '-new', '-key', `${file}.key`, '-subj', `/CN=${names[0]}`, '-out', `${file}.csr`);
      writeFileSync(
        join(dir, `${file}.ext`),
        `subjectAltName=${names.map((n) => (/^[\d.]+$/.test(n) ? `IP:${n}` : `DNS:${n}`)).join(',')}\nbasicConstraints=CA:FALSE\n`,
      );
      const stamp = (ms: number) => `${new Date(ms).toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`;
      const now = Date.now();
      // openssl x509 of Debian 12 knows no start date; `openssl ca` does.
      writeFileSync(join(dir, 'index.txt'), '');
      writeFileSync(join(dir, 'serial'), `${now.toString(16).padStart(12, '0')}\n`);
      writeFileSync(
        join(dir, 'ca.cnf'),
        `[ca]\ndefault_ca=d\n[d]\ndatabase=${dir}/index.txt\nserial=${dir}/serial\nnew_certs_dir=${dir}\ndefault_md=sha256\npolicy=p\nunique_subject=no\n[p]\ncommonName=supplied\n`,
      );
      const from = Math.min(now - 86_400_000, now + (days - 1) * 86_400_000);
      openssl(
        'ca',
        '-batch',
        '-config',
        'ca.cnf',
        '-keyfile',
        'ca.key',
        '-cert',
        'ca.pem',
        '-in',
        `${file}.csr`,
        '-extfile',
        `${file}.ext`,
        '-startdate',
        stamp(from),
        '-enddate',
        stamp(now + days * 86_400_000),
        '-notext',
        '-out',
        `${file}.pem`,
      );
      return { cert: join(dir, `${file}.pem`), key: join(dir, `${file}.key`) };
    },
  };
}
