// What the containers write: one JSON object a line, and the trace by which lines of nginx and PHP about a request are found.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { login, type Site, startSite } from './site.ts';

let site: Site;
beforeAll(async () => {
  site = await startSite();
});
afterAll(() => site.remove());

type Entry = Readonly<Record<string, unknown>>;
const jsonLines = (text: string): Entry[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Entry);
const TRACE = '0af7651916cd43dd8448eb211c80319c';
const traceparent = (id: string) => `00-${id}-b7ad6b7169203331-01`;
/** The lines of both about a request with this trace. */
const about = (id: string) => ({
  nginx: jsonLines(site.wordpress.accessLog()).filter((line) => line.trace_id === id),
  php: jsonLines(site.wordpress.phpLog()).filter((line) => line.trace_id === id),
});
const withPlugin = (php: string, body: () => Promise<void>) =>
  site.wordpress.withFile('wp-content/mu-plugins/test.php', () => `<?php ${php}`, body);
/** Asks for the page under a trace of its own, and waits until PHP has said something about it. */
async function said(id: string, path = '/'): Promise<Entry> {
  await site.ask(path, { headers: { traceparent: traceparent(id) } });
  await expect.poll(() => about(id).php.length, { timeout: 5_000 }).toBe(1);
  return about(id).php[0]!;
}

describe('a line of nginx', () => {
  it('is JSON, says what it was and how long it took, and has the trace that the gateway began', async () => {
    await site.ask('/?token=secret', {
      headers: {
        traceparent: traceparent(TRACE),
        'user-agent': 'a "quoted" \\ agent',
        referer: 'https://shop.test/reset?key=secret#x',
      },
    });
    await expect.poll(() => about(TRACE).nginx.length).toBe(1);
    const [line] = about(TRACE).nginx;
    expect(line).toMatchObject({
      source: 'nginx',
      method: 'GET',
      path: '/',
      status: 200,
      remote: '127.0.0.1',
      agent: 'a "quoted" \\ agent',
      traceparent: traceparent(TRACE),
    });
    expect(line?.duration_s).toBeGreaterThan(0);
    expect(Number(line?.php_s)).toBeGreaterThan(0);
    expect(Date.parse(String(line?.time))).toBeGreaterThan(Date.now() - 60_000);
    expect(site.wordpress.accessLog()).not.toContain('secret');
  });
  it('is JSON always, and is not written for probes', async () => {
    await site.ask('/healthz');
    await site.ask('/readyz');
    await site.ask('/wp-includes/css/dashicons.min.css');
    const lines = site.wordpress
      .accessLog()
      .split('\n')
      .filter((line) => line !== '');
    expect(jsonLines(site.wordpress.accessLog())).toHaveLength(lines.length);
    expect(lines.length).toBeGreaterThan(2);
    expect(site.wordpress.accessLog()).not.toMatch(/healthz|readyz/);
  });
});

describe('a line of PHP', () => {
  it('is JSON with the trace of the request, as that of nginx', async () => {
    const id = 'a'.repeat(32);
    await withPlugin(
      "add_action('init', static fn () => trigger_error('a \"quoted\" text\nof two lines ' . chr(255), E_USER_WARNING));",
      async () => {
        expect(await said(id, '/?key=secret')).toMatchObject({
          level: 'warn',
          source: 'php',
          message: 'a "quoted" text\nof two lines \ufffd',
          method: 'GET',
          path: '/',
          file: expect.stringContaining('mu-plugins/test.php'),
        });
      },
    );
    await expect.poll(() => about(id).nginx.length).toBe(1);
    expect(site.wordpress.phpLog()).not.toContain('secret');
  });
  it.each([
    [
      'a fatal error',
      'add_action("init", static fn () => no_such_function());',
      'b',
      /Uncaught Error: Call to undefined function no_such_function/,
    ],
    [
      'an exception that nobody caught',
      'add_action("init", static function () { throw new LogicException("not so"); });',
      'c',
      /Uncaught LogicException: not so/,
    ],
    ['a file that PHP cannot read', 'this is no PHP', 'd', /^syntax error/],
    [
      'too much memory',
      'add_action("init", static function () { $a = array(); while (true) $a[] = str_repeat("x", 1 << 20); });',
      'e',
      /^Allowed memory size/,
    ],
  ])('is there once for %s, and the visitor gets 500', async (_, php, letter, message) => {
    const id = letter.repeat(32);
    await withPlugin(php, async () => {
      expect(await said(id)).toMatchObject({ level: 'error', message: expect.stringMatching(message) });
    });
    await expect.poll(() => about(id).nginx).toMatchObject([{ status: 500 }]);
    // Once: not a second time as plain text.
    expect(site.wordpress.phpLog()).not.toMatch(/^(?:PHP |NOTICE: PHP|\[.*\] PHP )/m);
  });
  it('tells a failed login, by which alerts find guessing', async () => {
    await site.ask(
      '/wp-login.php',
      login('admin"\n', 'wrong', { traceparent: traceparent('f'.repeat(32)), 'x-forwarded-for': '203.0.113.9' }),
    );
    await expect
      .poll(() => about('f'.repeat(32)).php)
      .toMatchObject([{ level: 'info', message: 'failed login as admin" from 203.0.113.9' }]);
  });
  it('has the number that nginx gave, if no trace came or none that can be one', async () => {
    await withPlugin("add_action('init', static fn () => trigger_error('marked', E_USER_WARNING));", async () => {
      for (const headers of [{}, { traceparent: '00-x"y-z-01' }] as Record<string, string>[]) {
        const before = jsonLines(site.wordpress.phpLog()).length;
        await site.ask('/', { headers });
        await expect.poll(() => jsonLines(site.wordpress.phpLog()).length).toBe(before + 1);
        const id = String(jsonLines(site.wordpress.phpLog()).at(-1)?.trace_id);
        expect(id).toMatch(/^[0-9a-f]{32}$/);
        await expect.poll(() => about(id).nginx.length).toBe(1);
      }
    });
  });
});

describe('a container whose environment is incomplete', () => {
  it('says every variable that is missing, to the log and not to the visitor', async () => {
    await site.wordpress.withFile(
      'wp-config.php',
      (old) => old.replace('<?php', "<?php putenv('S3_BUCKET'); putenv('DB_PORT=x');"),
      async () => {
        const id = '1'.repeat(32);
        const answer = await site.ask('/', { headers: { traceparent: traceparent(id) } });
        expect([answer.status, answer.body]).toEqual([500, expect.stringContaining('The log says what is missing')]);
        expect(answer.body).not.toContain('S3_BUCKET');
        await expect
          .poll(() => about(id).php)
          .toMatchObject([{ message: expect.stringContaining('S3_BUCKET is missing, DB_PORT is not a port') }]);
        await expect(site.wordpress.eval('')).rejects.toThrow('S3_BUCKET is missing');
      },
    );
  });
});
