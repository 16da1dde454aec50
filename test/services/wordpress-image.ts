// The files of the WordPress image in a private folder, with paths and ports of this machine. Changes nothing else in them: what is to be
// filled in and is not there any more is an error.
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface ImagePorts {
  /** 8080: pages and probes. */
  readonly web: number;
  /** 8081: metrics for Prometheus. */
  readonly metrics: number;
  /** 9000: the pool of pages. */
  readonly php: number;
  /** 9001: status of that pool, and the ping. */
  readonly status: number;
  /** 9002: the pool of probes and metrics. */
  readonly platform: number;
}

export const IMAGE = new URL('../../helm/wordpress/image/', import.meta.url).pathname;
const fromImage = (name: string): string => readFileSync(join(IMAGE, name), 'utf8');

/** Replaces each text by another; throws an Error if one is not there. */
function filled(name: string, text: string, pairs: readonly (readonly [from: string, to: string])[]): string {
  let now = text;
  for (const [from, to] of pairs) {
    if (!now.includes(from)) throw new Error(`${name} holds no ${from}: correct test/services/wordpress-image.ts`);
    now = now.replaceAll(from, to);
  }
  return now;
}

/** Debian's WordPress with what the Dockerfile puts over it. `hasCache`: with the drop-in that needs Redis. */
export function placeSite(root: string, publicUrl: string, hasCache: boolean): void {
  cpSync('/usr/share/wordpress', root, {
    recursive: true,
    dereference: true,
    filter: (source) => existsSync(source) && !/wp-content\/(languages|uploads|upgrade)$/.test(source),
  });
  rmSync(join(root, 'wp-config.php'), { force: true });
  cpSync(join(IMAGE, 'mu-plugins'), join(root, 'wp-content/mu-plugins'), { recursive: true });
  if (hasCache) cpSync(join(IMAGE, 'object-cache.php'), join(root, 'wp-content/object-cache.php'));
  // In the file, so that a test can change the address while PHP runs; everything else is in the environment.
  const config = filled('wp-config.php', fromImage('wp-config.php'), [
    ['<?php\n', `<?php\nputenv('WP_HOME=${publicUrl}');\n`],
  ]);
  writeFileSync(join(root, 'wp-config.php'), config);
}

/** nginx.conf, php-fpm.conf, php.ini and the entrypoint, ready to be started from `folder`. */
export function placeServers(folder: string, root: string, ports: ImagePorts): void {
  const nginx = filled('nginx.conf', fromImage('nginx.conf'), [
    ['listen 8080;', `listen 127.0.0.1:${ports.web};`],
    ['listen 8081;', `listen 127.0.0.1:${ports.metrics};`],
    ['127.0.0.1:9000;', `127.0.0.1:${ports.php};`],
    ['127.0.0.1:9001;', `127.0.0.1:${ports.status};`],
    ['127.0.0.1:9002;', `127.0.0.1:${ports.platform};`],
    ['/var/www/html', root],
    ['/var/cache/nginx', folder],
    ['/run/', `${folder}/`],
    ['/dev/stdout', join(folder, 'access.log')],
    ['/dev/stderr', join(folder, 'error.log')],
  ]);
  writeFileSync(join(folder, 'nginx.conf'), nginx);
  // The tests run as root, which PHP-FPM wants to hear.
  const fpm = filled('php-fpm.conf', fromImage('php-fpm.conf'), [
    ['127.0.0.1:9000\n', `127.0.0.1:${ports.php}\nuser = root\ngroup = root\n`],
    ['127.0.0.1:9001\n', `127.0.0.1:${ports.status}\n`],
    ['127.0.0.1:9002\n', `127.0.0.1:${ports.platform}\nuser = root\ngroup = root\n`],
    ['/proc/self/fd/2', join(folder, 'php.log')],
  ]);
  writeFileSync(join(folder, 'php-fpm.conf'), fpm);
  const tmp = join(folder, 'tmp');
  mkdirSync(tmp);
  const ini = filled('php.ini', fromImage('php.ini'), [
    ['/var/www/html', root],
    ['= /tmp\n', `= ${tmp}\n`],
    // A changed file is read at once: tests change files.
    ['opcache.validate_timestamps = 0', 'opcache.validate_timestamps = 1\nopcache.revalidate_freq = 0'],
  ]);
  writeFileSync(join(folder, 'php.ini'), `${ini}${EXTENSIONS}`);
  cpSync(join(IMAGE, 'entrypoint.sh'), join(folder, 'entrypoint.sh'));
  chmodSync(join(folder, 'entrypoint.sh'), 0o755);
}

/** Modules of Debian's PHP that are built into the image's, or come with it. */
const EXTENSIONS = [
  'extension_dir = /usr/lib/php/20220829',
  ...['mysqlnd', 'mysqli', 'ctype', 'curl', 'exif', 'fileinfo', 'gd', 'igbinary', 'redis', 'tokenizer'].map(
    (name) => `extension = ${name}`,
  ),
  'zend_extension = opcache',
  '',
].join('\n');

const KEYS = ['AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE'].flatMap((name) => [`${name}_KEY`, `${name}_SALT`]);

/** What the chart gives to a container of PHP; `more` wins. Without cache and bucket the addresses are dead ones. */
export const environmentOf = (dbPort: number, more: Readonly<Record<string, string>>): Record<string, string> => ({
  DB_HOST: '127.0.0.1',
  DB_PORT: String(dbPort),
  DB_NAME: 'wordpress',
  DB_USER: 'wordpress',
  DB_PASSWORD: 'wordpress',
  CACHE_HOST: '127.0.0.1',
  CACHE_PORT: '1',
  CACHE_USER: '',
  CACHE_PASSWORD: '',
  S3_ENDPOINT: 'http://127.0.0.1:1',
  S3_REGION: 'eu-central-3',
  S3_BUCKET: 'media',
  S3_ACCESS_KEY: 'none',
  S3_SECRET_KEY: 'none',
  PHP_FPM_MAX_CHILDREN: '4',
  TRUSTED_PROXIES: '127.0.0.1/32',
  // The probe's tests read the version from the page.
  SHOW_VERSION: '1',
  // Only php.ini of the image counts, and nothing that Debian adds.
  PHP_INI_SCAN_DIR: '',
  HOME: '/tmp',
  ...Object.fromEntries(KEYS.map((key) => [key, `only for tests ${key}`])),
  ...more,
});
