// A small object storage on loopback, in memory: the S3 API as backups and WordPress use it, path style, with signatures that are checked.
// Never a stand-in for what only the real one shows: versions, rights, object lock, lifecycle.
import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { freePort } from './process.ts';
import { listAnswer, type S3Object, xml } from './s3-answers.ts';
import { type S3Credentials, s3Fault, withoutChunks } from './s3-signature.ts';

export interface ObjectStorage extends S3Credentials {
  /** http://127.0.0.1:PORT, without slash at the end. */
  readonly endpoint: string;
  readonly port: number;
  /** Objects of a bucket by key; changing them changes the bucket. */
  objects(bucket: string): Map<string, S3Object>;
  /** Requests so far: method, path and status. */
  readonly requests: readonly string[];
  /** Answers every request so, until it is given undefined: [503, 'SlowDown']. */
  fail(as: readonly [status: number, code: string] | undefined): void;
  stop(): Promise<void>;
  start(): Promise<void>;
}

interface Asked {
  readonly request: IncomingMessage;
  readonly url: URL;
  readonly body: Buffer;
  readonly bucket: string;
  readonly key: string;
}
type Reply = readonly [status: number, headers?: Readonly<Record<string, string>>, body?: string | Buffer];

class Buckets {
  readonly objects = new Map<string, Map<string, S3Object>>();
  readonly uploads = new Map<string, Map<number, Buffer>>();
}

/** Starts it with these buckets, empty. */
export async function startObjectStorage(
  buckets: readonly string[],
  { accessKey = 'key-of-the-tests', secretKey = 'secret/of+the=tests', region = 'eu-central-3' } = {},
): Promise<ObjectStorage> {
  const port = await freePort();
  const known = { accessKey, secretKey, region };
  const held = new Buckets();
  for (const name of buckets) held.objects.set(name, new Map());
  const requests: string[] = [];
  let failing: readonly [number, string] | undefined;
  const answer = async (request: IncomingMessage): Promise<Reply> => {
    const url = new URL(request.url ?? '/', `http://127.0.0.1:${port}`);
    const body = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>));
    const fault = s3Fault(request, url, body, known, Date.now());
    if (failing !== undefined) return error(...failing);
    if (fault !== undefined) return error(fault.startsWith('Auth') || fault.startsWith('XAmz') ? 400 : 403, fault);
    const [bucket = '', ...rest] = url.pathname.slice(1).split('/').map(decodeURIComponent);
    const isChunked = String(request.headers['x-amz-content-sha256']).startsWith('STREAMING-');
    return reply(held, { request, url, body: isChunked ? withoutChunks(body) : body, bucket, key: rest.join('/') });
  };
  const handle = (request: IncomingMessage, response: ServerResponse) => {
    answer(request)
      .catch((reason): Reply => error(500, 'InternalError', String(reason)))
      .then(([status, headers = {}, body = '']) => {
        requests.push(`${request.method} ${request.url} ${status}`);
        response.writeHead(status, { 'content-length': String(Buffer.byteLength(body)), ...headers });
        response.end(request.method === 'HEAD' ? undefined : body);
      });
  };
  let server: Server | undefined;
  const storage: ObjectStorage = {
    ...known,
    endpoint: `http://127.0.0.1:${port}`,
    port,
    requests,
    objects(bucket) {
      const objects = held.objects.get(bucket);
      if (objects === undefined) throw new Error(`there is no bucket ${bucket}`);
      return objects;
    },
    fail(as) {
      failing = as;
    },
    start: () =>
      new Promise((resolve) => {
        server = createServer(handle).listen(port, '127.0.0.1', resolve);
      }),
    stop: () =>
      new Promise((resolve) => {
        server?.closeAllConnections();
        server?.close(() => resolve());
      }),
  };
  await storage.start();
  return storage;
}

const error = (status: number, code: string, message = code): Reply => [
  status,
  { 'content-type': 'application/xml' },
  xml('Error', { Code: code, Message: message }),
];
const md5 = (data: Buffer): string => createHash('md5').update(data).digest('hex');

function reply(held: Buckets, asked: Asked): Reply {
  const { request, url, bucket, key } = asked;
  const objects = held.objects.get(bucket);
  if (bucket === '')
    return [
      200,
      {},
      xml('ListAllMyBucketsResult', { Buckets: [...held.objects.keys()].map((Name) => ({ Bucket: { Name } })) }),
    ];
  if (objects === undefined && !(request.method === 'PUT' && key === '')) return error(404, 'NoSuchBucket');
  if (key === '') return replyOfBucket(held, asked);
  const has = (name: string) => url.searchParams.has(name);
  if (has('uploads') || has('uploadId')) return replyOfUpload(held, objects!, asked);
  switch (request.method) {
    case 'PUT':
      return put(held, objects!, asked);
    case 'GET':
    case 'HEAD':
      return get(objects!.get(key), request);
    case 'DELETE':
      objects!.delete(key);
      return [204];
    default:
      return error(405, 'MethodNotAllowed');
  }
}

function replyOfBucket(held: Buckets, { request, url, body, bucket }: Asked): Reply {
  const objects = held.objects.get(bucket);
  if (request.method === 'HEAD') return [200];
  if (request.method === 'PUT') {
    held.objects.set(bucket, objects ?? new Map());
    return [200];
  }
  if (request.method === 'POST' && url.searchParams.has('delete')) {
    for (const [, key = ''] of body.toString().matchAll(/<Key>([^<]*)<\/Key>/g)) objects?.delete(key);
    return [200, {}, xml('DeleteResult', {})];
  }
  if (url.searchParams.has('location')) return [200, {}, '<LocationConstraint/>'];
  if (request.method !== 'GET') return error(405, 'MethodNotAllowed');
  return [200, { 'content-type': 'application/xml' }, listAnswer(bucket, objects ?? new Map(), url.searchParams)];
}

/** Headers that come back with the object. */
const KEPT = /^(content-type|cache-control|content-encoding|content-disposition|x-amz-meta-.+)$/;
function keep(
  objects: Map<string, S3Object>,
  key: string,
  data: Buffer,
  headers: IncomingMessage['headers'],
): S3Object {
  const kept = Object.entries(headers).filter(([name]) => KEPT.test(name));
  const object = {
    data,
    etag: md5(data),
    modified: new Date(),
    headers: Object.fromEntries(kept) as Record<string, string>,
  };
  objects.set(key, object);
  return object;
}

function put(held: Buckets, objects: Map<string, S3Object>, { request, body, key }: Asked): Reply {
  const sent = request.headers['content-md5'];
  if (sent !== undefined && sent !== Buffer.from(md5(body), 'hex').toString('base64')) return error(400, 'BadDigest');
  const from = request.headers['x-amz-copy-source'];
  if (from === undefined) return [200, { etag: `"${keep(objects, key, body, request.headers).etag}"` }];
  const [bucket = '', ...rest] = decodeURIComponent(String(from)).replace(/^\//, '').split('/');
  const source = held.objects.get(bucket)?.get(rest.join('/'));
  if (source === undefined) return error(404, 'NoSuchKey');
  const replaces = request.headers['x-amz-metadata-directive'] === 'REPLACE';
  const { etag, modified } = keep(objects, key, source.data, replaces ? request.headers : source.headers);
  return [200, {}, xml('CopyObjectResult', { ETag: `"${etag}"`, LastModified: modified.toISOString() })];
}

function get(object: S3Object | undefined, { headers }: IncomingMessage): Reply {
  if (object === undefined) return error(404, 'NoSuchKey');
  const told = {
    ...object.headers,
    etag: `"${object.etag}"`,
    'last-modified': object.modified.toUTCString(),
    'accept-ranges': 'bytes',
  };
  if (headers['if-none-match'] === told.etag) return [304, told];
  const length = object.data.length;
  const range = /^bytes=(\d*)-(\d*)$/.exec(headers.range ?? '');
  if (range === null || (range[1] === '' && range[2] === ''))
    return [200, { ...told, 'content-length': String(length) }, object.data];
  const first = range[1] === '' ? Math.max(0, length - Number(range[2])) : Number(range[1]);
  const last = range[1] === '' || range[2] === '' ? length - 1 : Math.min(Number(range[2]), length - 1);
  if (first > last) return error(416, 'InvalidRange');
  const part = object.data.subarray(first, last + 1);
  return [
    206,
    { ...told, 'content-length': String(part.length), 'content-range': `bytes ${first}-${last}/${length}` },
    part,
  ];
}

function replyOfUpload(
  held: Buckets,
  objects: Map<string, S3Object>,
  { request, url, body, bucket, key }: Asked,
): Reply {
  if (request.method === 'POST' && url.searchParams.has('uploads')) {
    const UploadId = randomUUID();
    held.uploads.set(UploadId, new Map());
    return [200, {}, xml('InitiateMultipartUploadResult', { Bucket: bucket, Key: key, UploadId })];
  }
  const id = url.searchParams.get('uploadId') ?? '';
  const parts = held.uploads.get(id);
  if (parts === undefined) return error(404, 'NoSuchUpload');
  if (request.method === 'PUT') {
    parts.set(Number(url.searchParams.get('partNumber')), body);
    return [200, { etag: `"${md5(body)}"` }];
  }
  held.uploads.delete(id);
  if (request.method === 'DELETE') return [204];
  const numbers = [...body.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber>/g)].map(([, n]) => Number(n));
  if (numbers.some((n) => !parts.has(n))) return error(400, 'InvalidPart');
  const { etag } = keep(objects, key, Buffer.concat(numbers.map((n) => parts.get(n)!)), {});
  return [
    200,
    {},
    xml('CompleteMultipartUploadResult', { Bucket: bucket, Key: key, ETag: `"${etag}-${numbers.length}"` }),
  ];
}
