// One hop of an HTTP request: pinned address, phases, caps, certificate judged before the first byte is sent.
// Never follows a redirect or a proxy variable, never decompresses.
import http from 'node:http';
import { isIP, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { type TLSSocket, connect as tlsConnect } from 'node:tls';
import { socketEvent } from './deadline.ts';
import { ProbeFault } from './fault.ts';
import type { Facts, Phase, ProbeContext } from './probe.ts';
import { openSocket } from './reach.ts';
import { hostOf } from './resolve.ts';
import { handshakeOptions, judgeTls } from './tls-check.ts';

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

const MAX_BODY_BYTES = 2 * 1024 * 1024;
const MAX_HEADER_BYTES = 32 * 1024;
const USER_AGENT = 'plimsoll/0.1 (synthetic probe)';

/** What is measured on the way, over all hops. */
export interface Hop {
  readonly phases: Partial<Record<Phase, number>>;
  /** The phase that goes on, and since when. */
  going: Phase;
  since: number;
  facts: Facts;
}

export function endPhase(hop: Hop, next: Phase): void {
  const now = performance.now();
  hop.phases[hop.going] = (hop.phases[hop.going] ?? 0) + now - hop.since;
  hop.going = next;
  hop.since = now;
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
  const secure = url.protocol === 'https:';
  const socket = await openSocket(addresses, Number(url.port || (secure ? 443 : 80)), signal, (address) => {
    hop.facts = { ...hop.facts, address };
  });
  endPhase(hop, secure ? 'tls' : 'first_byte');
  if (!secure) return socket;
  const tls: TLSSocket = tlsConnect({
    ...handshakeOptions(request.ca),
    socket,
    ...(isIP(host) === 0 && { servername: host }),
  });
  await socketEvent(tls, 'secureConnect', signal);
  const verdict = judgeTls(tls, host);
  hop.facts = { ...hop.facts, ...verdict.facts };
  if (verdict.outcome !== 'ok') {
    tls.destroy();
    throw new ProbeFault(verdict.outcome, verdict.detail);
  }
  endPhase(hop, 'first_byte');
  return tls;
}

function exchange(
  request: HttpRequest,
  url: URL,
  own: boolean,
  socket: Socket,
  hop: Hop,
  signal: AbortSignal,
): Promise<HttpResponse> {
  const headers: Record<string, string> = {
    host: own && request.host !== undefined ? request.host : url.host,
    'user-agent': USER_AGENT,
    accept: '*/*',
    'accept-encoding': 'identity',
    connection: 'close',
    traceparent: request.traceparent,
    ...(own && request.headers),
  };
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    const message = http.request(
      {
        createConnection: () => socket,
        method: request.method ?? 'GET',
        path: url.pathname + url.search,
        headers,
        setHost: false,
        maxHeaderSize: MAX_HEADER_BYTES,
      },
      (answer) => {
        endPhase(hop, 'transfer');
        const chunks: Buffer[] = [];
        let bytes = 0;
        hop.facts = { ...hop.facts, httpStatus: answer.statusCode ?? 0, httpVersion: answer.httpVersion };
        answer.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          chunks.push(chunk);
          if (bytes > MAX_BODY_BYTES) reject(new ProbeFault('body_limit', `more than ${MAX_BODY_BYTES} bytes`));
        });
        answer.on('error', reject);
        answer.on('end', () => {
          endPhase(hop, 'transfer');
          hop.facts = { ...hop.facts, bodyBytes: bytes };
          const whole = Buffer.concat(chunks);
          resolve({
            status: answer.statusCode ?? 0,
            headers: flatten(answer.headers),
            body: whole.toString('utf8'),
            bytes: whole,
            url: url.href,
          });
        });
      },
    );
    message.on('error', reject);
    message.end(request.body);
  });
}

const flatten = (headers: http.IncomingHttpHeaders): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([k, v]) => [k, Array.isArray(v) ? v.join(', ') : (v ?? '')]));
