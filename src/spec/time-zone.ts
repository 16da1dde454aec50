// Is a text the name of a time zone? Pure.
import type { Path, Problem } from './finding.ts';
import { didYouMean } from './nearest.ts';

/** A problem if `timeZone` is no IANA name; offsets are none, as they know no daylight saving. */
export function checkTimeZone(timeZone: string, path: Path): Problem[] {
  const isName = /^[A-Za-z]/.test(timeZone);
  try {
    if (isName && new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone) return [];
  } catch {
    // RangeError: falls through to the finding.
  }
  return [
    {
      rule: 'time-zone',
      path,
      message: `unknown time zone "${timeZone}"`,
      hint: didYouMean(timeZone, Intl.supportedValuesOf('timeZone').slice(), 'IANA names'),
    },
  ];
}
