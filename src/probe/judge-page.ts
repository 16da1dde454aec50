// What a WordPress answer means: by its body first, because the worst states come with status 200. Pure.
import type { Outcome } from '../spec/outcome.ts';
import type { HttpResponse } from './http-client.ts';

export interface PageRules {
  /** Host of the URL that was asked for. */
  readonly host: string;
  readonly minBytes: number;
  readonly marker?: string | undefined;
}
export interface PageVerdict {
  readonly outcome: Outcome;
  readonly detail: string;
}

const BODIES: readonly (readonly [RegExp, Outcome])[] = [
  [/Error establishing a database connection|<title>Database Error<\/title>/i, 'db_error'],
  [/There has been a critical error on this website/i, 'critical_error'],
  [/Briefly unavailable for scheduled maintenance/i, 'wp_maintenance'],
];

/** A page after redirects: `ok` or what is wrong with it. */
export function judgePage(response: HttpResponse, rules: PageRules): PageVerdict {
  const { status, body } = response;
  const url = new URL(response.url);
  const known = BODIES.find(([pattern]) => pattern.test(body));
  if (known !== undefined) return { outcome: known[1], detail: `recognised by its text, status ${status}` };
  if (url.pathname.endsWith('/wp-admin/install.php'))
    return { outcome: 'install_redirect', detail: `redirected to ${url.pathname}` };
  if (url.pathname.endsWith('/wp-login.php'))
    return { outcome: 'login_redirect', detail: `redirected to ${url.pathname}` };
  if (url.hostname !== rules.host) return { outcome: 'canonical_mismatch', detail: `redirected to ${url.hostname}` };
  const byStatus = judgeStatus(status, body);
  if (byStatus !== undefined) return byStatus;
  const bytes = Buffer.byteLength(body);
  if (bytes < rules.minBytes)
    return { outcome: 'white_screen', detail: `${bytes} bytes, at least ${rules.minBytes} expected` };
  if (!/<\/html>\s*(<!--[\s\S]*-->\s*)*$/i.test(body))
    return { outcome: 'white_screen', detail: 'the page has no end (</html>)' };
  if (rules.marker !== undefined && !body.includes(rules.marker))
    return { outcome: 'wrong_content', detail: 'the marker text is missing' };
  return { outcome: 'ok', detail: '' };
}

/** The outcome of a status that is not 2xx; undefined for 2xx. */
export function judgeStatus(status: number, body: string): PageVerdict | undefined {
  if (status >= 200 && status < 300) return undefined;
  const detail = `status ${status}`;
  if (status === 429) return { outcome: 'rate_limited', detail };
  if (status === 502) return { outcome: 'bad_gateway', detail };
  if (status === 503) return { outcome: 'overloaded', detail };
  if (status === 504) return { outcome: 'gateway_timeout', detail };
  if ((status === 403 || status === 406) && !/wp-content|wp-includes|"code":"rest_/i.test(body))
    return { outcome: 'waf_block', detail };
  if (status >= 500) return { outcome: 'server_error', detail };
  return { outcome: 'status', detail };
}
