// Files that a spec names beside its secrets: certificates, keys and tokens. Finds them; what is in them comes in through a port.
// Paths are relative to the directory of the spec file, as those of secrets are.
import type { Path, Problem } from './finding.ts';
import { beside } from './secrets.ts';

export type FileUse = 'certificates' | 'key' | 'token';

/** What is wrong with a file; undefined if it can be used. `certificate` is the file that a key must belong to. */
export type FileProblem = (file: string, use: FileUse, certificate?: string) => string | undefined;

/** Every place that names a file: in a target, and in the section exporter. */
const PLACES: readonly { readonly path: readonly string[]; readonly use: FileUse }[] = [
  { path: ['ca'], use: 'certificates' },
  { path: ['certificate'], use: 'certificates' },
  { path: ['tokenFile'], use: 'token' },
  { path: ['eventsTokenFile'], use: 'token' },
  { path: ['tls', 'cert'], use: 'certificates' },
  { path: ['tls', 'key'], use: 'key' },
];

const USES: Readonly<Record<FileUse, string>> = {
  certificates: 'a PEM file with certificates (-----BEGIN CERTIFICATE-----)',
  key: 'a PEM file with the private key of the certificate, without passphrase',
  token: 'a file with the token on one line',
};

/** Makes the paths in `value` (a target, or the section exporter) independent of the current directory, and checks the files. */
export function checkNamedFiles(
  value: unknown,
  at: Path,
  specFile: string,
  problemOf: FileProblem | undefined,
): Problem[] {
  return PLACES.flatMap(({ path, use }) => {
    const holder = path.length === 1 ? value : (value as Record<string, unknown> | null)?.[path[0]!];
    const key = path.at(-1)!;
    if (typeof holder !== 'object' || holder === null) return [];
    const named = holder as Record<string, unknown>;
    const file = named[key];
    if (typeof file !== 'string') return [];
    const full = beside(specFile, file);
    named[key] = full;
    const certificate = use === 'key' && typeof named.cert === 'string' ? named.cert : undefined;
    const message = problemOf?.(full, use, certificate);
    if (message === undefined) return [];
    const hint = `${USES[use]} is needed; the path is relative to the directory of the spec file`;
    return [{ rule: 'named-file' as const, path: [...at, ...path], message: `${full}: ${message}`, hint }];
  });
}
