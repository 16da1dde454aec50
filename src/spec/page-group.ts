// Which group of a site's pages an address is in. Pure.
import type { Site } from './site.ts';
import { OTHER_PAGES } from './vitals.ts';

/** The first group with a path that matches; `other` without one. */
export function pageGroupOf({ pages }: Site, url: string | undefined): string {
  const path = url === undefined ? undefined : URL.parse(url)?.pathname;
  if (path === undefined) return OTHER_PAGES;
  return pages.find(({ paths }) => paths.some((pattern) => matches(pattern, path)))?.name ?? OTHER_PAGES;
}

/** * stands for anything, also for nothing. In steps from left to right, so that no path is slow. */
function matches(pattern: string, path: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return path === pattern;
  if (!path.startsWith(first)) return false;
  let at = first.length;
  const last = rest.pop()!;
  for (const part of rest) {
    const found = path.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return path.length - last.length >= at && path.endsWith(last);
}
