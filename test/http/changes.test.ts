// Changes over HTTP, at a server that listens, with a real store: who may tell them, what is refused and how, what is listed.
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildExporter, type Exporter } from '../../src/exporter.ts';
import type { Access } from '../../src/http/server.ts';
import { idsOnly } from '../../src/probe/trace-port.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { privateFolder } from '../services/process.ts';
import { validSpec } from '../spec/specs.ts';

const SPEC = `targets: [{ name: site, kind: http, url: "http://127.0.0.1:9/", interval: 1h, timeout: 1s }]
slos:
  - { name: a, service: shop, team: t, objective: 99%, window: 30d, sli: { kind: probe, target: site } }
  - { name: b, service: blog, team: t, objective: 99%, window: 30d, sli: { kind: probe, target: site } }
`;
const WRITE = 'write-token';
const READ = 'read-token';
const folders: ReturnType<typeof privateFolder>[] = [];
const exporters: Exporter[] = [];
const said: string[] = [];

interface Served {
  readonly url: string;
  readonly exporter: Exporter;
}
async function serve(access: Access, open?: () => Store): Promise<Served> {
  const folder = privateFolder('http-changes');
  folders.push(folder);
  const exporter = await buildExporter(validSpec(SPEC), {
    version: 'test',
    log: pino({ level: 'info' }, { write: (line: string) => said.push(line) }),
    tracer: idsOnly,
    openStore: open ?? (() => openStore(folder.path, Number.POSITIVE_INFINITY)),
    access,
  });
  exporters.push(exporter);
  await exporter.app.listen({ host: '127.0.0.1', port: 0 });
  exporter.start();
  return { exporter, url: `http://127.0.0.1:${(exporter.app.server.address() as AddressInfo).port}` };
}
interface Answer {
  readonly status: number;
  readonly body: string;
  json(): Record<string, unknown>;
}
async function post({ url }: Served, body: string | object, headers: Record<string, string> = {}): Promise<Answer> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const all = { authorization: `Bearer ${WRITE}`, 'content-type': 'application/json', ...headers };
  const answer = await fetch(`${url}/api/v1/events`, { method: 'POST', body: text, headers: all });
  const said = await answer.text();
  return { status: answer.status, body: said, json: () => JSON.parse(said) };
}
async function list({ url }: Served, query = '', token = READ): Promise<Answer> {
  const answer = await fetch(`${url}/api/v1/events${query}`, { headers: { authorization: `Bearer ${token}` } });
  const said = await answer.text();
  return { status: answer.status, body: said, json: () => JSON.parse(said) };
}
const texts = async (served: Served, query = '') =>
  ((await list(served, query)).json() as { events: { text: string }[] }).events.map(({ text }) => text);
const series = async ({ url }: Served, token = READ) =>
  (await (await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${token}` } })).text()).match(
    /^change_events_total\{.*$/gm,
  ) ?? [];

let served: Served;
beforeAll(async () => {
  served = await serve({ token: READ, eventsToken: WRITE });
});
afterAll(async () => {
  for (const exporter of exporters) await exporter.stop();
  for (const folder of folders) folder.remove();
});

describe('POST /api/v1/events', () => {
  const good = { kind: 'deploy', service: 'shop' };
  it('records a change, with the time of now unless one is told', async () => {
    const before = Date.now();
    const answer = await post(served, {
      ...good,
      text: 'v1.2 🚢',
      link: 'https://ci.example.org/7',
      target: 'site',
      by: 'web',
    });
    expect([answer.status, answer.json()]).toEqual([
      201,
      {
        kind: 'deploy',
        service: 'shop',
        text: 'v1.2 🚢',
        link: 'https://ci.example.org/7',
        target: 'site',
        by: 'web',
        source: 'api',
        atMs: expect.any(Number),
        time: expect.stringMatching(/^20\d\d-\d\d-\d\dT.*Z$/),
      },
    ]);
    const { atMs } = answer.json() as { atMs: number };
    expect(atMs).toBeGreaterThanOrEqual(before - 1);
    expect(atMs).toBeLessThanOrEqual(Date.now() + 1);
    const time = new Date(before - 3_600_000).toISOString();
    expect((await post(served, { kind: 'purge', service: 'plimsoll', time })).json()).toMatchObject({ time });
  });
  it('counts a change once that is told twice with the same time', async () => {
    const told = { kind: 'purge', service: 'blog', time: new Date(Date.now() - 60_000).toISOString(), text: 'all' };
    expect([(await post(served, told)).status, (await post(served, told)).status]).toEqual([201, 200]);
    expect((await post(served, { ...told, text: 'images' })).status).toBe(201);
    expect(await series(served)).toContain('change_events_total{kind="purge",service="blog"} 2');
  });
  it.each<[what: string, body: string | object, detail: RegExp]>([
    ['no JSON', 'kind=deploy', /the body is no JSON; send an object like \{"kind"/],
    ['nothing', '', /the body is no JSON/],
    ['a list', [good], /the body must be a JSON object with kind and service/],
    ['null', 'null', /the body must be a JSON object/],
    ['an empty object', {}, /kind: is missing: one of deploy, core_update.*; service: is missing/],
    ['a kind with a mistake', { ...good, kind: 'depoly' }, /kind: did you mean "deploy"\?/],
    ['another kind', { ...good, kind: 7 }, /kind: must be one of: deploy, core_update, .*failover/],
    [
      'an unknown service',
      { ...good, service: 'warehouse' },
      /service: .*no service "warehouse"; known are: blog, plimsoll, shop$/,
    ],
    ['a service with a mistake', { ...good, service: 'shpo' }, /service: .*did you mean "shop"\?/],
    [
      'an unknown target',
      { ...good, target: 'elsewhere' },
      /target: the spec has no target "elsewhere"; known are: site/,
    ],
    ['an unknown key', { ...good, txt: 'x' }, /"txt": is not known; did you mean "text"\?/],
    ['a text that is too long', { ...good, text: 'x'.repeat(501) }, /text: is too long: at most 500 characters/],
    ['an empty text', { ...good, text: ' ' }, /text: is empty/],
    ['a line end', { ...good, text: 'a\nb' }, /text: must be one line without control characters/],
    ['another line end', { ...good, text: 'a\u2028b' }, /text: must be one line/],
    ['an escape', { ...good, text: 'a\u001b[31m' }, /text: must be one line without control characters/],
    ['a mark that turns the direction', { ...good, text: 'a\u202eb' }, /text: must be one line/],
    ['half a character', '{"kind":"deploy","service":"shop","text":"\\ud800"}', /text: must be one line/],
    ['a time without zone', { ...good, time: '2026-11-25T10:00:00' }, /time: must be a time with its zone like/],
    ['a time that is none', { ...good, time: 'yesterday' }, /time: must be a time with its zone like/],
    [
      'a time ahead',
      { ...good, time: '2199-01-01T00:00:00Z' },
      /time: lies ahead; planned work belongs into maintenance/,
    ],
    ['a time long ago', { ...good, time: '2001-01-01T00:00:00Z' }, /time: is older than exporter\.retention/],
    ['a link that runs code', { ...good, link: 'javascript:alert(1)' }, /link: must be an http or https URL/],
    [
      'a link with a password',
      { ...good, link: 'https://u:canary@ci.example.org/' },
      /link: must be an http or https URL without/,
    ],
    ['a prototype', '{"kind":"deploy","service":"shop","__proto__":{"x":1}}', /no JSON/],
  ])('refuses %s, and says where and what', async (_what, body, detail) => {
    const before = (await texts(served, '?limit=1000')).length;
    const answer = await post(served, body);
    expect([answer.status, answer.json()]).toEqual([
      400,
      { type: 'about:blank', title: 'bad request', status: 400, detail: expect.stringMatching(detail) },
    ]);
    expect(answer.body).not.toMatch(/canary|node_modules|at .*\.ts/);
    expect((await texts(served, '?limit=1000')).length).toBe(before);
  });
  it('refuses a body that is too large or no JSON by its type', async () => {
    expect(await post(served, { ...good, text: 'x'.repeat(9_000) })).toMatchObject({ status: 413 });
    const form = await post(served, 'kind=deploy', { 'content-type': 'application/x-www-form-urlencoded' });
    expect([form.status, form.json().detail]).toEqual([415, 'send content-type: application/json']);
  });
  it('reads no body of who has no token', async () => {
    // Half of a body is sent, and the answer comes all the same.
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const message = request(`${served.url}/api/v1/events`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'content-length': '100' },
      });
      message.on('response', (answer) => {
        resolve(answer.statusCode);
        message.destroy();
      });
      message.on('error', reject);
      message.write('{"kind":');
    });
    expect(status).toBe(401);
  });
  it.each([undefined, '', 'wrong-token', READ, `${WRITE}x`, WRITE.slice(1)])(
    'wants its own token, not %s',
    async (token) => {
      const answer = await post(served, good, { authorization: token === undefined ? '' : `Bearer ${token}` });
      expect([answer.status, answer.json().detail]).toEqual([
        401,
        expect.stringMatching(/Bearer TOKEN.*exporter\.eventsTokenFile/),
      ]);
    },
  );
  it('does not let who may write read', async () => {
    expect((await list(served, '', WRITE)).status).toBe(401);
    expect((await list(served, '')).status).toBe(200);
  });
  it('answers 403 with what to configure, as long as the spec names no token', async () => {
    const closed = await serve({});
    for (const token of [WRITE, 'undefined', '']) {
      const answer = await post(closed, good, { authorization: `Bearer ${token}` });
      expect([answer.status, answer.json().detail]).toEqual([403, expect.stringContaining('exporter.eventsTokenFile')]);
    }
    closed.exporter.load(validSpec(SPEC), { eventsToken: WRITE });
    expect((await post(closed, good)).status).toBe(201);
    closed.exporter.load(validSpec(SPEC), { eventsToken: 'another' });
    expect((await post(closed, good)).status).toBe(401);
    closed.exporter.load(validSpec(SPEC), {});
    expect((await post(closed, good)).status).toBe(403);
  });
  it('shows no token in the log', () => {
    expect(said.join('')).toContain('a change was reported');
    expect(said.join('')).not.toMatch(new RegExp(`${WRITE}|${READ}|another`));
  });
});

describe('GET /api/v1/events', () => {
  const at = (minute: number) => new Date(Date.now() - 3_600_000 + minute * 60_000).toISOString();
  it('lists newest first, by time and not by arrival, and filters', async () => {
    const one = await serve({ eventsToken: WRITE });
    const [first, second, third] = [at(1), at(2), at(3)];
    await post(one, { kind: 'deploy', service: 'shop', text: 'second', time: second });
    await post(one, { kind: 'purge', service: 'shop', text: 'first', time: first });
    await post(one, { kind: 'deploy', service: 'blog', text: 'third', time: third });
    expect(await texts(one)).toEqual(['third', 'second', 'first']);
    expect(await texts(one, '?service=shop')).toEqual(['second', 'first']);
    expect(await texts(one, '?kind=deploy&service=shop')).toEqual(['second']);
    expect(await texts(one, `?from=${second}`)).toEqual(['third', 'second']);
    expect(await texts(one, `?to=${Date.parse(second)}`)).toEqual(['second', 'first']);
    expect(await texts(one, `?from=${second}&to=${second}`)).toEqual(['second']);
    expect((await list(one, '?limit=2')).json()).toMatchObject({ events: [{ text: 'third' }, {}], more: true });
    expect((await list(one, '?limit=3')).json()).toMatchObject({ more: false });
    await post(one, { kind: 'deploy', service: 'blog', text: 'third, too', time: third });
    expect((await texts(one)).slice(0, 2)).toEqual(['third, too', 'third']);
    // A pipeline whose clock is a little ahead.
    await post(one, {
      kind: 'deploy',
      service: 'shop',
      text: 'ahead',
      time: new Date(Date.now() + 60_000).toISOString(),
    });
    expect((await texts(one))[0]).toBe('ahead');
    expect((await list(one, '?service=nobody')).json()).toEqual({ events: [], more: false });
  });
  it.each([
    ['?from=yesterday', /from: must be a time with its zone like .*, or ms since 1970/],
    ['?to=', /to: must be a time/],
    ['?kind=depoly', /kind: did you mean "deploy"\?/],
    ['?limit=0', /limit: must be a whole number from 1 to 1000/],
    ['?limit=1001', /limit: must be a whole number from 1 to 1000/],
    ['?limit=ten', /limit: must be a whole number/],
    ['?servce=shop', /"servce": is not known; did you mean "service"\?/],
  ])('refuses %s', async (query, detail) => {
    const answer = await list(served, query);
    expect([answer.status, answer.json().detail]).toEqual([400, expect.stringMatching(detail)]);
  });
});

describe('change_events_total', () => {
  it('is there at 0 for every kind and service before the first change, so that the first one is a step', async () => {
    const one = await serve({ eventsToken: WRITE });
    const before = await series(one);
    expect(before).toHaveLength(8 * 3);
    for (const line of before) expect(line).toMatch(/ 0$/);
    await post(one, { kind: 'deploy', service: 'shop' });
    expect((await series(one)).filter((line) => !line.endsWith(' 0'))).toEqual([
      'change_events_total{kind="deploy",service="shop"} 1',
    ]);
    one.exporter.load(validSpec(SPEC.replaceAll('blog', 'news')), { eventsToken: WRITE });
    expect(await series(one)).toContain('change_events_total{kind="deploy",service="news"} 0');
    expect(await series(one)).toContain('change_events_total{kind="config_reload",service="plimsoll"} 1');
    expect(await series(one)).toHaveLength(8 * 3);
  });
  it('is absent while no store could be read; what is told then is on disk once one can', async () => {
    const folder = privateFolder('http-changes-late');
    folders.push(folder);
    let isThere = false;
    const late = await serve({ eventsToken: WRITE }, () => {
      if (!isThere) throw new Error('unable to open database file');
      return openStore(folder.path, Number.POSITIVE_INFINITY);
    });
    const answer = await post(late, { kind: 'deploy', service: 'shop', text: 'early' });
    expect([answer.status, await series(late), await texts(late)]).toEqual([202, [], ['early']]);
    isThere = true;
    for (let i = 0; i < 400 && (await series(late)).length === 0; i++)
      await new Promise((next) => setTimeout(next, 100));
    expect(await series(late)).toContain('change_events_total{kind="deploy",service="shop"} 1');
  });
});
