// Errors as application/problem+json (RFC 9457): as an answer, as bytes for what is no HTTP, as a schema. Never a stack trace.
import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { ConnectionError, FastifyReply } from 'fastify';

const TYPE = 'application/problem+json';
const documentOf = (status: number, title: string, detail: string) => ({ type: 'about:blank', title, status, detail });

/** Sends a problem document; `detail` says what to do. */
export function problem(reply: FastifyReply, status: number, title: string, detail: string): FastifyReply {
  return reply
    .code(status)
    .type(TYPE)
    .send(documentOf(status, title, detail));
}

const BROKEN_URLS: Readonly<Record<string, string>> = {
  FST_ERR_BAD_URL: 'the URL cannot be read: after % come two hexadecimal digits',
  FST_ERR_MAX_PARAM_LENGTH: 'a part of the URL is too long: names have at most 63 characters',
};

/** What the router could not read: no handler of the app sees it. */
export function brokenUrl(error: { code: string; statusCode?: number }, response: ServerResponse): void {
  const status = error.statusCode ?? 400;
  const document = documentOf(status, 'bad request', BROKEN_URLS[error.code] ?? 'the URL cannot be read');
  response.writeHead(status, { 'content-type': TYPE }).end(JSON.stringify(document));
}

const BROKEN_REQUESTS: Readonly<Record<string, readonly [status: number, detail: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'the request did not arrive in time: send it at once'],
  HPE_HEADER_OVERFLOW: [431, 'the headers are too large: at most 8 KiB'],
};

/** What is no HTTP, or comes too slowly: it is told so and cut. */
export function brokenRequest(error: ConnectionError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const [status, detail] = BROKEN_REQUESTS[error.code] ?? [
    400,
    'this is no HTTP request: is the port right, or https:// missing?',
  ];
  const body = JSON.stringify(documentOf(status, 'bad request', detail));
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: ${TYPE}\r\ncontent-length: ${body.length}\r\nconnection: close`;
  if (socket.writable) socket.write(`${head}\r\n\r\n${body}`);
  socket.destroy(error);
}

const PROBLEM = {
  type: 'object',
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'number' },
    detail: { type: 'string', description: 'what to do' },
  },
} as const;

/** Responses of a route for its description: a problem document for each status. */
export const problemsFor = (meanings: Readonly<Record<number, string>>): object =>
  Object.fromEntries(
    Object.entries(meanings).map(([status, description]) => [
      status,
      { description, content: { [TYPE]: { schema: PROBLEM } } },
    ]),
  );
