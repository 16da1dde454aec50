// A private certificate authority, by openssl.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Certificate {
  readonly cert: string;
  readonly key: string;
}
export interface Ca extends Certificate {
  /** A certificate for the names, valid from `startDays` (default: yesterday) until `days` from now; negative is in the past. */
  issue(file: string, names: readonly string[], days?: number, startDays?: number): Certificate;
  /** An authority below this one. */
  intermediate(file: string, days?: number): Ca;
}

const DAY_MS = 86_400_000;
const stamp = (ms: number) => `${new Date(ms).toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`;

/** Makes a root authority in `dir`. */
export function makeCa(dir: string, days = 3650): Ca {
  newKey(dir, 'ca');
  const subject = ['-subj', '/CN=Plimsoll test CA', '-days', String(days)];
  openssl(dir, 'req', '-x509', '-new', '-key', 'ca.key', ...subject, '-out', 'ca.pem');
  return authority(dir, 'ca');
}

/** A certificate that signs itself. */
export function selfSigned(dir: string, name: string): Certificate {
  newKey(dir, 'self');
  const names = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`];
  openssl(dir, 'req', '-x509', '-new', '-key', 'self.key', ...names, '-days', '90', '-out', 'self.pem');
  return files(dir, 'self');
}

/** One file with several certificates, in the order in which a server sends them. */
export function bundle(...certificates: readonly Certificate[]): string {
  return certificates.map(({ cert }) => readFileSync(cert, 'utf8')).join('');
}

const openssl = (cwd: string, ...args: string[]) =>
  execFileSync('openssl', args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
const newKey = (dir: string, file: string) =>
  openssl(dir, 'ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', `${file}.key`);
const files = (dir: string, file: string): Certificate => ({
  cert: join(dir, `${file}.pem`),
  key: join(dir, `${file}.key`),
});

function authority(dir: string, name: string): Ca {
  return {
    ...files(dir, name),
    issue(file, names, days = 90, startDays = Math.min(-1, days - 1)) {
      const alternatives = names.map((n) => (/^[\d.]+$/.test(n) ? `IP:${n}` : `DNS:${n}`)).join(',');
      sign(dir, name, file, names[0]!, `subjectAltName=${alternatives}\nbasicConstraints=CA:FALSE\n`, [
        startDays,
        days,
      ]);
      return files(dir, file);
    },
    intermediate(file, days = 365) {
      sign(dir, name, file, `Plimsoll test CA ${file}`, 'basicConstraints=critical,CA:TRUE\n', [-1, days]);
      return authority(dir, file);
    },
  };
}

/** openssl x509 of Debian 12 knows no start date; `openssl ca` does. */
function sign(
  dir: string,
  by: string,
  file: string,
  commonName: string,
  extensions: string,
  days: [number, number],
): void {
  newKey(dir, file);
  openssl(dir, 'req', '-new', '-key', `${file}.key`, '-subj', `/CN=${commonName}`, '-out', `${file}.csr`);
  writeFileSync(join(dir, `${file}.ext`), extensions);
  writeFileSync(join(dir, 'index.txt'), '');
  writeFileSync(join(dir, 'serial'), `${process.hrtime.bigint().toString(16).padStart(16, '0')}\n`);
  writeFileSync(
    join(dir, 'ca.cnf'),
    `[ca]\ndefault_ca=d\n[d]\ndatabase=${dir}/index.txt\nserial=${dir}/serial\nnew_certs_dir=${dir}\ndefault_md=sha256\npolicy=p\nunique_subject=no\n[p]\ncommonName=supplied\n`,
  );
  const [from, to] = days.map((d) => stamp(Date.now() + d * DAY_MS)) as [string, string];
  const issuer = ['-keyfile', `${by}.key`, '-cert', `${by}.pem`];
  const dates = ['-startdate', from, '-enddate', to];
  openssl(
    dir,
    'ca',
    '-batch',
    '-config',
    'ca.cnf',
    ...issuer,
    '-in',
    `${file}.csr`,
    '-extfile',
    `${file}.ext`,
    ...dates,
    '-notext',
    '-out',
    `${file}.pem`,
  );
}
