// Credentials go to the origin of the target only: scheme, host and port. Needs the default ports.
import { readFileSync } from 'node:fs';
import { createServer as http, type IncomingMessage } from 'node:http';
import { createServer as https } from 'node:https';
import type { Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ca, makeCa } from '../services/ca.ts';
import { privateFolder } from '../services/process.ts';
import { step } from './run.ts';

const SHOP = 'shop.plimsoll.test';
const address = `127.${[1, 2, 3].map(() => 1 + Math.floor(Math.random() * 250)).join('.')}`;
const folder = privateFolder('credentials');
const seen: { readonly url: string; readonly method: string; readonly authorization: string | undefined }[] = [];
const note = (scheme: string, { url, method, headers }: IncomingMessage) =>
  seen.push({ url: `${scheme}://${headers.host}${url}`, method: method!, authorization: headers.authorization });

/** Rejects with EACCES for who is not root: then run the tests as root, or allow it with sysctl net.ipv4.ip_unprivileged_port_start=80. */
const listening = (server: Server, port: number) =>
  new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, address, resolve));

let ca: Ca;
const plain = http((request, response) => {
  note('http', request);
  request.resume();
  response.end('plain');
});
const redirects: Readonly<Record<string, readonly [status: number, location: string]>> = {
  '/to-plain': [302, `http://${SHOP}/plain`],
  '/to-itself': [302, '/here'],
  '/repeat-plain': [308, `http://${SHOP}/plain`],
  '/see-plain': [303, `http://${SHOP}/plain`],
};
let secure: ReturnType<typeof https>;
beforeAll(async () => {
  ca = makeCa(folder.path);
  const { cert, key } = ca.issue('shop', [SHOP]);
  secure = https({ cert: readFileSync(cert), key: readFileSync(key) }, (request, response) => {
    note('https', request);
    request.resume();
    const [status, location] = redirects[request.url!] ?? [200, undefined];
    response.writeHead(status, location === undefined ? {} : { location }).end();
  });
  await Promise.all([listening(plain, 80), listening(secure, 443)]);
});
afterAll(() => {
  plain.close();
  secure.close();
  folder.remove();
});

const get = async (path: string, extra: object = {}) => {
  seen.length = 0;
  const headers = { authorization: 'Bearer canary' };
  return step({ kind: 'http', url: `https://${SHOP}${path}`, address, ca: ca.cert, headers, ...extra }, 'get');
};

describe('a redirect', () => {
  it('inside the origin takes the credentials along', async () => {
    expect((await get('/to-itself')).outcome).toBe('ok');
    expect(seen.map(({ authorization }) => authorization)).toEqual(['Bearer canary', 'Bearer canary']);
  });
  it('from https to http of the same host stays at the pinned address, without the credentials', async () => {
    expect((await get('/to-plain')).outcome).toBe('ok');
    expect(seen).toEqual([
      { url: `https://${SHOP}/to-plain`, method: 'GET', authorization: 'Bearer canary' },
      { url: `http://${SHOP}/plain`, method: 'GET', authorization: undefined },
    ]);
  });
  it('never sends a body to another origin: 308 is refused, 303 becomes a GET', async () => {
    const post = { method: 'POST', body: 'canary' };
    expect((await get('/repeat-plain', post)).outcome).toBe('redirect_refused');
    expect(seen).toHaveLength(1);
    expect((await get('/see-plain', post)).outcome).toBe('ok');
    expect(seen.map(({ method }) => method)).toEqual(['POST', 'GET']);
  });
});
