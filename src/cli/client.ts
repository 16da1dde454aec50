// Talks to a running exporter for status and other commands. Every failure says what to do.
import { readFileSync } from 'node:fs';
import { request as http } from 'node:http';
import { request as https } from 'node:https';
import type { SloView } from '../engine/view.ts';
import { CommandError, EXIT } from './exit.ts';
import { httpUrl, usableFile } from './options.ts';

export interface ClientOptions {
  readonly url: string;
  readonly tokenFile?: string;
  readonly ca?: string;
}

const EXAMPLE = 'http://127.0.0.1:9876';
/** No answer within this time, ms. */
const PATIENCE_MS = 5_000;
/** An answer beyond this is not from us, bytes; 10,000 SLOs are about 20 MB. */
const MAX_ANSWER_BYTES = 100_000_000;

/** What an exporter says of itself. */
export interface Answer {
  readonly slos: readonly SloView[];
  /** False: the spec on disk is invalid, an older one is in force. */
  readonly specValid: boolean;
}

/** GET /api/v1/slos. Throws CommandError: exit code 2 for wrong options, 4 if no exporter answers there. */
export async function fetchSlos(options: ClientOptions): Promise<Answer> {
  const url = new URL('/api/v1/slos', httpUrl('--url', options.url, EXAMPLE));
  const read = (option: string, file: string | undefined, use: 'token' | 'certificates') =>
    file === undefined ? undefined : readFileSync(usableFile(option, file, use), 'utf8');
  const token = read('--token-file', options.tokenFile, 'token')?.trim();
  const ca = read('--ca', options.ca, 'certificates');
  const { status, body } = await get(url, token, ca).catch((error: NodeJS.ErrnoException) => {
    throw new CommandError(EXIT.unreachable, `cannot reach the exporter at ${options.url}: ${reason(error, url)}`);
  });
  if (status === 200) return answerIn(body, options.url);
  const answer = `the exporter at ${options.url} answered ${status}`;
  if (status === 401) {
    const hint = token === undefined ? 'it wants a token: --token-file FILE' : 'it does not take this token';
    throw new CommandError(EXIT.unreachable, `${answer}: ${hint} (exporter.tokenFile in its spec)`);
  }
  throw new CommandError(EXIT.unreachable, `${answer}: ${detailOf(body)}; does --url name a plimsoll exporter?`);
}

function answerIn(body: string, url: string): Answer {
  const { slos, specValid } = (parsed(body) ?? {}) as { slos?: unknown; specValid?: unknown };
  const isOurs = Array.isArray(slos) && slos.every(isSlo);
  if (isOurs) return { slos, specValid: specValid !== false };
  throw new CommandError(
    EXIT.unreachable,
    `${url} answers, but not as a plimsoll exporter; give its address with --url, for example ${EXAMPLE}`,
  );
}

/** What the table and the gate rely on. */
function isSlo(value: unknown): value is SloView {
  const { name, target, state, burn, firing } = (value ?? {}) as Partial<SloView>;
  const isNamed = [name, target, state].every((text) => typeof text === 'string');
  return isNamed && typeof burn === 'object' && burn !== null && Array.isArray(firing);
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** What a problem document says, else the first line of the answer. */
function detailOf(body: string): string {
  const { detail } = (parsed(body) ?? {}) as { detail?: unknown };
  return typeof detail === 'string' ? detail : (body.trim().split('\n', 1)[0] ?? '').slice(0, 120);
}

const CERTIFICATE_CODES = /CERT|UNABLE_TO_(?:VERIFY|GET_ISSUER)|ERR_TLS/;

/** Why there was no answer, and what to do. The first error of an AggregateError stands for all addresses of a name. */
function reason(error: NodeJS.ErrnoException, url: URL): string {
  const cause: NodeJS.ErrnoException =
    error instanceof AggregateError && error.errors.length > 0 ? error.errors[0] : error;
  const { code = '', message } = cause;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return `${message}; use the name in the certificate in --url`;
  if (code === 'CERT_HAS_EXPIRED') return `${message}; renew the file exporter.tls.cert of the exporter`;
  if (CERTIFICATE_CODES.test(code)) return `${message}; trust its authority with --ca FILE`;
  if (code === 'EPROTO') return 'it does not speak TLS; try http:// in --url';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `the name ${url.hostname} is not known; check --url`;
  if (code === 'ECONNRESET' && url.protocol === 'http:') return `${message}; try https:// in --url`;
  if (code.startsWith('HPE_')) return 'it does not speak HTTP; check --url';
  return `${message || code}; is it running (npm start), and is --url right?`;
}

function get(url: URL, token: string | undefined, ca: string | undefined): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const send = url.protocol === 'https:' ? https : http;
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const request = send(url, { headers, signal, ...(ca !== undefined && { ca }) }, (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        chunks.push(chunk);
        if (bytes > MAX_ANSWER_BYTES) request.destroy(new Error('the answer is too large to be a list of SLOs'));
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }),
      );
      response.on('error', reject);
    });
    request.on('error', (error) =>
      reject(signal.aborted ? new Error(`no answer within ${PATIENCE_MS / 1000} s`) : error),
    );
    request.end();
  });
}
