// A full pool of PHP-FPM: pages hang, files do not. Plain servers play the web server.
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { run, step } from './run.ts';

const ASSET = '/style.css';
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

type Answer = (response: ServerResponse) => void;
const hangs: Answer = () => {};
const says =
  (status: number, body = 'body{}'): Answer =>
  (response) =>
    response.writeHead(status).end(body);
/** A web server with an answer for its files and one for every page; `asked` counts requests for the file. */
async function site(page: Answer, file: Answer) {
  let asked = 0;
  const server = createServer((request, response) => {
    const isFile = request.url?.startsWith(ASSET) === true;
    asked += isFile ? 1 : 0;
    (isFile ? file : page)(response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, asked: () => asked };
}
const settings = (url: string, extra: object = {}) => ({
  kind: 'wordpress',
  url,
  asset: ASSET,
  steps: ['front'],
  timeout: '600ms',
  ...extra,
});

describe('a page that hangs', () => {
  it.each(['front', 'uncached', 'rest', 'login'])(
    'is a full pool of PHP, as files are served: step %s',
    async (name) => {
      const { url } = await site(hangs, says(200));
      expect(await step(settings(url, { steps: [name] }), name)).toMatchObject({
        outcome: 'php_saturated',
        blame: 'target',
        detail: expect.stringMatching(/in phase first_byte; the file .*style.css answers 200$/),
      });
    },
  );
  it.each([
    ['hang, too', hangs],
    ['are not there', says(404)],
  ])('is a timeout when files %s', async (_how, file) => {
    const { url } = await site(hangs, file);
    expect((await step(settings(url), 'front')).outcome).toBe('timeout');
  });
  it('is a timeout when it is the rest of the page that does not come', async () => {
    const { url } = await site((response) => response.write('<html>'), says(200));
    expect((await step(settings(url), 'front')).outcome).toBe('timeout');
  });
  it('is a timeout when it is the file itself', async () => {
    const { url } = await site(says(200), hangs);
    expect((await step(settings(url, { steps: ['static'] }), 'static')).outcome).toBe('timeout');
  });
  it('behind an edge is not PHP when the origin answers', async () => {
    const [edge, origin] = [await site(hangs, hangs), await site(says(200), says(200))];
    expect(await step(settings(edge.url, { origin: origin.url }), 'front')).toMatchObject({
      outcome: 'timeout',
      blame: 'edge',
    });
  });
  it('behind an edge is PHP when only the files of the origin answer', async () => {
    const [edge, origin] = [await site(hangs, hangs), await site(hangs, says(200))];
    expect((await step(settings(edge.url, { origin: origin.url }), 'front')).outcome).toBe('php_saturated');
  });
  it('uses up the deadline of the steps after it, which time out', async () => {
    const { url } = await site(hangs, says(200));
    expect((await run(settings(url, { steps: ['front', 'rest'] }))).steps).toMatchObject([
      { outcome: 'php_saturated' },
      { outcome: 'timeout', detail: 'the deadline was used up by the step front: php_saturated' },
    ]);
  });
});

describe('a status of 504', () => {
  it('is a full pool of PHP when files are served, else a gateway that times out', async () => {
    const [full, down] = [await site(says(504), says(200)), await site(says(504), says(504))];
    expect((await step(settings(full.url), 'front')).outcome).toBe('php_saturated');
    expect((await step(settings(down.url), 'front')).outcome).toBe('gateway_timeout');
  });
});

describe('behind an edge, a status of 504', () => {
  it('is a full pool of PHP when the origin serves files but no pages', async () => {
    const [edge, origin] = [await site(says(504), says(504)), await site(hangs, says(200))];
    expect(await step(settings(edge.url, { origin: origin.url }), 'front')).toMatchObject({
      outcome: 'php_saturated',
      detail: `the edge answers 504, the origin does not: timeout; the file ${ASSET} answers 200`,
    });
  });
  it('is a dead origin when it serves no files either', async () => {
    const [edge, origin] = [await site(says(504), says(504)), await site(hangs, hangs)];
    expect((await step(settings(edge.url, { origin: origin.url }), 'front')).outcome).toBe('origin_down');
  });
});

describe('a prober that was blocked', () => {
  it('does not know whose time it was', async () => {
    const { url } = await site(hangs, says(200));
    const result = await step(settings(url), 'front', { blockedMs: 500 });
    expect(result).toMatchObject({ outcome: 'prober_overloaded', blame: 'prober' });
  });
});

describe('the file', () => {
  it('is not asked for while pages answer, whatever they say', async () => {
    for (const status of [200, 404, 500, 502]) {
      const { url, asked } = await site(says(status), says(200));
      await step(settings(url), 'front');
      expect(asked()).toBe(0);
    }
  });
});
