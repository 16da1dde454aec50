// The spec over the life of an exporter: what a load gives, and loading again on SIGHUP or when a file changes that it looked at.
import { readFileSync } from 'node:fs';
import type { Logger } from 'pino';
import type { Exporter } from '../exporter.ts';
import { type LoadResult, loadSpecAside } from '../files/load-spec.ts';
import { watchFiles } from '../files/watch-files.ts';
import type { Access } from '../http/server.ts';
import type { ParseResult } from '../spec/parse.ts';
import type { Spec } from '../spec/spec.ts';
import { CommandError, EXIT } from './exit.ts';
import { formatFindings } from './findings.ts';
import type { KnownSecrets } from './known-secrets.ts';

/** The spec of a load; throws CommandError with what is wrong. */
export function valid(result: ParseResult): Spec {
  if (result.ok) return result.spec;
  const errors = result.findings.filter((f) => f.severity === 'error');
  throw new CommandError(EXIT.invalid, formatFindings(errors, result.secrets));
}

/** Reads tokens and certificate, and takes in all secrets; throws CommandError if a file cannot be read. */
export function accessOf(
  { exporter: { tokenFile, eventsTokenFile, tls } }: Spec,
  secrets: readonly string[],
  known: KnownSecrets,
): Access {
  const token = readToken(tokenFile, 'exporter.tokenFile');
  const eventsToken = readToken(eventsTokenFile, 'exporter.eventsTokenFile');
  known.take([...secrets, ...[token, eventsToken].filter((text) => text !== undefined)]);
  return {
    ...(token !== undefined && { token }),
    ...(eventsToken !== undefined && { eventsToken }),
    ...(tls !== undefined && {
      tls: { cert: readFile(tls.cert, 'exporter.tls.cert'), key: readFile(tls.key, 'exporter.tls.key') },
    }),
  };
}

/** What check would warn of, in the log: nobody runs check at 3 am. */
export function warnOf(result: LoadResult, log: Pick<Logger, 'warn'>): void {
  for (const file of result.exposed)
    log.warn(
      { file },
      'a file with a secret can be read by everybody on this machine: chmod o-r, or defaultMode: 0440',
    );
  for (const { rule, severity, message, hint, file, line, column } of result.findings)
    if (severity === 'warning')
      log.warn({ rule, place: `${file}:${line}:${column}`, finding: message, hint }, 'the spec has a weak point');
}

export interface Reloading {
  /** Loads again when something changed since the first load, and from now on. */
  into(exporter: Pick<Exporter, 'load' | 'loadFailed'>): void;
}

/** Watches from now on what the first load looked at; every load renews the list. */
export function reloading(
  first: LoadResult,
  files: readonly string[],
  secrets: KnownSecrets,
  log: Pick<Logger, 'info' | 'warn' | 'error'>,
): Reloading {
  let exporter: Pick<Exporter, 'load' | 'loadFailed'> | undefined;
  let missed = false;
  let watched = first.paths;
  let going: Promise<void> | undefined;
  const again = () => {
    missed = exporter === undefined || going !== undefined;
    if (missed) return;
    going = load().finally(() => {
      going = undefined;
      if (missed) again();
    });
  };
  const load = async () => {
    if (exporter === undefined) return;
    try {
      const result = await loadSpecAside(files);
      // A load that failed may not have come to all files.
      watched = result.ok ? result.paths : [...new Set([...watched, ...result.paths])];
      watching.renew(watched);
      const spec = valid(result);
      exporter.load(spec, accessOf(spec, result.secrets, secrets));
      log.info({ targets: spec.targets.length, slos: spec.slos.length }, 'spec reloaded');
      warnOf(result, log);
    } catch (error) {
      exporter.loadFailed();
      log.error({ reason: (error as Error).message }, 'the new spec is invalid: the old one stays in force');
    }
  };
  const watching = watchFiles(again, (directory, error) =>
    log.warn({ directory, reason: error.message }, 'changes are not seen any more: send SIGHUP'),
  );
  watching.renew(watched);
  process.on('SIGHUP', again);
  return {
    into(started) {
      exporter = started;
      if (missed) again();
    },
  };
}

function readToken(path: string | undefined, what: string): string | undefined {
  const token = path === undefined ? undefined : readFile(path, what).trim();
  if (token !== '') return token;
  throw new CommandError(EXIT.invalid, `${what}: ${path} is empty; write the token into it`);
}

function readFile(path: string, what: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new CommandError(
      EXIT.invalid,
      `${what}: cannot read ${path} (${(error as NodeJS.ErrnoException).code}); check path and permissions`,
    );
  }
}
