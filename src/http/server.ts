// The HTTP server without its routes: limits for slow clients, errors as problem documents, TLS and token that can be renewed.
import { timingSafeEqual } from 'node:crypto';
import { Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import bearerAuth from '@fastify/bearer-auth';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { BEARER } from './openapi.ts';
import { brokenRequest, brokenUrl, problem, problemsFor } from './problem.ts';
import { schemaController } from './schemas.ts';

/** What clients need and what they get: contents of files, so that a reload can renew them. */
export interface Access {
  /** Bearer token; undefined: open to all. */
  readonly token?: string;
  /** Bearer token for who reports changes; undefined: nobody can. */
  readonly eventsToken?: string;
  /** PEM texts; undefined: plain HTTP. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

export interface HttpServer {
  readonly app: FastifyInstance;
  /** Registers routes that need the token, if there is one. */
  guarded(routes: (app: FastifyInstance) => void): Promise<void>;
  /** Registers pages for browsers: the token counts as bearer token, and as the password of Basic, which browsers ask people for. */
  browsing(routes: (app: FastifyInstance) => void): Promise<void>;
  /** Does the request carry the token, if there is one? */
  isReader(request: FastifyRequest): boolean;
  /** Registers routes that need the token for reports of changes; without one they answer 403. */
  writing(routes: (app: FastifyInstance) => void): Promise<void>;
  /** Puts a renewed certificate and token in force. Returns the settings that only a new start can change. */
  renew(access: Access): readonly string[];
}

// Fastify switches Node's own request limit off; slow clients are cut after these, looked for every second.
const IDLE_MS = 30_000;
const LIMITS = { requestTimeout: 10_000, keepAliveTimeout: 15_000, bodyLimit: 65_536, connectionTimeout: IDLE_MS };
const HABITS = { logger: false, forceCloseConnections: true, schemaController };
const NODE_LIMITS = { headersTimeout: 5_000, connectionsCheckingInterval: 1_000, maxHeaderSize: 8_192 };

/** The answer to this request takes up to `ms`, while nothing is sent. With the next request Node sets the usual limit again. */
export function mayTake(request: FastifyRequest, ms: number): void {
  const { socket } = request.raw;
  if (socket instanceof Socket) socket.setTimeout(ms + IDLE_MS);
}

/** Builds the server; nothing listens yet. `onFault` hears of our own bugs. */
export function createServer(initial: Access, onFault: (error: Error) => void): HttpServer {
  let access = initial;
  const app = Fastify({
    ...LIMITS,
    ...HABITS,
    frameworkErrors: (error: Parameters<typeof brokenUrl>[0], _request: FastifyRequest, reply: FastifyReply) =>
      brokenUrl(error, reply.raw),
    clientErrorHandler: brokenRequest,
    ...(access.tls ? { https: { ...NODE_LIMITS, ...access.tls } } : { http: NODE_LIMITS }),
  } as never) as unknown as FastifyInstance;
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    const status = error.statusCode ?? 500;
    if (status === 401) return problem(reply.header('www-authenticate', 'Bearer'), status, 'unauthorized', TOKEN_HINT);
    if (status < 500) return problem(reply, status, 'bad request', error.message);
    onFault(error);
    return problem(reply, status, 'internal error', 'see the log of the exporter');
  });
  app.setNotFoundHandler((request, reply) =>
    problem(
      reply,
      404,
      'not found',
      `there is no ${request.method} ${request.url.slice(0, 200)}; /api/v1/openapi.json lists what there is`,
    ),
  );
  return {
    app,
    async guarded(routes) {
      await app.register(async (scope) => {
        if (access.token !== undefined)
          await guard(scope, (key) => access.token !== undefined && sameSecret(key, access.token));
        routes(scope);
      });
    },
    browsing: (routes) => guardPages(app, () => access.token, routes),
    isReader: readerWith(() => access.token),
    async writing(routes) {
      await app.register(async (scope) => {
        await guardWriting(scope, () => access.eventsToken);
        routes(scope);
      });
    },
    renew(next) {
      const changed = (key: keyof Access) => (access[key] === undefined) !== (next[key] === undefined);
      const lacking = [
        ...(changed('token') ? ['exporter.tokenFile'] : []),
        ...(changed('tls') ? ['exporter.tls'] : []),
      ];
      if (access.tls !== undefined && next.tls !== undefined && app.server instanceof TlsServer)
        app.server.setSecureContext(next.tls);
      access = {
        ...(access.token !== undefined && { token: next.token ?? access.token }),
        ...(access.tls !== undefined && { tls: next.tls ?? access.tls }),
        ...(next.eventsToken !== undefined && { eventsToken: next.eventsToken }),
      };
      return lacking;
    },
  };
}

const TOKEN_HINT = 'send Authorization: Bearer TOKEN, with the token in the file exporter.tokenFile of the spec';

/** Does a request carry the token, as bearer token or as the password of Basic? All do while there is none. */
const readerWith =
  (token: () => string | undefined) =>
  ({ headers }: FastifyRequest): boolean => {
    const expected = token();
    return expected === undefined || sameSecret(secretIn(headers.authorization ?? ''), expected);
  };

async function guardPages(
  app: FastifyInstance,
  token: () => string | undefined,
  routes: (scope: FastifyInstance) => void,
): Promise<void> {
  const isReader = readerWith(token);
  await app.register(async (scope) => {
    scope.addHook('onRequest', (request, reply, done) => {
      if (isReader(request)) return done();
      problem(reply.header('www-authenticate', CHALLENGES), 401, 'unauthorized', PAGE_HINT);
    });
    routes(scope);
  });
}

const CHALLENGES = ['Basic realm="Plimsoll", charset="UTF-8"', 'Bearer'];
const PAGE_HINT = 'any user name, and as password the token in the file exporter.tokenFile of the spec';

/** The bearer token, or the password of Basic; a text that no token is, if there is neither. */
function secretIn(authorization: string): string {
  const [, scheme = '', value = ''] = /^(bearer|basic) +(\S+)$/i.exec(authorization) ?? [];
  if (scheme.toLowerCase() === 'bearer') return value;
  const pair = Buffer.from(value, 'base64').toString('utf8');
  return pair.slice(pair.indexOf(':') + 1);
}

const NO_EVENTS_TOKEN =
  'nobody can report changes yet: write a token into a file and name it in the spec as exporter.eventsTokenFile';

/** Asks for the token on every route of the scope, and says so in their description. */
async function guard(scope: FastifyInstance, isRight: (key: string) => boolean): Promise<void> {
  await scope.register(bearerAuth, { keys: new Set<string>(), auth: isRight, addHook: false });
  scope.addHook('onRequest', scope.verifyBearerAuth!);
  scope.addHook('onRoute', (route) => {
    const response = {
      ...(route.schema?.response as object),
      ...problemsFor({ 401: 'no token, or not the right one' }),
    };
    route.schema = { ...route.schema, security: BEARER, response };
  });
}

/** Asks for a token that may come and go with reloads; without one nobody is let in. */
async function guardWriting(scope: FastifyInstance, token: () => string | undefined): Promise<void> {
  scope.addHook('onRequest', (_request, reply, done) => {
    if (token() !== undefined) return done();
    problem(reply, 403, 'forbidden', NO_EVENTS_TOKEN);
  });
  await guard(scope, (key) => sameSecret(key, token() ?? ''));
}

function sameSecret(given: string, expected: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
}
