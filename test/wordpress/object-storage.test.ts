// The object storage of the tests: it must refuse what the real one refuses, or uploads and backups that pass here prove nothing.
import type { IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ObjectStorage, startObjectStorage } from '../services/object-storage.ts';
import { s3Fault, withoutChunks } from '../services/s3-signature.ts';
import { signed } from './sign.ts';

/** The key of the examples in "Signature Calculations for the Authorization Header" and "Using Query Parameters" of the S3 API reference. */
const EXAMPLE = {
  accessKey: 'AKIAIOSFODNN7EXAMPLE',
  secretKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  region: 'us-east-1',
};
const AT_MS = Date.parse('2013-05-24T00:00:00Z');
const HOST = 'examplebucket.s3.amazonaws.com';
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const SCOPE = `${EXAMPLE.accessKey}/20130524/us-east-1/s3/aws4_request`;

interface Example {
  readonly method?: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signature: string;
  readonly body?: string;
}
const requestOf = ({ method = 'GET', path, headers, signature }: Example) => {
  const all: Record<string, string> = {
    host: HOST,
    'x-amz-content-sha256': EMPTY,
    'x-amz-date': '20130524T000000Z',
    ...headers,
  };
  const authorization = `AWS4-HMAC-SHA256 Credential=${SCOPE},SignedHeaders=${Object.keys(all).sort().join(';')},Signature=${signature}`;
  return [
    { method, headers: { ...all, authorization } } as unknown as IncomingMessage,
    new URL(path, `https://${HOST}`),
  ] as const;
};
const EXAMPLES: readonly (readonly [string, Example])[] = [
  [
    'a part of an object',
    {
      path: '/test.txt',
      headers: { range: 'bytes=0-9' },
      signature: 'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
    },
  ],
  [
    'a new object',
    {
      method: 'PUT',
      path: '/test%24file.text',
      body: 'Welcome to Amazon S3.',
      headers: {
        date: 'Fri, 24 May 2013 00:00:00 GMT',
        'x-amz-storage-class': 'REDUCED_REDUNDANCY',
        'x-amz-content-sha256': '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072',
      },
      signature: '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
    },
  ],
  [
    'a parameter without value',
    { path: '/?lifecycle', headers: {}, signature: 'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543' },
  ],
  [
    'a list',
    {
      path: '/?max-keys=2&prefix=J',
      headers: {},
      signature: '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
    },
  ],
];

describe('a signature', () => {
  it.each(EXAMPLES)('of the documentation is right, and wrong when anything is another: %s', (_, example) => {
    const body = Buffer.from(example.body ?? '');
    const fault = (change: Partial<Example> = {}, key = EXAMPLE, nowMs = AT_MS, sent = body) =>
      s3Fault(...requestOf({ ...example, ...change }), sent, key, nowMs);
    expect(fault()).toBeUndefined();
    expect(fault({ method: 'DELETE' })).toBe('SignatureDoesNotMatch');
    expect(fault({ path: `${example.path}x` })).toBe('SignatureDoesNotMatch');
    expect(fault({ headers: { ...example.headers, host: 'other' } })).toBe('SignatureDoesNotMatch');
    expect(fault({ signature: '0'.repeat(64) })).toBe('SignatureDoesNotMatch');
    expect(fault({}, { ...EXAMPLE, secretKey: 'other' })).toBe('SignatureDoesNotMatch');
    expect(fault({}, { ...EXAMPLE, accessKey: 'other' })).toBe('InvalidAccessKeyId');
    expect(fault({}, { ...EXAMPLE, region: 'eu-central-3' })).toBe('AuthorizationHeaderMalformed');
    expect(fault({}, EXAMPLE, AT_MS + 15 * 60_000)).toBeUndefined();
    expect(fault({}, EXAMPLE, AT_MS + 15 * 60_000 + 1)).toBe('RequestTimeTooSkewed');
    expect(fault({}, EXAMPLE, AT_MS - 15 * 60_000 - 1)).toBe('RequestTimeTooSkewed');
    expect(fault({}, EXAMPLE, AT_MS, Buffer.from('another body'))).toBe('XAmzContentSHA256Mismatch');
  });
  it('in a link is right until it expires', () => {
    const url = new URL(
      `https://${HOST}/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${encodeURIComponent(SCOPE)}&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404`,
    );
    const request = { method: 'GET', headers: { host: HOST } } as unknown as IncomingMessage;
    expect(s3Fault(request, url, Buffer.alloc(0), EXAMPLE, AT_MS + 86_400_000)).toBeUndefined();
    expect(s3Fault(request, url, Buffer.alloc(0), EXAMPLE, AT_MS + 86_400_001)).toBe('RequestTimeTooSkewed');
  });
  it('that is missing opens nothing', () => {
    const request = { method: 'GET', headers: { host: HOST } } as unknown as IncomingMessage;
    expect(s3Fault(request, new URL(`https://${HOST}/test.txt`), Buffer.alloc(0), EXAMPLE, AT_MS)).toBe('AccessDenied');
  });
  it('of pieces leaves the pieces', () => {
    const body = '5;chunk-signature=aa\r\nab\r\nc\r\n3;chunk-signature=bb\r\ndef\r\n0;chunk-signature=cc\r\n\r\n';
    expect(withoutChunks(Buffer.from(body)).toString()).toBe('ab\r\ncdef');
  });
});

describe('the storage', () => {
  let storage: ObjectStorage;
  beforeAll(async () => {
    storage = await startObjectStorage(['a', 'b']);
  });
  afterAll(() => storage.stop());
  const ask = async (method: string, path: string, body = '', headers: Record<string, string> = {}) => {
    const answer = await fetch(`${storage.endpoint}${path}`, {
      method,
      ...signed(storage, method, path, body, headers),
    });
    return { status: answer.status, body: await answer.text(), headers: answer.headers };
  };

  it('keeps, tells, copies and forgets objects', async () => {
    expect((await ask('PUT', '/a/d/x.txt', 'hello', { 'content-type': 'text/plain' })).status).toBe(200);
    const got = await ask('GET', '/a/d/x.txt');
    expect([got.status, got.body, got.headers.get('content-type')]).toEqual([200, 'hello', 'text/plain']);
    expect((await ask('HEAD', '/a/d/x.txt')).headers.get('content-length')).toBe('5');
    expect((await ask('GET', '/a/d/x.txt', '', { range: 'bytes=-2' })).body).toBe('lo');
    expect((await ask('GET', '/a/d/x.txt', '', { range: 'bytes=9-' })).status).toBe(416);
    expect((await ask('PUT', '/b/y', '', { 'x-amz-copy-source': '/a/d/x.txt' })).body).toContain('<CopyObjectResult');
    expect((await ask('GET', '/b/y')).body).toBe('hello');
    expect((await ask('DELETE', '/a/d/x.txt')).status).toBe(204);
    expect((await ask('GET', '/a/d/x.txt')).body).toContain('<Code>NoSuchKey</Code>');
    expect((await ask('GET', '/c/x')).body).toContain('<Code>NoSuchBucket</Code>');
  });
  it('lists in pages, by prefix, and folders once', async () => {
    for (const key of ['l/1', 'l/2', 'l/m/3', 'l/m/4', 'l/n&o/5', 'k'])
      await ask('PUT', `/a/${key.replace('&', '%26')}`, 'x');
    const page = async (query: string) => {
      const { body } = await ask('GET', `/a?list-type=2&${query}`);
      return {
        keys: [...body.matchAll(/<Key>([^<]*)</g)].map(([, key]) => key),
        folders: [...body.matchAll(/<CommonPrefixes><Prefix>([^<]*)</g)].map(([, name]) => name),
        next: /<NextContinuationToken>([^<]*)</.exec(body)?.[1],
      };
    };
    expect(await page('prefix=l%2F&delimiter=%2F')).toEqual({
      keys: ['l/1', 'l/2'],
      folders: ['l/m/', 'l/n&amp;o/'],
      next: undefined,
    });
    const first = await page('prefix=l%2F&max-keys=3');
    expect(first).toEqual({ keys: ['l/1', 'l/2', 'l/m/3'], folders: [], next: 'l/m/3' });
    expect((await page(`prefix=l%2F&continuation-token=${encodeURIComponent(first.next!)}`)).keys).toEqual([
      'l/m/4',
      'l/n&amp;o/5',
    ]);
  });
  it('puts parts together in the order of the end, and refuses parts that did not come', async () => {
    const id = /<UploadId>([^<]+)</.exec((await ask('POST', '/a/big?uploads=')).body)?.[1];
    for (const [n, text] of [
      [2, 'world'],
      [1, 'hello '],
    ] as const)
      await ask('PUT', `/a/big?partNumber=${n}&uploadId=${id}`, text);
    const part = (n: number) => `<Part><PartNumber>${n}</PartNumber></Part>`;
    expect((await ask('POST', `/a/big?uploadId=${id}`, `<C>${part(1)}${part(2)}</C>`)).body).toContain('-2&quot;');
    expect((await ask('GET', '/a/big')).body).toBe('hello world');
    const other = /<UploadId>([^<]+)</.exec((await ask('POST', '/a/big?uploads=')).body)?.[1];
    expect((await ask('POST', `/a/big?uploadId=${other}`, `<C>${part(1)}</C>`)).body).toContain('InvalidPart');
  });
  it('answers nothing without a signature, and every request so while it is told to fail', async () => {
    expect((await fetch(`${storage.endpoint}/a/k`)).status).toBe(403);
    storage.fail([503, 'SlowDown']);
    expect((await ask('GET', '/a/k')).status).toBe(503);
    storage.fail(undefined);
    expect((await ask('GET', '/a/k')).status).toBe(200);
    expect(storage.requests.at(-1)).toBe('GET /a/k 200');
  });
});
