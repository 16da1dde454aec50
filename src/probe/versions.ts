// Versions of MariaDB, as servers tell them in their greeting, and of WordPress. Pure.

/** Of a series (10.11, 11.4) older than the other's? Not if one of them is no version. */
export function isOlderSeries(version: string, than: string): boolean {
  const [mine, other] = [seriesOf(version), seriesOf(than)];
  if (mine === undefined || other === undefined) return false;
  return mine.major !== other.major ? mine.major < other.major : mine.minor < other.minor;
}

function seriesOf(version: string): { major: number; minor: number } | undefined {
  const parts = /^(\d+)\.(\d+)\./.exec(version);
  return parts === null ? undefined : { major: Number(parts[1]), minor: Number(parts[2]) };
}

/** What looks like a version of WordPress: 6.9, 6.9.1, 7.0-beta2. Undefined for everything else. */
export const versionIn = (text: unknown): string | undefined =>
  typeof text === 'string' && /^\d{1,3}(\.\d{1,3}){1,3}(-[\w.-]{1,20})?$/.test(text) ? text : undefined;
