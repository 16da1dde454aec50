// Signs a request for the object storage of the tests by AWS Signature Version 4. Only for tests: reads the clock and keeps nothing.
import { createHash, createHmac } from 'node:crypto';
import type { S3Credentials } from '../services/s3-signature.ts';

/** Headers and body for fetch. `path` is already in percent, with its query in the order of its names. */
export function signed(
  { accessKey, secretKey, region, endpoint }: S3Credentials & { readonly endpoint: string },
  method: string,
  path: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): { readonly headers: Record<string, string>; readonly body?: string } {
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  const date = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const all: Record<string, string> = {
    ...headers,
    host: new URL(endpoint).host,
    'x-amz-content-sha256': sha256(body),
    'x-amz-date': date,
  };
  const names = Object.keys(all).sort();
  const [plain = '', query = ''] = path.split('?');
  const parameters = query.split('&').sort().join('&');
  const canonical = [
    method,
    plain,
    parameters,
    ...names.map((n) => `${n}:${all[n]}`),
    '',
    names.join(';'),
    sha256(body),
  ];
  const scope = [date.slice(0, 8), region, 's3', 'aws4_request'];
  const key = scope.reduce<string | Buffer>(
    (k, part) => createHmac('sha256', k).update(part).digest(),
    `AWS4${secretKey}`,
  );
  const text = ['AWS4-HMAC-SHA256', date, scope.join('/'), sha256(canonical.join('\n'))].join('\n');
  const signature = createHmac('sha256', key).update(text).digest('hex');
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKey}/${scope.join('/')}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  return { headers: { ...all, authorization }, ...(body !== '' && { body }) };
}
