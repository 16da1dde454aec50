// From what browsers send to the few values that labels may have. Pure: nothing else of the visitor goes on.
import type { Site } from '../spec/site.ts';
import { type Device, type Navigation, OTHER_PAGES } from '../spec/vitals.ts';
import type { Beacon } from './beacon.ts';

/** Crawlers, previews, monitors. A phone of the make Cubot is none. */
const ROBOT =
  /(?<!cu)bot\b|crawl|spider|slurp|facebookexternalhit|mediapartners|lighthouse|pagespeed|gtmetrix|pingdom|uptime|headlesschrome|phantomjs|python-|curl\/|wget\/|go-http|java\/|okhttp|axios|node-fetch|monitor|preview|scan/i;

/** Why a beacon is of no visitor; undefined: of one, or one that looks like it. */
export function notAPerson(agent: string, { meta }: Beacon): 'robot' | 'synthetic' | undefined {
  if (meta.k6?.isK6Browser === true) return 'synthetic';
  if (meta.page?.attributes?.automated === 'true') return 'robot';
  return agent === '' || ROBOT.test(agent) ? 'robot' : undefined;
}

export type Engine = 'chromium' | 'gecko' | 'webkit' | 'other';

/** Chromium calls itself WebKit too, and every browser of iOS is WebKit. */
export function engineOf(agent: string): Engine {
  if (/\bCriOS|FxiOS|EdgiOS|iPhone|iPad/.test(agent)) return 'webkit';
  if (/Chrome\/|Chromium\//.test(agent)) return 'chromium';
  if (/Gecko\/\d/.test(agent)) return 'gecko';
  return /AppleWebKit\//.test(agent) ? 'webkit' : 'other';
}

export const deviceOf = (agent: string, { meta }: Beacon): Device =>
  (meta.browser?.mobile ?? /Mobi|Android|iPhone|iPad/.test(agent)) ? 'mobile' : 'desktop';

/** `navigation_type` of web-vitals. */
export function navigationOf(type: string | undefined): Navigation {
  if (type === 'back-forward-cache' || type === 'prerender' || type === 'restore') return 'restored';
  return type === 'back-forward' ? 'back_forward' : 'navigate';
}

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
