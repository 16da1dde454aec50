// How a page leaves: headers that let nothing in from elsewhere, an ETag, gzip, and its JSON twin. Never decides who may see it.
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Html } from './markup.ts';

/** The policy of every page. No inline script, no inline style, no form. */
export const POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

const HEADERS = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'x-frame-options': 'DENY',
} as const;

const SMALL = 1_400;
export const PRIVATE = 'private, no-cache';
export const PUBLIC = 'public, max-age=30';

/** Is JSON what the request wants: by the end of its path, or because it asks for JSON and not for HTML? */
export function wantsJson(request: FastifyRequest): boolean {
  const [path = ''] = request.url.split('?');
  if (path.endsWith('.json')) return true;
  const accept = request.headers.accept ?? '';
  return accept.includes('application/json') && !accept.includes('text/html');
}

export interface Sent {
  readonly status?: number;
  readonly cache?: string;
  readonly type?: string;
}

/** Sends a text with an ETag, compressed if the client can; 304 if it has it already. */
export function send(
  request: FastifyRequest,
  reply: FastifyReply,
  body: string,
  { status = 200, cache = PRIVATE, type = 'text/html; charset=utf-8' }: Sent = {},
): FastifyReply {
  const etag = `W/"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
  reply.headers(HEADERS).headers({ etag, 'cache-control': cache, vary: 'Accept, Accept-Encoding, Authorization' });
  if (status === 200 && request.headers['if-none-match']?.split(/,\s*/).includes(etag)) return reply.code(304).send();
  reply.code(status).type(type);
  if (body.length < SMALL || !/\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) return reply.send(body);
  return reply.header('content-encoding', 'gzip').send(gzipSync(body));
}

/** Sends a value; with a status of an error it is a problem document (RFC 9457). */
export const sendJson = (request: FastifyRequest, reply: FastifyReply, value: object, sent: Sent = {}): FastifyReply =>
  send(request, reply, `${JSON.stringify(value, undefined, 1)}\n`, {
    type: `application/${(sent.status ?? 200) < 400 ? 'json' : 'problem+json'}; charset=utf-8`,
    ...sent,
  });

/** A page: what it shows as data, and how it shows it. */
export interface Page {
  readonly status?: number;
  readonly json: object;
  readonly html: () => Html;
}

/** Sends the page as what the request wants. */
export function sendPage(request: FastifyRequest, reply: FastifyReply, page: Page, cache = PRIVATE): FastifyReply {
  const sent = { cache, ...(page.status !== undefined && { status: page.status }) };
  return wantsJson(request) ? sendJson(request, reply, page.json, sent) : send(request, reply, page.html().text, sent);
}
