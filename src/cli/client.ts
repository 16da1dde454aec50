// Talks to a running exporter for status, event and other commands. Every failure says what to do.
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

/** Why the exporter does less than it should, as GET /readyz has it; empty if it does not, or does not say. */
export async function fetchReasons(options: ClientOptions): Promise<readonly string[]> {
  const { reasons } = (parsed((await ask(options, '/readyz')).body) ?? {}) as { reasons?: unknown };
  return Array.isArray(reasons) ? reasons.map(String) : [];
}

/** GET /api/v1/slos. Throws CommandError: exit code 2 for wrong options, 4 if no exporter answers there. */
export async function fetchSlos(options: ClientOptions): Promise<Answer> {
  const { status, body } = await ask(options, '/api/v1/slos');
  if (status === 200) return answerIn(body, options.url);
  throw refusal(options, status, body, 'exporter.tokenFile');
}

/** GET /status.json. Throws CommandError: exit code 2 for wrong options, 4 if no exporter answers there or it has no status page. */
export async function fetchStatusPage(options: ClientOptions): Promise<unknown> {
  const { status, body } = await ask(options, '/status.json');
  const data = parsed(body);
  if (status === 200 && data !== undefined) return data;
  throw refusal(options, status, body, 'exporter.tokenFile');
}

/**
 * POST /api/v1/events. Returns when the change happened, and whether it is on disk there. Throws CommandError: exit code 2 for wrong options and for
 * a change that the exporter refuses, 4 if no exporter answers there or it does not let us in.
 */
export async function sendChange(options: ClientOptions, change: object): Promise<{ time: string; isStored: boolean }> {
  const { status, body } = await ask(options, '/api/v1/events', JSON.stringify(change));
  const { time } = (parsed(body) ?? {}) as { time?: unknown };
  if ([200, 201, 202].includes(status) && typeof time === 'string') return { time, isStored: status !== 202 };
  if (status === 400 || status === 413)
    throw new CommandError(EXIT.usage, `the exporter at ${options.url} refuses this event: ${detailOf(body)}`);
  if (status === 403)
    throw new CommandError(EXIT.unreachable, `the exporter at ${options.url} answered 403: ${detailOf(body)}`);
  throw refusal(options, status, body, 'exporter.eventsTokenFile');
}

async function ask(options: ClientOptions, path: string, body?: string): Promise<Reply> {
  const url = new URL(path, httpUrl('--url', options.url, EXAMPLE));
  const read = (option: string, file: string | undefined, use: 'token' | 'certificates') =>
    file === undefined ? undefined : readFileSync(usableFile(option, file, use), 'utf8');
  const token = read('--token-file', options.tokenFile, 'token')?.trim();
  const ca = read('--ca', options.ca, 'certificates');
  return send(url, { token, ca, body }).catch((error: NodeJS.ErrnoException) => {
    throw new CommandError(EXIT.unreachable, `cannot reach the exporter at ${options.url}: ${reason(error, url)}`);
  });
}

/** `setting`: where its spec names the token. */
function refusal({ url, tokenFile }: ClientOptions, status: number, body: string, setting: string): CommandError {
  const answer = `the exporter at ${url} answered ${status}`;
  if (status === 401) {
    const hint = tokenFile === undefined ? 'it wants a token: --token-file FILE' : 'it does not take this token';
    return new CommandError(EXIT.unreachable, `${answer}: ${hint} (${setting} in its spec)`);
  }
  return new CommandError(EXIT.unreachable, `${answer}: ${detailOf(body)}; does --url name a plimsoll exporter?`);
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

interface Reply {
  readonly status: number;
  readonly body: string;
}
interface Sent {
  readonly token: string | undefined;
  readonly ca: string | undefined;
  /** JSON to be posted; undefined: GET. */
  readonly body: string | undefined;
}

function send(url: URL, { token, ca, body }: Sent): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const headers = {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
    };
    const method = body === undefined ? 'GET' : 'POST';
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const options = { method, headers, signal, ...(ca !== undefined && { ca }) };
    const request = (url.protocol === 'https:' ? https : http)(url, options, (response) => {
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
    request.end(body);
  });
}
