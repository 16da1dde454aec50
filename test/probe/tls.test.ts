// What a certificate may be wrong in, with chains of a private authority; and a CA file that is.
import { readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, type Server, createServer as tcp } from 'node:net';
import { join } from 'node:path';
import { createServer, type TlsOptions } from 'node:tls';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { loadSpec } from '../../src/files/load-spec.ts';
import { bundle, type Certificate, makeCa, selfSigned } from '../services/ca.ts';
import { freePort, privateFolder } from '../services/process.ts';
import { resolvingTo, step } from './run.ts';

const SHOP = 'shop.plimsoll.test';
const folder = privateFolder('tls');
const root = makeCa(folder.path, 30);
const middle = root.intermediate('middle', 60);
const leaf = middle.issue('leaf', [SHOP], 50);
const DAY = 86_400;

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});
afterAll(() => folder.remove());

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
const serve = ({ key }: Certificate, chain: string, options: TlsOptions = {}): Promise<number> =>
  listen(createServer({ key: readFileSync(key), cert: chain, ...options }).on('tlsClientError', () => {}));
const handshake = (port: number, extra: object = {}) =>
  step(
    { kind: 'tls', url: `tls://${SHOP}:${port}`, address: '127.0.0.1', ca: root.cert, timeout: '2s', ...extra },
    'handshake',
  );
const daysLeft = (seconds: number | undefined) => ((seconds ?? 0) - Date.now() / 1000) / DAY;

describe('the end of a chain is that of what clients check', () => {
  it('leaves out the root, which is 30 days here, though it is served: the leaf ends in 50 days', async () => {
    const result = await handshake(await serve(leaf, bundle(leaf, middle, root)));
    expect(result.outcome).toBe('ok');
    expect(daysLeft(result.facts.certNotAfterSeconds)).toBeCloseTo(50, 1);
  });
  it('counts an intermediate that ends before the leaf', async () => {
    const short = root.intermediate('short', 20);
    const under = short.issue('under', [SHOP], 50);
    const result = await handshake(await serve(under, bundle(under, short)));
    expect(daysLeft(result.facts.certNotAfterSeconds)).toBeCloseTo(20, 1);
  });
  it('counts a certificate that signs itself, as it is the leaf', async () => {
    const own = selfSigned(folder.path, SHOP);
    const result = await handshake(await serve(own, bundle(own)));
    expect(result).toMatchObject({ outcome: 'tls_untrusted', blame: 'tls' });
    expect(daysLeft(result.facts.certNotAfterSeconds)).toBeCloseTo(90, 1);
  });
});

describe('a TLS probe tells apart', () => {
  it('an incomplete chain', async () => {
    expect((await handshake(await serve(leaf, bundle(leaf)))).outcome).toBe('tls_incomplete_chain');
  });
  it('a certificate that is not valid yet', async () => {
    const early = root.issue('early', [SHOP], 90, 1);
    expect((await handshake(await serve(early, bundle(early)))).outcome).toBe('tls_not_yet_valid');
  });
  it('a root that it does not know', async () => {
    const result = await handshake(await serve(leaf, bundle(leaf, middle, root)), { ca: undefined });
    expect(result).toMatchObject({
      outcome: 'tls_untrusted',
      detail: expect.stringMatching(/^SELF_SIGNED_CERT_IN_CHAIN: /),
    });
  });
  it('a server that speaks only an old protocol', async () => {
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0' } as const;
    expect((await handshake(await serve(leaf, bundle(leaf, middle), old))).outcome).toBe('tls_handshake');
  });
  it('a family of addresses that we have no way to from one that works: the first of the other is asked', async () => {
    const port = await serve(leaf, bundle(leaf, middle));
    const settings = { kind: 'tls', url: `tls://${SHOP}:${port}`, ca: root.cert };
    expect((await step(settings, 'handshake', { resolve: resolvingTo('ff0e::1', '127.0.0.1') })).outcome).toBe('ok');
  });
  it('a server that accepts and then says nothing', async () => {
    const port = await listen(tcp((socket) => socket.on('error', () => {})));
    const result = await handshake(port, { timeout: '500ms' });
    expect(result.outcome).toBe('timeout');
    expect(result.detail).toContain('in phase tls');
  });
});

describe('the certificate that should be served', () => {
  const renewed = middle.issue('renewed', [SHOP], 90);
  const file = (name: string, pem: string) => {
    const path = join(folder.path, name);
    writeFileSync(path, pem);
    return path;
  };
  it('is the leaf of the file, whatever else is in it', async () => {
    const port = await serve(leaf, bundle(leaf, middle));
    expect((await handshake(port, { certificate: leaf.cert })).outcome).toBe('ok');
    const secret = file('secret.pem', bundle(leaf, middle, root));
    expect((await handshake(port, { certificate: secret })).outcome).toBe('ok');
  });
  it('was renewed, but the old one is served still; how long that lasts is known all the same', async () => {
    const port = await serve(leaf, bundle(leaf, middle));
    const result = await handshake(port, { certificate: renewed.cert });
    expect(result).toMatchObject({
      outcome: 'tls_not_reloaded',
      blame: 'tls',
      detail: expect.stringMatching(/^served until \S+ \(\w\w:\w\w:.*\), in the file until \S+ \(\w\w:\w\w:.*\)$/),
    });
    expect(daysLeft(result.facts.certNotAfterSeconds)).toBeCloseTo(50, 1);
  });
  it('is read anew when it is replaced', async () => {
    const port = await serve(leaf, bundle(leaf, middle));
    const certificate = file('replaced.pem', bundle(leaf));
    expect((await handshake(port, { certificate })).outcome).toBe('ok');
    writeFileSync(certificate, bundle(renewed));
    expect((await handshake(port, { certificate })).outcome).toBe('tls_not_reloaded');
  });
  it('may be named relative to the spec file; check finds one that is missing', () => {
    const spec = join(folder.path, 'plimsoll.yaml');
    const load = (certificate: string) => {
      writeFileSync(
        spec,
        `targets:\n  - { name: a, kind: tls, url: "tls://${SHOP}:443", certificate: ${certificate} }\n`,
      );
      const loaded = loadSpec([spec]);
      const { findings } = loaded;
      return {
        read: loaded.ok && loaded.spec,
        missing: findings.filter(({ rule }) => rule === 'named-file').map(({ path }) => path),
      };
    };
    expect(load('renewed.pem')).toMatchObject({ missing: [], read: { targets: [{ certificate: renewed.cert }] } });
    expect(load('nowhere.pem').missing).toEqual(['targets[0].certificate']);
  });
  it('does not matter when that which is served is not even valid', async () => {
    const port = await serve(leaf, bundle(leaf));
    expect((await handshake(port, { certificate: renewed.cert, issuer: 'other' })).outcome).toBe(
      'tls_incomplete_chain',
    );
  });
  it.each([
    ['is missing', () => '/nowhere/tls.crt', 'certificate /nowhere/tls.crt: ENOENT'],
    ['is not PEM', () => file('no.pem', 'not PEM'), /^certificate .*: holds no certificate in PEM form$/],
  ])('is not known when the file %s: our configuration, and the dates are known', async (_how, certificate, detail) => {
    const port = await serve(leaf, bundle(leaf, middle));
    const result = await handshake(port, { certificate: certificate() });
    expect(result).toMatchObject({ outcome: 'certificate_unreadable', blame: 'config' });
    expect(result.detail).toMatch(detail);
    expect(daysLeft(result.facts.certNotAfterSeconds)).toBeCloseTo(50, 1);
  });
});

describe('the issuer', () => {
  const issuedBy = async (issuer: string) => handshake(await serve(leaf, bundle(leaf, middle)), { issuer });
  it('is one whose name holds the text of the spec', async () => {
    expect((await issuedBy('Plimsoll test CA')).outcome).toBe('ok');
    expect((await issuedBy('CA middle')).outcome).toBe('ok');
  });
  it('is wrong when it does not, and is named', async () => {
    expect(await issuedBy("Let's Encrypt")).toMatchObject({
      outcome: 'tls_wrong_issuer',
      blame: 'tls',
      detail: "issued by Plimsoll test CA middle, expected Let's Encrypt",
    });
  });
});

describe('an IP address in the place of a name', () => {
  const byAddress = async (ip: string) => {
    const certificate = middle.issue(`ip-${ip}`, [ip], 50);
    const port = await serve(certificate, bundle(certificate, middle));
    const at = { address: undefined, url: `tls://127.0.0.1:${port}` };
    const get = { kind: 'http', url: `https://127.0.0.1:${port}/`, ca: root.cert, timeout: '2s' };
    return [(await handshake(port, at)).outcome, (await step(get, 'get')).outcome];
  };
  it('is good when the certificate is for it, and a wrong name when it is for another', async () => {
    expect((await byAddress('127.0.0.1'))[0]).toBe('ok');
    expect((await byAddress('127.0.0.1'))[1]).not.toBe('tls_name_mismatch');
    expect(await byAddress('127.0.0.2')).toEqual(['tls_name_mismatch', 'tls_name_mismatch']);
  });
});

describe('a CA file', () => {
  const garbled = join(folder.path, 'garbled.pem');
  const empty = join(folder.path, 'empty.pem');
  writeFileSync(garbled, '-----BEGIN CERTIFICATE-----\nbm90IGEgY2VydGlmaWNhdGU=\n-----END CERTIFICATE-----\n');
  writeFileSync(empty, 'not PEM');
  it.each([
    ['that is missing', '/nowhere/ca.pem', 'ca /nowhere/ca.pem: ENOENT'],
    ['that is not PEM', empty, `ca ${empty}: holds no certificate in PEM form`],
    ['that is garbled', garbled, `ca ${garbled}: holds a certificate that cannot be read`],
  ])('%s is our configuration, whatever the kind of target', async (_how, ca, detail) => {
    const port = await serve(leaf, bundle(leaf, middle));
    const wrong = { outcome: 'ca_unreadable', blame: 'config', detail };
    expect(await handshake(port, { ca })).toMatchObject(wrong);
    const https = { kind: 'http', url: `https://${SHOP}:${port}/`, address: '127.0.0.1', ca };
    expect(await step(https, 'get')).toMatchObject(wrong);
    const databases = { tls: 'verify', ca, steps: ['read'] };
    expect(
      await step({ kind: 'mariadb', url: `mysql://u@127.0.0.1:${port}/d`, ...databases }, 'connect'),
    ).toMatchObject(wrong);
    expect(await step({ kind: 'redis', url: `rediss://127.0.0.1:${port}/0`, ...databases }, 'connect')).toMatchObject(
      wrong,
    );
  });
  it('that is not needed is not read', async () => {
    const result = await step(
      { kind: 'redis', url: `redis://127.0.0.1:${await freePort()}/0`, ca: '/nowhere' },
      'connect',
    );
    expect(result.outcome).toBe('refused');
  });
  it('that is replaced is read anew', async () => {
    const ca = join(folder.path, 'changing.pem');
    const port = await serve(leaf, bundle(leaf, middle));
    writeFileSync(ca, 'not there yet');
    expect((await handshake(port, { ca })).outcome).toBe('ca_unreadable');
    writeFileSync(ca, readFileSync(root.cert));
    expect((await handshake(port, { ca })).outcome).toBe('ok');
  });
});
