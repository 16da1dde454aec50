// From what browsers send to the few values that labels may have. Pure: nothing else of the visitor goes on.
import type { Device, Navigation } from '../spec/vitals.ts';
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
