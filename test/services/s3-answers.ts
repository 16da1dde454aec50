// Answers of S3 as XML: objects as elements, and the list of a bucket (ListObjects, versions 1 and 2). Pure.
export interface S3Object {
  readonly data: Buffer;
  /** MD5 as hexadecimal text, without quotes. */
  readonly etag: string;
  readonly modified: Date;
  readonly headers: Readonly<Record<string, string>>;
}

type Content = string | number | boolean | { readonly [name: string]: Content } | readonly Content[];

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

function inner(content: Content): string {
  if (Array.isArray(content)) return content.map(inner).join('');
  if (typeof content !== 'object') return String(content).replaceAll(/[&<>"']/g, (c) => ESCAPES[c]!);
  return Object.entries(content)
    .map(([name, value]) => `<${name}>${inner(value)}</${name}>`)
    .join('');
}

/** A document with one root. Of an array each item stands by itself. */
export const xml = (root: string, content: Content): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${inner(content)}</${root}>`;

/** One page of a bucket's keys, in order; keys behind `delimiter` are summed up as common prefixes. */
export function listAnswer(bucket: string, objects: ReadonlyMap<string, S3Object>, query: URLSearchParams): string {
  const [prefix, delimiter] = [query.get('prefix') ?? '', query.get('delimiter') ?? ''];
  const most = Math.min(Number(query.get('max-keys') ?? 1000), 1000);
  const isSecond = query.get('list-type') === '2';
  const after = (isSecond ? (query.get('continuation-token') ?? query.get('start-after')) : query.get('marker')) ?? '';
  /** Key, or common prefix; each once. */
  const items = new Map<string, S3Object | undefined>();
  for (const key of [...objects.keys()].filter((k) => k.startsWith(prefix)).sort()) {
    const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    if (end < 0) items.set(key, objects.get(key));
    else items.set(key.slice(0, end + delimiter.length), undefined);
  }
  const rest = [...items].filter(([name]) => name > after);
  const page = rest.slice(0, most);
  const isTruncated = rest.length > most;
  const next = page.at(-1)?.[0] ?? '';
  const named = (key: string) =>
    query.get('encoding-type') === 'url' ? encodeURIComponent(key).replaceAll('%2F', '/') : key;
  return xml('ListBucketResult', [
    {
      Name: bucket,
      Prefix: named(prefix),
      MaxKeys: most,
      IsTruncated: isTruncated,
      ...(isSecond && { KeyCount: page.length }),
      ...(isTruncated && (isSecond ? { NextContinuationToken: next } : { NextMarker: next })),
      ...(query.has('encoding-type') && { EncodingType: 'url' }),
    },
    ...page.map(([key, object]) => item(named(key), object)),
  ]);
}

const item = (key: string, object: S3Object | undefined): Content =>
  object === undefined
    ? { CommonPrefixes: { Prefix: key } }
    : {
        Contents: {
          Key: key,
          LastModified: object.modified.toISOString(),
          ETag: `"${object.etag}"`,
          Size: object.data.length,
          StorageClass: 'STANDARD',
        },
      };
