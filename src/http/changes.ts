// Changes of the platform over HTTP: POST /api/v1/events for who holds the token for it, GET for everybody who may read.
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Changes } from '../engine/changes.ts';
import { CHANGE_JSON_SCHEMA, CHANGE_QUERY_JSON_SCHEMA, parseChange, parseChangeQuery } from '../spec/change.ts';
import { CHANGE_KINDS } from '../spec/names.ts';
import './openapi.ts';
import { problem, problemsFor } from './problem.ts';

const PATH = '/api/v1/events';
const MAX_BODY_BYTES = 8_192;

const text = { type: 'string' } as const;
const CHANGE = {
  type: 'object',
  properties: {
    kind: { type: 'string', enum: CHANGE_KINDS },
    service: text,
    time: { type: 'string', format: 'date-time' },
    atMs: { type: 'number', description: 'the same, ms since 1970' },
    text,
    link: text,
    target: text,
    by: text,
    source: { type: 'string', enum: ['api', 'exporter'], description: 'told, or seen by the exporter' },
  },
} as const;

type Listed = ReturnType<Changes['list']>['changes'][number];
const shown = (change: Listed) => ({ ...change, time: new Date(change.atMs).toISOString() });
/** What is wrong is said by the spec's own check; the schema is for the description. */
const described = { validatorCompiler: () => () => true };

/** For who may read. */
export function changeRoutes(app: FastifyInstance, changes: Changes): void {
  const body = {
    type: 'object',
    properties: {
      events: { type: 'array', items: CHANGE },
      more: { type: 'boolean', description: 'there are others, beyond the limit' },
    },
  } as const;
  const schema = {
    summary: 'Changes of the platform, newest first',
    querystring: CHANGE_QUERY_JSON_SCHEMA,
    response: { 200: body, ...problemsFor({ 400: 'the query cannot be read' }) },
  };
  app.get(PATH, { schema, ...described }, (request, reply) => {
    const query = parseChangeQuery(request.query);
    if (!query.ok) return problem(reply, 400, 'bad request', query.problem);
    const { changes: found, more } = changes.list(query.value);
    return { events: found.map(shown), more };
  });
}

/** For who holds the token of exporter.eventsTokenFile. */
export function tellRoute(app: FastifyInstance, changes: Changes): void {
  const response = {
    200: { description: 'it was told before', ...CHANGE },
    201: { description: 'it is on disk', ...CHANGE },
    202: { description: 'it is known, and is written once the store can be', ...CHANGE },
    ...problemsFor({
      400: 'what is wrong with it, and where',
      403: 'the spec names no exporter.eventsTokenFile',
      413: `more than ${MAX_BODY_BYTES} bytes`,
      415: 'not JSON',
    }),
  };
  const schema = { summary: 'Reports a change of the platform', body: CHANGE_JSON_SCHEMA, response };
  app.post(PATH, { schema, ...described, bodyLimit: MAX_BODY_BYTES, errorHandler: refused }, (request, reply) => {
    const told = parseChange(request.body, changes.place);
    if (!told.ok) return problem(reply, 400, 'bad request', told.problem);
    const { change, isNew, isStored } = changes.tell(told.value);
    return reply.code(!isStored ? 202 : isNew ? 201 : 200).send(shown(change));
  });
}

const REFUSALS: Readonly<Record<number, string>> = {
  400: 'the body is no JSON; send an object like {"kind":"deploy","service":"shop","text":"v1.2"}',
  401: 'send Authorization: Bearer TOKEN, with the token in the file exporter.eventsTokenFile of the spec',
  413: `the body is larger than ${MAX_BODY_BYTES} bytes; a link can tell more than a text`,
  415: 'send content-type: application/json',
};

function refused(error: FastifyError, _request: FastifyRequest, reply: FastifyReply): unknown {
  const status = error.statusCode ?? 500;
  const detail = REFUSALS[status];
  if (detail === undefined) throw error;
  if (status === 401) reply.header('www-authenticate', 'Bearer');
  return problem(reply, status, status === 401 ? 'unauthorized' : 'bad request', detail);
}
