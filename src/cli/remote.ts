// One request to a Mimir, Prometheus or Grafana with tenant, token and authority. Every failure says what to do; no answer is judged here
// beyond "may I". Never shows a token.
import { readFileSync } from 'node:fs';
import { request as http } from 'node:http';
import { request as https } from 'node:https';
import type { Command } from 'commander';
import { CommandError, EXIT } from './exit.ts';
import { httpUrl, usableFile } from './options.ts';

export interface RemoteOptions {
  /** X-Scope-OrgID. */
  readonly tenant?: string;
  readonly tokenFile?: string;
  readonly ca?: string;
}

export interface Reply {
  readonly status: number;
  readonly body: string;
}

/** A server at a base URL. */
export interface Remote {
  /** As it was given, without a slash at the end. */
  readonly url: string;
  /** `path` begins with a slash and follows the base URL. Throws CommandError, exit code 4, if there is no answer or we may not. */
  ask(method: 'GET' | 'POST' | 'DELETE', path: string, body?: Body): Promise<Reply>;
}
interface Body {
  readonly type: 'application/yaml' | 'application/x-www-form-urlencoded' | 'application/json';
  readonly text: string;
}

/** No answer within this time, ms. A ruler writes to object storage. */
const PATIENCE_MS = 30_000;
/** Rules of any sane tenant are far below this, bytes. */
const MAX_ANSWER_BYTES = 50_000_000;
const EXAMPLE = 'http://mimir:8080';

/** The options that every command with a remote server has. */
export const withRemoteOptions = (command: Command): Command =>
  command
    .option('--tenant <name>', 'tenant of Mimir (header X-Scope-OrgID)')
    .option('--token-file <file>', 'file with the bearer token')
    .option('--ca <file>', 'PEM file of a private certificate authority');

/** The options as they stand on a command line, for a command to go back. */
export const remoteArguments = ({ tenant, tokenFile, ca }: RemoteOptions): string[] => [
  ...(tenant === undefined ? [] : ['--tenant', tenant]),
  ...(tokenFile === undefined ? [] : ['--token-file', tokenFile]),
  ...(ca === undefined ? [] : ['--ca', ca]),
];

/** Checks the options; throws CommandError, exit code 2, for one that cannot be used. */
export function openRemote(option: string, value: string, options: RemoteOptions): Remote {
  const parsed = httpUrl(option, value, EXAMPLE);
  if (parsed.search !== '' || parsed.hash !== '')
    throw new CommandError(EXIT.usage, `${option} ${value}: leave out what follows ? or #`);
  const { tenant, tokenFile, ca } = options;
  if (tenant !== undefined && !/^[\x21-\x7e]{1,150}$/.test(tenant))
    throw new CommandError(EXIT.usage, `--tenant ${tenant}: a name without spaces, of at most 150 characters`);
  const token = tokenFile && readFileSync(usableFile('--token-file', tokenFile, 'token'), 'utf8').trim();
  const authority = ca && readFileSync(usableFile('--ca', ca, 'certificates'), 'utf8');
  const url = value.replace(/\/+$/, '');
  const headers = {
    ...(tenant !== undefined && { 'x-scope-orgid': tenant }),
    ...(token && { authorization: `Bearer ${token}` }),
  };
  return {
    url,
    async ask(method, path, body) {
      const target = new URL(url + path);
      const reply = await send(target, method, headers, authority, body).catch((error: NodeJS.ErrnoException) => {
        throw new CommandError(EXIT.unreachable, `cannot reach ${url}: ${reason(error, target)}`);
      });
      refuseWithoutRights(url, reply, options);
      return reply;
    },
  };
}

function refuseWithoutRights(url: string, { status, body }: Reply, { tenant, tokenFile }: RemoteOptions): void {
  if (status !== 401 && status !== 403) return;
  const said = saidIn(body);
  const hint = /no org id/i.test(body)
    ? 'it wants a tenant: --tenant NAME'
    : status === 403 && /protected/i.test(body)
      ? 'the namespace is protected there (ruler_protected_namespaces): somebody reserved it'
      : tokenFile === undefined
        ? 'it wants a token: --token-file FILE'
        : `it does not take this token${tenant === undefined ? '' : `, or not for tenant ${tenant}`}`;
  throw new CommandError(EXIT.unreachable, `${url} answered ${status}${said === '' ? '' : ` (${said})`}: ${hint}`);
}

/** What an answer says, on one line and short enough for a message. A page of HTML says nothing. */
export function saidIn(body: string): string {
  if (/^\s*</.test(body)) return 'a page of HTML';
  const line = body.trim().replaceAll(/\s*\n\s*/g, ' ');
  return line.length > 500 ? `${line.slice(0, 500)}…` : line;
}

/** Why there was no answer, and what to do. The first error of an AggregateError stands for all addresses of a name. */
function reason(error: NodeJS.ErrnoException, url: URL): string {
  const cause: NodeJS.ErrnoException =
    error instanceof AggregateError && error.errors.length > 0 ? error.errors[0] : error;
  const { code = '', message } = cause;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `the name ${url.hostname} is not known`;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return `${message}; use the name in the certificate`;
  if (code === 'CERT_HAS_EXPIRED') return `${message}; its certificate must be renewed`;
  if (/CERT|UNABLE_TO_(?:VERIFY|GET_ISSUER)|ERR_TLS/.test(code))
    return `${message}; trust its authority with --ca FILE`;
  if (code === 'EPROTO') return 'it does not speak TLS; try http://';
  if (code.startsWith('HPE_')) return 'it does not speak HTTP';
  if (code === 'ECONNRESET' && url.protocol === 'http:') return `${message}; try https://`;
  return `${message || code}; is it running, and is the URL right?`;
}

function send(
  url: URL,
  method: string,
  headers: Record<string, string>,
  ca: string | undefined,
  body: Body | undefined,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const all = body === undefined ? headers : { ...headers, 'content-type': body.type };
    const options = { method, headers: all, signal, ...(ca && { ca }) };
    const request = (url.protocol === 'https:' ? https : http)(url, options, (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        chunks.push(chunk);
        if (bytes > MAX_ANSWER_BYTES) request.destroy(new Error('the answer is too large for rules'));
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }),
      );
      response.on('error', reject);
    });
    request.on('error', (error) =>
      reject(signal.aborted ? new Error(`no answer within ${PATIENCE_MS / 1000} s`) : error),
    );
    request.end(body?.text);
  });
}
