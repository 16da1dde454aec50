// Errors of the API as application/problem+json (RFC 9457). Never a stack trace.
import type { FastifyReply } from 'fastify';

/** Sends a problem document; `detail` says what to do. */
export function problem(reply: FastifyReply, status: number, title: string, detail: string): FastifyReply {
  return reply.code(status).type('application/problem+json').send({ type: 'about:blank', title, status, detail });
}
