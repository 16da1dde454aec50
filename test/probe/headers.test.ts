// Headers come from the spec: what Node would not send is refused when the spec is read, without repeating a secret.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { step, target } from './run.ts';

describe('a target', () => {
  it.each([
    [{ 'x token': 'a' }, '"x token" is not the name of a header'],
    [{ 'x-tökën': 'a' }, '"x-tökën" is not the name of a header'],
    [{ '': 'a' }, '"" is not the name of a header'],
    [{ 'x-token': 'canary\nx: y' }, 'expected a header value'],
    [{ 'x-token': 'canary\u0000' }, 'expected a header value'],
    [{ 'x-token': 'canary\u0100' }, 'expected a header value'],
    [{ 'Content-Length': 'canary' }, '"Content-Length" is set by the probe itself'],
    [{ 'transfer-encoding': 'canary' }, '"transfer-encoding" is set by the probe itself'],
    [{ 'Accept-Encoding': 'canary' }, '"Accept-Encoding" is set by the probe itself'],
    [{ 'X-Token': 'canary', 'x-token': 'canary' }, 'the header "x-token" is there twice'],
  ])('with the headers %j is refused when the spec is read, without their values', (headers, message) => {
    expect(() => target({ kind: 'http', url: 'http://shop.example.org/', headers })).toThrow(message);
    expect(() => target({ kind: 'http', url: 'http://shop.example.org/', headers })).not.toThrow('canary');
  });
  it.each([
    { kind: 'wordpress', url: 'http://shop.example.org/', healthToken: 'canary\n' },
    { kind: 'cdn', url: 'http://shop.example.org/', loginCookie: 'canary\n' },
  ])('refuses what cannot stand in a header also where the setting is another: %j', (settings) => {
    expect(() => target(settings)).toThrow('expected a header value');
  });
  it.each([{ 'x-token': 'a\tb \u00ff~' }, { "!#$%&'*+.^_`|~9Az": 'a' }])('takes the headers %j', async (headers) => {
    const server = createServer((_request, response) => response.end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    expect((await step({ kind: 'http', url, headers }, 'get')).outcome).toBe('ok');
    server.close();
  });
  it('has its own headers sent instead of ours, each once', async () => {
    let sent: readonly string[] = [];
    const server = createServer((request, response) => {
      sent = request.rawHeaders;
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const headers = { 'User-Agent': 'me', HOST: 'shop.example.org', Accept: 'text/html' };
    expect((await step({ kind: 'http', url, headers }, 'get')).outcome).toBe('ok');
    server.close();
    const names = sent.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase());
    expect(names).toEqual([...new Set(names)]);
    const of = (name: string) => sent[2 * names.indexOf(name) + 1];
    expect([of('user-agent'), of('host'), of('accept')]).toEqual(['me', 'shop.example.org', 'text/html']);
  });
});
