// AWS Signature Version 4 as an S3 service checks it: of a header, of a link, and of bodies that come in signed pieces.
// Written after "Authenticating Requests (AWS Signature Version 4)" of the S3 API reference. Never signs.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export interface S3Credentials {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly region: string;
}
/** Error code of S3; undefined if the request is signed well. */
export type S3Fault =
  | 'AccessDenied'
  | 'InvalidAccessKeyId'
  | 'SignatureDoesNotMatch'
  | 'RequestTimeTooSkewed'
  | 'AuthorizationHeaderMalformed'
  | 'XAmzContentSHA256Mismatch';

/** A clock may differ by so much. */
const SKEW_MS = 15 * 60_000;
const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
/** As S3 wants texts in a canonical request: all but these characters in percent, as UTF-8. */
const escaped = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

interface Claim {
  readonly accessKey: string;
  readonly scope: readonly string[];
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly date: string;
  readonly payloadHash: string;
  /** How long it may be used. */
  readonly forMs: number;
}

/** What the request claims; undefined if it is not signed at all. */
function claimOf(request: IncomingMessage, url: URL): Claim | undefined {
  const { headers } = request;
  const query = (name: string) => url.searchParams.get(`X-Amz-${name}`) ?? '';
  const header = /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
    headers.authorization ?? '',
  );
  const [credential, signed, signature] = header?.slice(1) ?? [
    query('Credential'),
    query('SignedHeaders'),
    query('Signature'),
  ];
  if (!credential || !signed || !signature) return undefined;
  const [accessKey = '', ...scope] = credential.split('/');
  return {
    accessKey,
    scope,
    signedHeaders: signed.split(';'),
    signature,
    date: String(header ? headers['x-amz-date'] : query('Date')),
    payloadHash: header ? String(headers['x-amz-content-sha256']) : 'UNSIGNED-PAYLOAD',
    forMs: header ? SKEW_MS : Number(query('Expires')) * 1000,
  };
}

function canonicalRequest(request: IncomingMessage, url: URL, { signedHeaders, payloadHash }: Claim): string {
  const query = [...url.searchParams]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${escaped(name)}=${escaped(value)}`)
    .sort()
    .join('&');
  const path = decodeURIComponent(url.pathname).split('/').map(escaped).join('/');
  const lines = signedHeaders.map(
    (name) =>
      `${name}:${String(request.headers[name] ?? '')
        .trim()
        .replaceAll(/ +/g, ' ')}\n`,
  );
  return [request.method, path, query, lines.join(''), signedHeaders.join(';'), payloadHash].join('\n');
}

/** Checks who sent the request, and that its body is what was signed. Bodies in signed pieces are checked by their framing only. */
export function s3Fault(
  request: IncomingMessage,
  url: URL,
  body: Buffer,
  known: S3Credentials,
  nowMs: number,
): S3Fault | undefined {
  const claim = claimOf(request, url);
  if (claim === undefined) return 'AccessDenied';
  if (claim.accessKey !== known.accessKey) return 'InvalidAccessKeyId';
  const [day = '', region, service, end] = claim.scope;
  if (region !== known.region || service !== 's3' || end !== 'aws4_request' || !claim.date.startsWith(day))
    return 'AuthorizationHeaderMalformed';
  if (!claim.signedHeaders.includes('host')) return 'SignatureDoesNotMatch';
  const sentMs = Date.parse(claim.date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (!(nowMs - sentMs <= claim.forMs && sentMs - nowMs <= SKEW_MS)) return 'RequestTimeTooSkewed';
  const key = claim.scope.reduce<Buffer | string>((secret, part) => hmac(secret, part), `AWS4${known.secretKey}`);
  const text = [
    'AWS4-HMAC-SHA256',
    claim.date,
    claim.scope.join('/'),
    sha256(canonicalRequest(request, url, claim)),
  ].join('\n');
  if (!timingSafeEqual(hmac(key, text), Buffer.from(claim.signature, 'hex'))) return 'SignatureDoesNotMatch';
  const isHash = /^[0-9a-f]{64}$/.test(claim.payloadHash);
  return isHash && claim.payloadHash !== sha256(body) ? 'XAmzContentSHA256Mismatch' : undefined;
}

/** The content of a body that came in pieces of aws-chunked: `SIZE;chunk-signature=…`, the piece, until size 0 and trailers. */
export function withoutChunks(body: Buffer): Buffer {
  const pieces: Buffer[] = [];
  let at = 0;
  for (;;) {
    const end = body.indexOf('\r\n', at);
    const size = Number.parseInt(body.subarray(at, end).toString().split(';')[0] ?? '', 16);
    if (end < 0 || !(size > 0)) return Buffer.concat(pieces);
    pieces.push(body.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
}
