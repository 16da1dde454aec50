// Every answer that is an error is a problem document (RFC 9457) that says what to do; and the OpenAPI description says so.
import { type AddressInfo, connect } from 'node:net';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildExporter, type Exporter } from '../../src/exporter.ts';
import { idsOnly } from '../../src/probe/trace-port.ts';
import type { Store } from '../../src/store/store.ts';
import { validSpec } from '../spec/specs.ts';

const SPEC = `targets: [{ name: shop, kind: http, url: "http://127.0.0.1:9/" }]
slos: [{ name: a, service: s, team: t, objective: 99%, window: 30d, sli: { kind: probe, target: shop } }]
`;
const build = (token?: string) =>
  buildExporter(validSpec(SPEC), {
    version: 'test',
    log: pino({ level: 'silent' }),
    tracer: idsOnly,
    openStore: (): Store => {
      throw new Error('unable to open database file');
    },
    access: token === undefined ? {} : { token },
  });
let exporter: Exporter;
beforeAll(async () => {
  exporter = await build('right-token');
});
afterAll(() => exporter.stop());

describe('an error', () => {
  it.each([
    ['/metrics', undefined, 401, 'unauthorized', /Authorization: Bearer .*exporter\.tokenFile/],
    ['/metrics', 'wrong-token', 401, 'unauthorized', /Authorization: Bearer .*exporter\.tokenFile/],
    ['/%', 'right-token', 400, 'bad request', /URL/],
    ['/api/v1/slos/%zz', 'right-token', 400, 'bad request', /URL/],
    [`/api/v1/slos/${'a'.repeat(200)}`, 'right-token', 414, 'bad request', /URL/],
    ['/probe', 'right-token', 400, 'bad request', /target/],
    ['/probe?target=nope', 'right-token', 403, 'unknown target', /exporter\.probeAllow/],
    ['/api/v1/slos/nope', 'right-token', 404, 'unknown SLO', /lists them/],
    ['/nope', undefined, 404, 'not found', /there is no GET \/nope/],
  ])('%s with token %s is a problem document with status %d', async (url, token, status, title, detail) => {
    const answer = await exporter.app.inject({ url, headers: token ? { authorization: `Bearer ${token}` } : {} });
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect([answer.statusCode, answer.json()]).toEqual([
      status,
      { type: 'about:blank', title, status, detail: expect.stringMatching(detail) },
    ]);
    expect(answer.headers['www-authenticate']).toBe(status === 401 ? 'Bearer' : undefined);
  });
  it('is one too for what is no HTTP, or has more headers than are read', async () => {
    await exporter.app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = exporter.app.server.address() as AddressInfo;
    const send = async (text: string) => {
      const socket = connect({ host: '127.0.0.1', port });
      socket.write(text);
      return (await socket.toArray()).join('');
    };
    for (const [text, status] of [
      ['SSH-2.0-OpenSSH\r\n\r\n', 400],
      [`GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(10_000)}\r\n\r\n`, 431],
    ] as const) {
      const answer = await send(text);
      expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
      expect(answer).toContain('content-type: application/problem+json');
      expect(JSON.parse(answer.split('\r\n\r\n')[1]!)).toMatchObject({ status, detail: expect.any(String) });
    }
  });
});

describe('the OpenAPI description', () => {
  interface Operation {
    readonly summary?: string;
    readonly security?: readonly object[];
    readonly requestBody?: {
      readonly content: Readonly<Record<string, { readonly schema: { readonly properties: object } }>>;
    };
    readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { schema: object }>> }>>;
  }
  interface Description {
    readonly components: { readonly securitySchemes: object };
    readonly paths: Readonly<Record<string, { readonly get?: Operation; readonly post?: Operation }>>;
  }
  const described = async (from: Exporter): Promise<Description> =>
    (await from.app.inject({ url: '/api/v1/openapi.json' })).json();

  it('has every route with a summary, the bearer token, and what can go wrong as problem documents', async () => {
    const { paths, components } = await described(exporter);
    expect(components.securitySchemes).toMatchObject({ bearer: { type: 'http', scheme: 'bearer' } });
    const table = Object.entries(paths).map(([path, { get }]) => {
      const problems = Object.entries(get?.responses ?? {}).filter(
        ([, { content }]) => content !== undefined && 'application/problem+json' in content,
      );
      return [path, problems.map(([status]) => Number(status)), get?.security ?? []];
    });
    const bearer = [{ bearer: [] }];
    expect(Object.fromEntries(table.map(([path, ...rest]) => [path, rest]))).toEqual({
      '/healthz': [[], []],
      '/readyz': [[], []],
      '/metrics': [[401], bearer],
      '/api/v1/slos': [[401], bearer],
      '/api/v1/slos/{name}': [[401, 404], bearer],
      '/api/v1/events': [[400, 401], bearer],
      '/api/v1/real-users': [[401], bearer],
      // Beacons and scripts are for everybody.
      '/collect/{site}': [[], []],
      '/rum/loader.js': [[], []],
      '/rum/{file}': [[], []],
      '/probe': [[400, 401, 403, 503], bearer],
    });
    for (const { get, post: told } of Object.values(paths)) expect((get ?? told)?.summary).toMatch(/^[A-Z]/);
    const { post } = paths['/api/v1/events']!;
    expect([Object.keys(post!.responses).map(Number), post!.security]).toEqual([
      [200, 201, 202, 400, 401, 403, 413, 415],
      bearer,
    ]);
    expect(Object.keys(post!.requestBody!.content['application/json']!.schema.properties)).toEqual([
      ...['kind', 'service', 'text', 'time', 'link', 'target', 'by'],
    ]);
    expect(Object.keys(paths['/metrics']!.get!.responses['200']!.content!)).toContain('text/plain');
    expect(Object.keys(paths['/readyz']!.get!.responses)).toEqual(['200', '503']);
  });
  it('asks for no token where none is set', async () => {
    const open = await build();
    const { paths } = await described(open);
    expect(Object.keys(paths['/metrics']!.get!.responses)).toEqual(['200']);
    expect(paths['/metrics']!.get!.security).toBeUndefined();
    await open.stop();
  });
});
