// One hop of an HTTP request: pinned address, phases, caps, certificate judged before the first byte is sent.
// Never follows a redirect or a proxy variable, never decompresses.
import { validateHeaderName, validateHeaderValue } from 'node:http';
import { isIP, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { ignore } from './deadline.ts';
import { cutOff, ProbeFault } from './fault.ts';
import { type Head, HttpReader } from './http-reader.ts';
import { endPhase, type PhaseClock } from './phase-clock.ts';
import type { Facts, ProbeContext } from './probe.ts';
import { openSocket } from './reach.ts';
import { hostOf } from './resolve.ts';
import { handshakeOptions, judgeTls, shakeHands } from './tls-check.ts';

export interface HttpRequest {
  readonly url: string;
  readonly method?: string;
  /** For the target's own origin (scheme, host and port) only; never sent to where a redirect leads. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Connect to this address instead of what DNS says. */
  readonly address?: string | undefined;
  /** PEM file with further authorities. */
  readonly ca?: string | undefined;
  /** Host header if it is not that of the URL (an origin behind an edge). */
  readonly host?: string | undefined;
  readonly traceparent: string;
  /** Redirects to follow at most; default 5. */
  readonly redirects?: number;
  /** A redirect to another host or port is not followed: it is the response, with the URL that it leads to. */
  readonly sameHost?: boolean;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly bytes: Buffer;
  readonly url: string;
}

const CAPS = { headerBytes: 32 * 1024, bodyBytes: 2 * 1024 * 1024 };
/** Methods whose requests have a body, be it an empty one. */
const BODIED: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);
const USER_AGENT = 'plimsoll/0.1 (synthetic probe)';

/** What is measured on the way, over all hops. */
export interface Hop extends PhaseClock {
  /** Grows on the way: a copy for each fact would be felt. */
  readonly facts: { -readonly [K in keyof Facts]: Facts[K] };
}

/** One hop. The pinned address and the address policy hold for the target's host, its headers for its origin only. */
export async function sendOnce(
  request: HttpRequest,
  url: URL,
  first: URL,
  hop: Hop,
  ctx: ProbeContext,
): Promise<HttpResponse> {
  const own = url.host === first.host;
  hop.going = 'dns';
  hop.since = performance.now();
  const resolved = await (own && request.address !== undefined
    ? ctx.resolve(request.address)
    : ctx.resolve(url.hostname, { redirect: !own }));
  endPhase(hop, 'connect');
  if (!resolved.ok) throw new ProbeFault(resolved.outcome, resolved.detail);
  const socket = await open(url, resolved.addresses, request, hop, ctx.signal);
  try {
    return await exchange(request, url, url.origin === first.origin, socket, hop, ctx.signal);
  } finally {
    socket.destroy();
  }
}

/** An origin that is given as an IP address is asked for the certificate of the site, as the edge would ask. */
const certificateName = (url: URL, { host }: HttpRequest): string =>
  host !== undefined && isIP(hostOf(url)) !== 0 ? hostOf(new URL(`https://${host}`)) : hostOf(url);

async function open(
  url: URL,
  addresses: readonly string[],
  request: HttpRequest,
  hop: Hop,
  signal: AbortSignal,
): Promise<Socket> {
  const host = certificateName(url, request);
  const options = url.protocol === 'https:' ? handshakeOptions(request.ca) : undefined;
  const port = Number(url.port || (options === undefined ? 80 : 443));
  const socket = await openSocket(addresses, port, signal, (address) => {
    hop.facts.address = address;
  });
  endPhase(hop, options === undefined ? 'first_byte' : 'tls');
  if (options === undefined) return socket;
  const tls = await shakeHands(socket, options, host, signal);
  const verdict = judgeTls(tls, host);
  Object.assign(hop.facts, verdict.facts);
  if (verdict.outcome !== 'ok') {
    tls.destroy();
    throw new ProbeFault(verdict.outcome, verdict.detail);
  }
  endPhase(hop, 'first_byte');
  return tls;
}

/** Sends the request on an open connection and reads the answer to its end. */
function exchange(
  request: HttpRequest,
  url: URL,
  own: boolean,
  socket: Socket,
  hop: Hop,
  signal: AbortSignal,
): Promise<HttpResponse> {
  let head: Head | undefined;
  const reader = new HttpReader(request.method ?? 'GET', CAPS, (read) => {
    head = read;
    endPhase(hop, 'transfer');
    hop.facts.httpStatus = read.status;
    hop.facts.httpVersion = read.version;
  });
  const answered = (): HttpResponse => {
    endPhase(hop, 'transfer');
    hop.facts.bodyBytes = reader.bytes;
    return answer(head!, reader.body(), url.href);
  };
  const bytes = written(request, url, own);
  return new Promise((resolve, reject) => {
    // As socketEvent() does.
    const leave = () => {
      signal.removeEventListener('abort', onAbort);
      socket.off('data', onData).off('end', onEnd).off('error', fail).off('close', onClose).on('error', ignore);
    };
    const fail = (error: unknown) => {
      leave();
      reject(error);
    };
    const attempt = (read: () => void) => {
      try {
        read();
        if (!reader.isDone) return;
        leave();
        resolve(answered());
      } catch (error) {
        fail(error);
      }
    };
    const onAbort = () => fail(signal.reason);
    const onData = (chunk: Buffer) => attempt(() => reader.push(chunk));
    const onEnd = () => attempt(() => reader.end());
    const onClose = () => fail(cutOff('connection closed'));
    signal.addEventListener('abort', onAbort, { once: true });
    socket.on('data', onData).on('end', onEnd).on('error', fail).on('close', onClose);
    socket.write(bytes);
  });
}

/** The request as bytes; the target's own headers take the place of ours. Throws an error of Node for a header that cannot be sent. */
function written({ method = 'GET', headers, host, body, traceparent }: HttpRequest, url: URL, own: boolean): Buffer {
  const all: Record<string, string> = {
    host: own && host !== undefined ? host : url.host,
    'user-agent': USER_AGENT,
    accept: '*/*',
    'accept-encoding': 'identity',
    connection: 'close',
    traceparent,
  };
  // In lower case, so that none is sent twice.
  if (own) for (const name in headers) all[name.toLowerCase()] = headers[name]!;
  if (body !== undefined || BODIED.has(method)) all['content-length'] = String(Buffer.byteLength(body ?? ''));
  let text = `${method} ${url.pathname}${url.search} HTTP/1.1\r\n`;
  for (const name in all) {
    validateHeaderName(name);
    validateHeaderValue(name, all[name]!);
    text += `${name}: ${all[name]}\r\n`;
  }
  const head = Buffer.from(`${text}\r\n`, 'latin1');
  return body === undefined ? head : Buffer.concat([head, Buffer.from(body)]);
}

/** The text is made when it is asked for: most probes look at the status only. */
function answer({ status, headers }: Head, bytes: Buffer, url: string): HttpResponse {
  let text: string | undefined;
  return {
    status,
    headers,
    bytes,
    url,
    get body() {
      text ??= bytes.toString('utf8');
      return text;
    },
  };
}
