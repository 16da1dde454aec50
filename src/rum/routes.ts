// What browsers ask: POST /collect/:site with its preflight, the loader and its bundles. Open to all; needs no token and sets no cookie.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Assets, Bundle } from './assets.ts';
import { clientOf } from './client.ts';
import { isAllowed, MOST_BODY_BYTES, take } from './intake.ts';
import type { RealUsers } from './real-users.ts';

const PREFLIGHT_S = 7_200;
const ALLOWED_HEADERS = 'content-type,content-encoding,idempotency-key,x-api-key,x-faro-session-id,traceparent';
const EXPOSED_HEADERS = 'retry-after,x-faro-session-status';

export interface RumPorts {
  readonly realUsers: RealUsers;
  /** Made when they are first needed. */
  assets(): Assets;
  monotonicMs(): number;
}

const text = (request: FastifyRequest, name: string): string | undefined => {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(',') : value;
};

const problem = (reply: FastifyReply, status: number, title: string, detail: string) =>
  reply
    .code(status)
    .type('application/problem+json')
    .send(JSON.stringify({ type: 'about:blank', title, status, detail }));

const noSite = (reply: FastifyReply, key: string) =>
  problem(reply, 404, 'not found', `there is no site "${key.slice(0, 64)}": see sites[].key of the spec`);

/** Registers the routes in a scope of their own: its parser leaves bodies unread. */
export function rumRoutes(app: FastifyInstance, ports: RumPorts): void {
  // Packing takes a third of a second: at the start rather than while probes run.
  if (ports.realUsers.sites.length > 0) ports.assets();
  collectRoutes(app, ports);
  assetRoutes(app, ports);
}

function collectRoutes(app: FastifyInstance, { realUsers, monotonicMs }: RumPorts): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));
  const cors = (request: FastifyRequest, reply: FastifyReply): void => {
    const origin = text(request, 'origin');
    const state = realUsers.site((request.params as { site: string }).site);
    reply.header('vary', 'Origin').header('cache-control', 'no-store');
    if (state === undefined || !isAllowed(state.site, origin)) return;
    reply.header('access-control-allow-origin', origin).header('access-control-expose-headers', EXPOSED_HEADERS);
  };
  app.options('/collect/:site', { schema: { summary: 'May this page send beacons?' } }, (request, reply) => {
    cors(request, reply);
    reply
      .header('access-control-allow-methods', 'POST')
      .header('access-control-allow-headers', ALLOWED_HEADERS)
      .header('access-control-max-age', PREFLIGHT_S);
    return reply.code(204).send();
  });
  const schema = { summary: 'Takes a beacon of a browser, in the wire format of the Faro SDK' };
  app.post('/collect/:site', { schema }, async (request, reply) => {
    const { site: key } = request.params as { site: string };
    cors(request, reply);
    // 1 site
    const state = realUsers.site(key);
    if (state === undefined) return noSite(reply.header('connection', 'close'), key);
    const answer = await take(
      state,
      {
        origin: text(request, 'origin'),
        contentType: text(request, 'content-type'),
        encoding: text(request, 'content-encoding'),
        idempotencyKey: text(request, 'idempotency-key'),
        agent: text(request, 'user-agent')?.slice(0, 512) ?? '',
        client: clientOf(
          request.ip,
          {
            named: state.site.visitorHeader && text(request, state.site.visitorHeader.toLowerCase()),
            forwardedFor: text(request, 'x-forwarded-for'),
          },
          state.proxies,
        ),
        body: () => bodyOf(request, MOST_BODY_BYTES),
      },
      monotonicMs(),
    );
    if (answer.status === 202) return reply.code(202).type('text/plain').send('ok');
    // What was not read is not waited for.
    if (answer.status !== 400 && answer.status !== 429) reply.header('connection', 'close');
    if (answer.retryAfterSeconds !== undefined) reply.header('retry-after', answer.retryAfterSeconds);
    return problem(reply, answer.status, 'beacon refused', answer.why ?? '');
  });
}

/** The whole body; undefined as soon as it is longer than `most` bytes. */
async function bodyOf(request: FastifyRequest, most: number): Promise<Buffer | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > most) return undefined;
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request.raw as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > most) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function assetRoutes(app: FastifyInstance, { realUsers, assets }: RumPorts): void {
  const schema = { summary: 'Script for pages: decides whether a view is measured' };
  app.get('/rum/loader.js', { schema }, (request, reply) => {
    const { site: key = '' } = request.query as { site?: string };
    const state = realUsers.site(String(key));
    if (state === undefined) return noSite(reply, String(key));
    const { text: script, etag } = assets().loader(state.site);
    asScript(reply).header('cache-control', 'public, max-age=300').header('etag', etag);
    if (text(request, 'if-none-match') === etag) return reply.code(304).send();
    return reply.send(script);
  });
  app.get('/rum/:file', { schema: { summary: 'Bundles that the loader fetches' } }, (request, reply) => {
    const path = `/rum/${(request.params as { file: string }).file}`;
    const bundle = realUsers.sites.length === 0 ? undefined : assets().bundles.find((one) => one.path === path);
    if (bundle === undefined)
      return problem(reply, 404, 'not found', 'no such script; the loader of a site names those that there are');
    const [encoding, body] = packed(bundle, text(request, 'accept-encoding') ?? '');
    asScript(reply).header('cache-control', 'public, max-age=31536000, immutable').header('vary', 'Accept-Encoding');
    if (encoding !== undefined) reply.header('content-encoding', encoding);
    return reply.send(body);
  });
}

const asScript = (reply: FastifyReply): FastifyReply =>
  reply
    .type('text/javascript; charset=utf-8')
    // SRI needs it across origins; there is nothing of a visitor in them.
    .header('access-control-allow-origin', '*')
    .header('timing-allow-origin', '*')
    .header('cross-origin-resource-policy', 'cross-origin')
    .header('x-content-type-options', 'nosniff');

function packed({ plain, gzip, brotli }: Bundle, accepted: string): readonly [string | undefined, Buffer] {
  if (/\bbr\b/.test(accepted)) return ['br', brotli];
  return /\bgzip\b/.test(accepted) ? ['gzip', gzip] : [undefined, plain];
}
