// Uploads of the real WordPress to a local object storage that checks signatures: there, back, changed, deleted, and when it does not answer.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ObjectStorage, startObjectStorage } from '../services/object-storage.ts';
import { privateFolder } from '../services/process.ts';
import { login, type Site, startSite } from './site.ts';

const PHP = 'php8.2';
const CDN = 'https://cdn.plimsoll.test/media';
const folder = privateFolder('media');
let storage: ObjectStorage;
let site: Site;
let session: Record<string, string>;
beforeAll(async () => {
  storage = await startObjectStorage(['media']);
  site = await startSite({
    S3_ENDPOINT: storage.endpoint,
    S3_REGION: storage.region,
    S3_ACCESS_KEY: storage.accessKey,
    S3_SECRET_KEY: storage.secretKey,
    CDN_URL: CDN,
  });
  session = await logIn();
});
afterAll(async () => {
  await site.remove();
  await storage.stop();
  folder.remove();
});

/** A session of the administrator, with the nonce that REST wants. */
async function logIn(): Promise<Record<string, string>> {
  const { headers } = await site.ask('/wp-login.php', login('admin', 'admin-password'));
  const cookie = headers
    .getSetCookie()
    .map((c) => c.split(';')[0])
    .join('; ');
  const nonce = (await site.ask('/wp-admin/admin-ajax.php?action=rest-nonce', { headers: { cookie } })).body;
  expect(nonce).toMatch(/^[0-9a-f]{10}$/);
  return { cookie, 'x-wp-nonce': nonce };
}

/** A picture that PHP's GD makes; noise, so that its size is real. */
function picture(width: number, height: number): Buffer {
  const script = `mt_srand(1); $i = imagecreatetruecolor(${width}, ${height}); for ($x = 0; $x < ${width}; $x++) for ($y = 0; $y < ${height}; $y++) imagesetpixel($i, $x, $y, mt_rand(0, 0xffffff)); imagejpeg($i, null, 90);`;
  const { stdout } = spawnSync(PHP, ['-r', script], { maxBuffer: 50_000_000 });
  expect(stdout.subarray(0, 2).toString('hex')).toBe('ffd8');
  return stdout;
}

// biome-ignore lint/suspicious/noExplicitAny: answers of WordPress' REST API
type Fields = Record<string, any>;
async function upload(name: string, data: Buffer, type = 'image/jpeg'): Promise<{ status: number; json: Fields }> {
  const { status, body } = await site.ask('/wp-json/wp/v2/media', {
    method: 'POST',
    headers: { ...session, 'content-type': type, 'content-disposition': `attachment; filename="${name}"` },
    body: new Uint8Array(data),
  });
  return { status, json: JSON.parse(body) as Fields };
}
const keys = () => [...storage.objects('media').keys()].sort();
const keyOf = (url: string): string => `wp-content/uploads${url.slice(CDN.length)}`;

describe('an upload', () => {
  it('lies in the bucket with all its sizes, is shown by the address of the CDN, and no pod keeps it', async () => {
    const data = picture(900, 700);
    const { status, json } = await upload('boat.jpg', data);
    expect(status, JSON.stringify(json)).toBe(201);
    const year = new Date().getUTCFullYear();
    expect(json.source_url).toMatch(new RegExp(`^${CDN}/${year}/\\d\\d/boat\\.jpg$`));
    const sizes = Object.values(json.media_details.sizes as Record<string, Fields>).map(
      ({ source_url }) => source_url as string,
    );
    expect(sizes.length).toBeGreaterThan(2);
    const objects = storage.objects('media');
    expect(keys()).toEqual([...new Set(sizes.map(keyOf))].sort());
    expect(objects.get(keyOf(json.source_url))?.data.equals(data)).toBe(true);
    for (const { data: resized, headers } of objects.values()) {
      expect(resized.subarray(0, 2).toString('hex')).toBe('ffd8');
      expect(headers).toMatchObject({ 'content-type': 'image/jpeg', 'cache-control': 'public, max-age=86400' });
    }
    expect(json.media_details).toMatchObject({ width: 900, height: 700 });
    // A folder of thousands of files is not listed for a free name.
    const lists = storage.requests.filter((line) => line.includes('list-type'));
    expect(lists.length).toBeGreaterThan(0);
    for (const line of lists) expect(decodeURIComponent(line)).toMatch(/prefix=wp-content\/uploads\/\d+\/\d+\/boat/);
    const uploads = spawnSync('find', [join(site.wordpress.root, 'wp-content/uploads'), '-type', 'f'], {
      encoding: 'utf8',
    });
    expect(uploads.stdout).toBe('');
  });
  it('comes back through the pod while the CDN may not read the bucket, whole or in part, and is not sent twice', async () => {
    const data = picture(300, 200);
    const { json } = await upload('back.jpg', data);
    const path = `/${keyOf(json.source_url)}`;
    const whole = await fetch(`${site.url}${path}`);
    expect(Buffer.from(await whole.arrayBuffer()).equals(data)).toBe(true);
    expect(Object.fromEntries(whole.headers)).toMatchObject({
      'content-type': 'image/jpeg',
      'content-length': String(data.length),
      'cache-control': 'public, max-age=86400',
      'x-content-type-options': 'nosniff',
    });
    const part = await fetch(`${site.url}${path}`, { headers: { range: 'bytes=10-19' } });
    expect(part.status).toBe(206);
    expect(Buffer.from(await part.arrayBuffer()).equals(data.subarray(10, 20))).toBe(true);
    const again = await fetch(`${site.url}${path}`, { headers: { 'if-none-match': whole.headers.get('etag') ?? '' } });
    expect(again.status).toBe(304);
    const head = await fetch(`${site.url}${path}`, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(data.length)]);
  });
  it('of a name that is there already gets another one, also when the name is hard', async () => {
    const names: string[] = [];
    for (let i = 0; i < 2; i++)
      names.push(
        (await upload("O'Neill & Söhne +1 (50%).txt", Buffer.from(`file ${i}`), 'text/plain')).json.source_url,
      );
    expect(new Set(names).size).toBe(2);
    for (const [i, url] of names.entries()) {
      expect(
        storage
          .objects('media')
          .get(keyOf(decodeURI(url)))
          ?.data.toString(),
      ).toBe(`file ${i}`);
      expect((await site.ask(`/${keyOf(url)}`)).body).toBe(`file ${i}`);
    }
  });
  it('is deleted with all its sizes', async () => {
    const before = keys();
    const { json } = await upload('gone.jpg', picture(900, 700));
    expect(keys().length).toBeGreaterThan(before.length + 2);
    const { status } = await site.ask(`/wp-json/wp/v2/media/${json.id}?force=true`, {
      method: 'DELETE',
      headers: session,
    });
    expect(status).toBe(200);
    expect(keys()).toEqual(before);
  });
  it('can be changed in the editor of WordPress, which reads it from the bucket', async () => {
    const { json } = await upload('edit.jpg', picture(600, 400));
    const { status, body } = await site.ask(`/wp-json/wp/v2/media/${json.id}/edit`, {
      method: 'POST',
      headers: { ...session, 'content-type': 'application/json' },
      body: JSON.stringify({ src: json.source_url, rotation: 90 }),
    });
    expect(status, body).toBe(201);
    const edited = JSON.parse(body) as Fields;
    expect(edited.media_details).toMatchObject({ width: 400, height: 600 });
    expect(keys()).toContain(keyOf(edited.source_url));
  });
  it('from the admin pages goes the same way', async () => {
    const file = join(folder.path, 'note.txt');
    writeFileSync(file, 'by form');
    const page = (await site.ask('/wp-admin/media-new.php', { headers: session })).body;
    const nonce = /name="_wpnonce" value="([0-9a-f]+)"/.exec(page)?.[1] ?? '';
    const form = new FormData();
    form.set('_wpnonce', nonce);
    form.set('html-upload', 'Upload');
    form.set('async-upload', new Blob(['by form'], { type: 'text/plain' }), 'note.txt');
    await site.ask('/wp-admin/media-new.php', {
      method: 'POST',
      headers: { cookie: session.cookie ?? '' },
      body: form,
    });
    const key = keys().find((name) => name.endsWith('/note.txt'));
    expect(
      storage
        .objects('media')
        .get(key ?? '')
        ?.data.toString(),
    ).toBe('by form');
  });
});

describe('files of the bucket, for PHP', () => {
  it('can be read, sought in, appended to, moved, copied and listed', async () => {
    const said = await site.wordpress.eval(`
      $f = wp_get_upload_dir()['basedir'] . '/php/a.txt';
      file_put_contents($f, 'abcdef');
      $h = fopen($f, 'rb'); fseek($h, 2); $mid = fread($h, 2); fclose($h);
      file_put_contents($f, 'ghi', FILE_APPEND);
      copy($f, dirname($f) . '/b.txt'); rename($f, dirname($f) . '/c.txt');
      clearstatcache();
      echo json_encode(array($mid, file_get_contents(dirname($f) . '/c.txt'), filesize(dirname($f) . '/b.txt'), file_exists($f), is_dir(dirname($f)), is_file(dirname($f) . '/b.txt'), scandir(dirname($f)), wp_mkdir_p(dirname($f) . '/new')));`);
    expect(JSON.parse(said)).toEqual(['cd', 'abcdefghi', 9, false, true, true, ['b.txt', 'c.txt'], true]);
  });
  it('are those of this bucket only, and below it', async () => {
    const said = await site.wordpress.eval(
      "echo json_encode(array(@file_get_contents('s3://other/a.txt'), @file_get_contents('s3://media/wp-content/../a.txt'), @file_put_contents('s3://other/a.txt', 'x'), file_exists('s3://other/a.txt')));",
    );
    expect(JSON.parse(said)).toEqual([false, false, false, false]);
  });
});

describe('what is no upload', () => {
  it.each([
    '/wp-content/uploads/',
    '/wp-content/uploads/2026/',
    '/wp-content/uploads/none.jpg',
    '/wp-content/uploads/%2e%2e/%2e%2e/secret.txt',
    '/wp-content/uploads/..%2f..%2fsecret.txt',
  ])('is not there: %s', async (path) => {
    storage
      .objects('media')
      .set('secret.txt', { data: Buffer.from('secret'), etag: 'x', modified: new Date(), headers: {} });
    const { status, body } = await site.ask(path);
    storage.objects('media').delete('secret.txt');
    expect(status).toBe(404);
    expect(body).not.toContain('secret');
  });
  it('cannot be written by a visitor', async () => {
    expect((await site.ask('/wp-content/uploads/a.txt', { method: 'PUT', body: 'x' })).status).toBe(403);
  });
});

describe('while object storage', () => {
  const name = 'lost.txt';
  it.each([
    ['refuses', () => storage.fail([503, 'SlowDown']), () => storage.fail(undefined)],
    ['is gone', () => storage.stop(), () => storage.start()],
  ])('%s, an upload says so, pages are served, and uploads are not had', async (_, begin, end) => {
    await begin();
    try {
      const { status, json } = await upload(name, Buffer.from('a text that will be lost'), 'text/plain');
      expect(status).toBe(500);
      expect(json.message).toContain('object storage does not take it');
      expect((await site.ask('/')).status).toBe(200);
      const served = await site.ask('/wp-content/uploads/some.jpg');
      expect([served.status, served.headers.get('cache-control')]).toEqual([502, 'no-store']);
    } finally {
      await end();
    }
    expect(keys().filter((key) => key.endsWith(name))).toEqual([]);
    expect(site.wordpress.phpLog()).toContain('object storage: PUT of wp-content/uploads/');
  });
});
