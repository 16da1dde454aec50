// What the site tells visitors that is not the page: security headers, times, no versions; and what it refuses.
import { get } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Site, startSite } from './site.ts';

let site: Site;
let version: string;
beforeAll(async () => {
  site = await startSite({ SHOW_VERSION: '' });
  version = await site.wordpress.eval("echo get_bloginfo('version');");
});
afterAll(() => site.remove());

const KINDS = [
  ['a page', '/'],
  ['a page that is not there', '/nowhere/'],
  ['the login', '/wp-login.php'],
  ['the admin pages', '/wp-admin/admin-ajax.php?action=none'],
  ['REST', '/wp-json/'],
  ['a file', '/wp-includes/css/dashicons.min.css'],
  ['a feed', '/feed/'],
  ['what is refused', '/xmlrpc.php'],
] as const;

describe.each(KINDS)('%s', (_, path) => {
  it('has every security header once', async () => {
    const { headers } = await site.ask(path);
    expect(Object.fromEntries(headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'SAMEORIGIN',
      'referrer-policy': 'strict-origin-when-cross-origin',
      'permissions-policy': 'camera=(), microphone=(), geolocation=()',
      'strict-transport-security': 'max-age=31536000',
    });
  });
  it('tells no version of WordPress, PHP or nginx', async () => {
    const { headers, body } = await site.ask(path);
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(headers.get('server')).toBe('nginx');
    expect(headers.get('x-powered-by')).toBeNull();
    expect(body).not.toContain(version);
    expect(body).not.toMatch(/name="generator"|<generator>/);
  });
});

/** What Server-Timing says: milliseconds of PHP until the first byte, and queries. */
async function timing(path: string): Promise<{ readonly ms: number; readonly queries: number }> {
  const text = (await site.ask(path)).headers.get('server-timing') ?? '';
  const found = /^php;dur=([\d.]+);desc="until the first byte", db;desc="(\d+) queries"$/.exec(text);
  if (found === null) throw new Error(`Server-Timing is ${text}`);
  return { ms: Number(found[1]), queries: Number(found[2]) };
}

describe('pages', () => {
  it.each(['/', '/wp-login.php', '/wp-json/'])('tell how long PHP took: %s', async (path) => {
    const begin = performance.now();
    const { ms } = await timing(path);
    expect(ms).toBeGreaterThan(1);
    expect(ms).toBeLessThanOrEqual(performance.now() - begin);
  });
  it('tell how often they asked the database: hardly with a warm cache, often with a cold one', async () => {
    await timing('/');
    const warm = (await timing('/')).queries;
    await site.redis('FLUSHALL');
    expect((await timing('/')).queries).toBeGreaterThan(warm + 5);
  });
  it('name their files by something else that changes with the version, so that caches see an update', async () => {
    const asset = async () => /dashicons\.min\.css\?ver=([^"'&]+)/.exec((await site.ask('/wp-login.php')).body)?.[1];
    const before = await asset();
    expect(before).toMatch(/^[0-9a-f]{8}$/);
    await site.wordpress.withFile(
      'wp-includes/version.php',
      (old) => old.replace(/\$wp_version = '[^']+'/, "$wp_version = '9.9.1'"),
      async () => expect(await asset()).toMatch(new RegExp(`^(?!${before})[0-9a-f]{8}$`)),
    );
  });
  it('name no pingback and no editor that needs XML-RPC', async () => {
    const { headers, body } = await site.ask('/');
    expect(headers.get('x-pingback')).toBeNull();
    expect(body).not.toMatch(/xmlrpc\.php|wlwmanifest/);
  });
});

describe('refused', () => {
  it.each([
    ['/xmlrpc.php', 403],
    ['/wp-cron.php', 403],
    ['/wp-config.php', 404],
    ['/wp-admin/install.php', 404],
    ['/wp-admin/install.php?step=2', 404],
    ['/wp-admin/setup-config.php', 404],
    ['/readme.html', 404],
    ['/license.txt', 404],
    ['/.htaccess', 404],
    ['/wp-content/object-cache.php', 404],
    ['/wp-content/mu-plugins/platform/ready.php', 404],
    ['/wp-includes/load.php', 404],
    ['/nowhere.php', 404],
  ])('is %s', async (path, status) => {
    expect((await site.ask(path)).status).toBe(status);
  });
  it('is XML-RPC also by WordPress itself, if something lets the file through', async () => {
    const left = "count(apply_filters('xmlrpc_methods', array('wp.getUsersBlogs' => 'x', 'pingback.ping' => 'y')))";
    expect(await site.wordpress.eval(`var_dump(apply_filters('xmlrpc_enabled', true)); echo ${left};`)).toBe(
      'bool(false)\n0',
    );
  });
});

describe('the scheme and the address of the visitor', () => {
  /** As a peer at that address of the loopback network sends it. */
  const seen = (localAddress: string, headers: Record<string, string>, at = site) =>
    new Promise<string>((resolve, reject) => {
      get(`${at.url}/scheme.php`, { localAddress, headers }, (answer) => {
        answer.setEncoding('utf8');
        answer.once('data', resolve);
      }).once('error', reject);
    });
  const FORWARDED = { 'x-forwarded-proto': 'https', 'x-forwarded-for': '198.51.100.7, 203.0.113.9' };

  it('are believed from a trusted proxy, and from nobody else', async () => {
    await site.wordpress.withFile(
      'scheme.php',
      () => "<?php require 'wp-load.php'; echo is_ssl() ? 'https' : 'http', ' ', $_SERVER['REMOTE_ADDR'];",
      async () => {
        expect(await seen('127.0.0.1', {})).toBe('http 127.0.0.1');
        expect(await seen('127.0.0.1', FORWARDED)).toBe('https 203.0.113.9');
        expect(await seen('127.0.0.2', FORWARDED)).toBe('http 127.0.0.2');
      },
    );
  });

  it('from the gateway, who visits is what it has counted out, also behind a CDN that nobody knows', async () => {
    const gateway = await startSite({ VISITOR_HEADER: 'X-Envoy-External-Address' });
    try {
      const headers = { ...FORWARDED, 'x-envoy-external-address': '198.51.100.7' };
      await gateway.wordpress.withFile(
        'scheme.php',
        () => "<?php echo $_SERVER['REMOTE_ADDR'];",
        async () => {
          expect(await seen('127.0.0.1', headers, gateway)).toBe('198.51.100.7');
          expect(await seen('127.0.0.2', headers, gateway)).toBe('127.0.0.2');
        },
      );
    } finally {
      await gateway.remove();
    }
  }, 60_000);
});
