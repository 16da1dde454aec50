// Where notifications arrive in tests: an HTTP server for Slack, PagerDuty, webhooks and the dead-man's switch, and a mail server.
// Keeps everything; answers as the real ones do when all is well.
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo, createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { freePort, privateFolder } from './process.ts';

export interface Posted {
  /** For example /slack/web. */
  readonly path: string;
  readonly body: unknown;
  readonly atMs: number;
}

export interface Sinks {
  /** Base of the HTTP server: what a secret file or `url` of a receiver leads to, with any path. */
  readonly url: string;
  /** host:port of the mail server; takes any user and password, without TLS. */
  readonly smtp: string;
  readonly posts: readonly Posted[];
  readonly mails: readonly ParsedMail[];
  /** User and password of each log-in to the mail server. */
  readonly logins: readonly string[];
  /** What came to a path, oldest first. */
  at<T>(path: string): readonly T[];
  /** A file with the URL of a path, for `urlFile` of a receiver. */
  urlFile(path: string): string;
  /** A file with any other secret. */
  secretFile(name: string, value: string): string;
  /** Waits until `find` gives something; rejects after 30 s with `what` and all that came. */
  until<T>(what: string, find: () => T | undefined | false): Promise<T>;
  /** Forgets what came. */
  clear(): void;
  stop(): Promise<void>;
}

export async function startSinks(): Promise<Sinks> {
  const folder = privateFolder('sinks');
  const posts: Posted[] = [];
  const mails: ParsedMail[] = [];
  const logins: string[] = [];
  const http = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const path = request.url ?? '';
      posts.push({ path, body: JSON.parse(Buffer.concat(chunks).toString()), atMs: Date.now() });
      response.statusCode = path.startsWith('/pagerduty') ? 202 : 200;
      response.end(path.startsWith('/slack') ? 'ok' : '{"status":"success"}');
    });
  });
  const port = await freePort();
  await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve));
  const smtp = await mailServer(mails, logins);
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const secretFile = (name: string, value: string) => {
    const file = join(folder.path, name);
    writeFileSync(file, value);
    return file;
  };
  return {
    url,
    smtp: `127.0.0.1:${smtp.port}`,
    posts,
    mails,
    logins,
    at: <T>(path: string) => posts.filter((post) => post.path === path).map(({ body }) => body as T),
    urlFile: (path) => secretFile(path.replaceAll('/', '_'), url + path),
    secretFile,
    async until(what, find) {
      const end = Date.now() + 30_000;
      for (;;) {
        const found = find();
        if (found !== undefined && found !== false) return found;
        if (Date.now() > end) throw new Error(`${what} did not come; there are ${seen(posts, mails)}`);
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    },
    clear() {
      posts.length = 0;
      mails.length = 0;
    },
    async stop() {
      http.closeAllConnections();
      await Promise.all([new Promise((resolve) => http.close(resolve)), smtp.stop()]);
      folder.remove();
    },
  };
}

const seen = (posts: readonly Posted[], mails: readonly ParsedMail[]): string =>
  [...posts.map(({ path, body }) => `${path} ${JSON.stringify(body)}`), ...mails.map((m) => `mail ${m.subject}`)].join(
    '\n',
  );

async function mailServer(mails: ParsedMail[], logins: string[]): Promise<{ port: number; stop(): Promise<void> }> {
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    authOptional: true,
    allowInsecureAuth: true,
    onAuth: ({ username = '', password = '' }, _session, done) => {
      logins.push(`${username}:${password}`);
      done(null, { user: username });
    },
    onData: (stream, _session, done) => {
      simpleParser(stream).then(
        (mail) => {
          mails.push(mail);
          done();
        },
        (error: Error) => done(error),
      );
    },
  });
  const port = await freePort();
  const listener: ReturnType<typeof createTcpServer> = server.server;
  await new Promise<void>((resolve) => {
    listener.once('listening', resolve);
    server.listen(port, '127.0.0.1');
  });
  return { port, stop: () => new Promise((resolve) => server.close(() => resolve())) };
}
