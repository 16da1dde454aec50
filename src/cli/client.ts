// Talks to a running exporter for status and other commands. Every failure says what to do.
import { readFileSync } from 'node:fs';
import { request as http } from 'node:http';
import { request as https } from 'node:https';
import type { SloView } from '../engine/view.ts';
import { CommandError, EXIT } from './exit.ts';

export interface ClientOptions {
  readonly url: string;
  readonly tokenFile?: string;
  readonly ca?: string;
}

/** GET /api/v1/slos. Throws CommandError with exit code 4 if the exporter cannot be reached. */
export async function fetchSlos(options: ClientOptions): Promise<SloView[]> {
  if (!URL.canParse(options.url))
    throw new CommandError(EXIT.usage, `--url ${options.url}: write a URL like http://127.0.0.1:9876`);
  const url = new URL('/api/v1/slos', options.url);
  const token = options.tokenFile === undefined ? undefined : readFileSync(options.tokenFile, 'utf8').trim();
  const { status, body } = await get(url, token, options.ca).catch((error: Error) => {
    throw new CommandError(
      EXIT.unreachable,
      `cannot reach the exporter at ${options.url}: ${error.message}; is it running (npm start)?`,
    );
  });
  if (status === 401) throw new CommandError(EXIT.unreachable, 'the exporter wants a token: --token-file FILE');
  if (status !== 200)
    throw new CommandError(EXIT.unreachable, `the exporter answered ${status}: ${body.slice(0, 200)}`);
  return (JSON.parse(body) as { slos: SloView[] }).slos;
}

function get(url: URL, token: string | undefined, ca: string | undefined): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const send = url.protocol === 'https:' ? https : http;
    const request = send(url, { headers, timeout: 5_000, ...(ca && { ca: readFileSync(ca) }) }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }),
      );
      response.on('error', reject);
    });
    request.on('timeout', () => request.destroy(new Error('no answer within 5 s')));
    request.on('error', reject);
    request.end();
  });
}
