// What a WordPress answer means: by its body first, because the worst states come with status 200. Pure.
import type { Outcome } from '../spec/outcome.ts';
import type { HttpResponse } from './http-hop.ts';

export interface PageRules {
  /** Host (and port, if it is not the default) that visitors ask for. */
  readonly host: string;
  readonly minBytes: number;
  readonly marker?: string | undefined;
}
/** What is judged of a response. */
export type Page = Pick<HttpResponse, 'status' | 'headers' | 'body' | 'url'>;
export interface PageVerdict {
  readonly outcome: Outcome;
  readonly detail: string;
}

/** Core's sentences, and what its error page shows in any language (wp_die of dead_db, WP_Fatal_Error_Handler, wp_maintenance). */
const STATES: readonly (readonly [outcome: Outcome, sentence: RegExp, core: (page: Omit<Page, 'url'>) => boolean])[] = [
  [
    'db_error',
    /Error establishing a database connection|<title>Database Error<\/title>/i,
    ({ body }) => /wp-die-message">\s{0,9}<h1>/.test(body),
  ],
  [
    'critical_error',
    /There has been a critical error on this website/i,
    ({ body }) => body.includes('faq-troubleshooting'),
  ],
  [
    'wp_maintenance',
    /Briefly unavailable for scheduled maintenance/i,
    ({ status, headers }) => status === 503 && headers['retry-after'] !== undefined,
  ],
];

/** A healthy page may quote the sentences. An error page comes by wp_die, with 5xx, or as a drop-in, which loads nothing of WordPress. */
export function knownState(response: Omit<Page, 'url'>): Outcome | undefined {
  const { status, body } = response;
  const died = body.includes('<body id="error-page"');
  const mayBeError = died || status >= 500 || !/\/wp-(content|includes)\//.test(body);
  if (!mayBeError) return undefined;
  return STATES.find(([, sentence, core]) => sentence.test(body) || (died && core(response)))?.[0];
}

/** A page after redirects: `ok` or what is wrong with it. */
export function judgePage(response: Page, rules: PageRules): PageVerdict {
  const { status, body } = response;
  const url = new URL(response.url);
  const known = knownState(response);
  if (known !== undefined) return { outcome: known, detail: `recognised by its text, status ${status}` };
  if (url.pathname.endsWith('/wp-admin/install.php'))
    return { outcome: 'install_redirect', detail: `redirected to ${url.pathname}` };
  if (url.pathname.endsWith('/wp-login.php'))
    return { outcome: 'login_redirect', detail: `redirected to ${url.pathname}` };
  if (url.host !== rules.host) return { outcome: 'canonical_mismatch', detail: `redirected to ${url.host}` };
  const byStatus = judgeStatus(response);
  if (byStatus !== undefined) return byStatus;
  const bytes = Buffer.byteLength(body);
  if (bytes < rules.minBytes)
    return { outcome: 'white_screen', detail: `${bytes} bytes, at least ${rules.minBytes} expected` };
  if (!/<\/html>/i.test(body)) return { outcome: 'white_screen', detail: 'the page has no end (</html>)' };
  if (rules.marker !== undefined && !body.includes(rules.marker))
    return { outcome: 'wrong_content', detail: 'the marker text is missing' };
  return { outcome: 'ok', detail: '' };
}

/** What Cloudflare (error 1009) and CloudFront say to a country that they block. */
const GEO_BLOCK = /error code: 1009|banned the country or region|block access from your country/i;

/** The outcome of a status that is not 2xx; undefined for 2xx. */
export function judgeStatus({ status, headers, body }: Omit<Page, 'url'>): PageVerdict | undefined {
  if (status >= 200 && status < 300) return undefined;
  const detail = `status ${status}`;
  const mitigated = headers['cf-mitigated'];
  if (mitigated !== undefined) return { outcome: mitigated === 'challenge' ? 'challenge' : 'waf_block', detail };
  if (status === 451) return { outcome: 'geo_block', detail };
  if (status === 429) return { outcome: 'rate_limited', detail };
  if (status === 502) return { outcome: 'bad_gateway', detail };
  if (status === 503) return { outcome: 'overloaded', detail };
  if (status === 504) return { outcome: 'gateway_timeout', detail };
  if ((status === 403 || status === 406) && !/wp-content|wp-includes|"code":"rest_|<body id="error-page"/i.test(body))
    return { outcome: GEO_BLOCK.test(body) ? 'geo_block' : 'waf_block', detail };
  if (status >= 500) return { outcome: 'server_error', detail };
  return { outcome: 'status', detail };
}
