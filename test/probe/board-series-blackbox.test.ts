// The series of blackbox_exporter: ours beside those of the real one, for the same pages, ports and certificates.

import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blackboxValues } from '../../src/probe/board-blackbox.ts';
import { makeCa } from '../services/ca.ts';
import { type PeerExporter, startBlackboxExporter } from '../services/peer-exporters.ts';
import { privateFolder } from '../services/process.ts';
import { differences } from './board-series/compare.ts';
import { readExposed } from './board-series/exposed.ts';
import { exposedRun } from './board-series/run.ts';

const folder = privateFolder('board-blackbox');
const ca = makeCa(folder.path);
let peer: PeerExporter;
const servers: Server[] = [];
const listening = async (server: Server): Promise<number> => {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
};
let plain: number;
let secure: number;
beforeAll(async () => {
  peer = await startBlackboxExporter(ca.cert);
  const { cert, key } = ca.issue('page', ['127.0.0.1']);
  plain = await listening(
    createServer((request, reply) => {
      if (request.url === '/moved') return reply.writeHead(302, { location: '/' }).end();
      return reply.writeHead(request.url === '/broken' ? 503 : 200).end('hello');
    }),
  );
  secure = await listening(
    createTlsServer({ cert: readFileSync(cert), key: readFileSync(key) }, (_, reply) => reply.end('hello')),
  );
});
afterAll(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  await peer.stop();
  folder.remove();
});

/** Times differ from run to run; TLS 1.3 sends a certificate or not, that is the same. */
const TIMES = /_duration_seconds|_lookup_time_seconds/;
const both = async (module: string, url: string, settings: object) => {
  const theirs = async () =>
    readExposed(await peer.metrics(`/probe?module=${module}&target=${encodeURIComponent(url)}`));
  const [before, ours, after] = [await theirs(), await exposedRun(settings), await theirs()];
  return { ours, found: differences(before, ours, after, 'probe_', TIMES) };
};

describe('a target that blackbox_exporter probes too', () => {
  it.each([
    ['a page', () => `http://127.0.0.1:${plain}/`, 7],
    ['a page that is broken', () => `http://127.0.0.1:${plain}/broken`, 7],
    ['a page that is elsewhere', () => `http://127.0.0.1:${plain}/moved`, 7],
    ['a page over TLS', () => `https://127.0.0.1:${secure}/`, 8],
  ])('has the same series, types and values: %s', async (_, url, compared) => {
    const page = { kind: 'http', url: url(), ...(url().startsWith('https') && { ca: ca.cert }) };
    const { found } = await both('http_2xx', url(), page);
    expect(found).toEqual({ lacking: [], extra: [], types: [], values: [], compared: expect.any(Number) });
    expect(found.compared).toBeGreaterThanOrEqual(compared - 1);
  });
  it('has the same series: a port', async () => {
    const { found } = await both('tcp_connect', `127.0.0.1:${plain}`, { kind: 'tcp', url: `tcp://127.0.0.1:${plain}` });
    expect(found).toEqual({ lacking: [], extra: [], types: [], values: [], compared: expect.any(Number) });
  });
  it.each([
    ['TLSv1', 'TLS 1.0'],
    ['TLSv1.1', 'TLS 1.1'],
    ['TLSv1.3', 'TLS 1.3'],
  ])('writes %s as Go does: %s', async (tlsVersion, written) => {
    const { run } = await exposedRun({ kind: 'tcp', url: `tcp://127.0.0.1:${plain}` });
    const steps = run.steps.map((step) => ({ ...step, facts: { tlsVersion } }));
    const found = blackboxValues({ ...run, steps }).find(({ key }) => key.metric === 'probe_tls_version_info');
    expect(found?.key.labels).toEqual([written]);
  });
  it('tells when a certificate ends also if it does not trust it, which blackbox_exporter does not', async () => {
    const url = `https://127.0.0.1:${secure}/`;
    const { ours } = await both('http_2xx', url, { kind: 'http', url });
    expect(ours.values.get('probe_success')).toBe(0);
    expect(ours.values.get('probe_ssl_earliest_cert_expiry')).toBeGreaterThan(Date.now() / 1000);
  });
});
