// Values of options that several commands have. A wrong value is a usage error that names the option and says what to write.
import { isIP } from 'node:net';
import { fileProblem } from '../files/named-files.ts';
import type { FileUse } from '../spec/named-files.ts';
import { didYouMean } from '../spec/nearest.ts';
import { CommandError, EXIT } from './exit.ts';

/** For options that can be repeated: --config a --config b. */
export const repeated = (value: string, before: string[] = []): string[] => [...before, value];

/** One of a few words. */
export function oneOf<T extends string>(option: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((word) => word === value);
  if (found !== undefined) return found;
  const hint = didYouMean(value, allowed, 'use one of');
  throw new CommandError(EXIT.usage, `${option} ${value}: ${hint}`);
}

/** An http or https URL without credentials, which would be seen in lists of processes and in messages. */
export function httpUrl(option: string, value: string, example: string): URL {
  // Not echoed when it may hold a password.
  if (/^[^/]*\/\/[^/]*@/.test(value))
    throw new CommandError(EXIT.usage, `${option}: leave user and password out of the URL; write one like ${example}`);
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.hostname === '')
    throw new CommandError(EXIT.usage, `${option} ${value}: write a URL like ${example}`);
  return url;
}

/** A file that can be used for what the option says. */
export function usableFile(option: string, file: string, use: FileUse): string {
  const problem = fileProblem(file, use);
  if (problem === undefined) return file;
  const what = use === 'token' ? 'a file with the token on one line' : 'a PEM file with certificates';
  throw new CommandError(EXIT.usage, `${option} ${file}: ${problem}; name ${what}`);
}

export function ipAddress(option: string, value: string): string {
  if (isIP(value) !== 0) return value;
  throw new CommandError(EXIT.usage, `${option} ${value}: write an IP address like 192.0.2.10`);
}
