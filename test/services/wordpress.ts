// The real WordPress of Debian on PHP-FPM behind nginx, with the files of our image, in a private copy, installed as wp-cli does
// it: nginx lets nobody reach the installer.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { MariaDb } from './mariadb.ts';
import { freePort, listens, privateFolder, type Server, startServer } from './process.ts';
import type { RedisServer } from './redis.ts';
import { environmentOf, type ImagePorts, placeServers, placeSite } from './wordpress-image.ts';

export interface WordPress {
  readonly originUrl: string;
  /** Where Prometheus scrapes it: host and port. */
  readonly metrics: string;
  readonly ports: ImagePorts;
  readonly root: string;
  /** nginx's access log: one JSON object a line, with traceparent. */
  accessLog(): string;
  /** What PHP-FPM and PHP wrote. */
  phpLog(): string;
  readonly php: Part;
  readonly nginx: Part;
  /** Runs PHP code inside WordPress, as a plugin could; returns what it prints. */
  eval(code: string): Promise<string>;
  /** Runs `body` while a file has another content; a file that was not there is removed afterwards. */
  withFile(path: string, change: (old: string) => string, body: () => Promise<void>): Promise<void>;
  remove(): Promise<void>;
}
export interface Part {
  stop(): Promise<void>;
  start(): Promise<void>;
  pause(): void;
  resume(): void;
}

/** What `wp core install` does. Mails cannot be sent here. */
const INSTALL = `define('WP_INSTALLING', true); require 'wp-load.php'; require ABSPATH . 'wp-admin/includes/upgrade.php';
add_filter('pre_wp_mail', '__return_true');
wp_install('Plimsoll shop', 'admin', 'admin@plimsoll.test', false, '', 'admin-password'); echo 'installed';`;

export const HEALTH_TOKEN = 'health-token-of-the-demo';

const NEW_PORTS = (): [Promise<number>, Promise<number>, Promise<number>, Promise<number>] => [
  freePort(),
  freePort(),
  freePort(),
  freePort(),
];

export interface WordPressOptions {
  /** Where the origin listens, if it must be known before. */
  readonly port?: number;
  /** The Redis of the object cache; without one there is no drop-in. Its password, if it has one, is in `env`. */
  readonly cache?: Pick<RedisServer, 'port'>;
  /** Variables of the container that are other ones. */
  readonly env?: Readonly<Record<string, string>>;
}

/** `publicUrl`: what visitors type, e.g. https://shop.plimsoll.test:8443. A number instead of options is the port of the origin. */
export async function startWordpress(
  mariadb: MariaDb,
  publicUrl: string,
  options: WordPressOptions | number = {},
): Promise<WordPress> {
  const { port, cache, env: more } = typeof options === 'number' ? { port: options } : options;
  const folder = privateFolder('wordpress');
  const root = join(folder.path, 'www');
  const [web, metrics, phpPort, status, platform] = await Promise.all([port ?? freePort(), ...NEW_PORTS()]);
  const ports: ImagePorts = { web, metrics, php: phpPort, status, platform };
  await mariadb.sql(
    'CREATE DATABASE wordpress',
    "CREATE USER 'wordpress'@'%' IDENTIFIED BY 'wordpress'",
    "GRANT ALL ON wordpress.* TO 'wordpress'@'%'",
  );
  placeSite(root, publicUrl, cache !== undefined);
  placeServers(folder.path, root, ports);
  const env = environmentOf(mariadb.port, {
    WP_HOME: publicUrl,
    CDN_URL: `${publicUrl}/wp-content/uploads`,
    PLIMSOLL_HEALTH_TOKEN: HEALTH_TOKEN,
    RUN_FOLDER: folder.path,
    ...(cache && { CACHE_PORT: String(cache.port) }),
    ...more,
  });
  const inFolder = (name: string) => join(folder.path, name);
  const php = part(() =>
    startServer(
      'php-fpm8.2',
      ['-R', '--nodaemonize', '-c', inFolder('php.ini'), '-y', inFolder('php-fpm.conf')],
      async () => (await listens(phpPort)) && (await listens(platform)),
      env,
    ),
  );
  const nginx = part(() =>
    startServer(
      inFolder('entrypoint.sh'),
      ['nginx', '-c', inFolder('nginx.conf'), '-e', inFolder('error.log'), '-g', 'daemon off; user root;'],
      () => listens(web),
      env,
    ),
  );
  await Promise.all([php.start(), nginx.start()]);
  const { host } = new URL(publicUrl);
  const run = async (code: string): Promise<string> => {
    const args = ['-c', inFolder('php.ini'), '-r', `$_SERVER['HTTP_HOST'] = '${host}'; ${code}`];
    const { stdout } = await promisify(execFile)('php8.2', args, {
      cwd: root,
      env: { ...env, PATH: process.env.PATH },
    });
    return stdout;
  };
  const installed = await run(INSTALL);
  if (installed !== 'installed') throw new Error(`WordPress was not installed: ${installed.slice(0, 500)}`);
  await mariadb.sql(
    "UPDATE wordpress.wp_options SET option_value = '/%postname%/' WHERE option_name = 'permalink_structure'",
    "UPDATE wordpress.wp_options SET option_value = '' WHERE option_name = 'rewrite_rules'",
  );
  // The first request compiles everything: it is nobody's measurement.
  await visit(web, host);
  const read = (name: string) => (existsSync(inFolder(name)) ? readFileSync(inFolder(name), 'utf8') : '');
  return {
    originUrl: `http://127.0.0.1:${web}/`,
    metrics: `127.0.0.1:${metrics}`,
    ports,
    root,
    accessLog: () => read('access.log'),
    phpLog: () => read('php.log'),
    php,
    nginx,
    eval: (code) => run(`require 'wp-load.php'; ${code}`),
    withFile: (path, change, body) => withFile(join(root, path), change, body),
    async remove() {
      await Promise.all([php.stop(), nginx.stop()]);
      folder.remove();
    },
  };
}

/** Asks for the front page as the edge does, and waits for its end. */
const visit = (port: number, host: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const headers = { host, 'x-forwarded-proto': 'https' };
    get({ host: '127.0.0.1', port, headers }, (answer) => answer.resume().on('end', resolve)).on('error', reject);
  });

async function withFile(file: string, change: (old: string) => string, body: () => Promise<void>): Promise<void> {
  const old = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  writeFileSync(file, change(old ?? ''));
  try {
    await body();
  } finally {
    if (old === undefined) rmSync(file);
    else writeFileSync(file, old);
  }
}

/** A server that can be stopped and started again. */
export function part(run: () => Promise<Server>): Part {
  let server: Server | undefined;
  return {
    async start() {
      server = await run();
    },
    stop: async () => server?.stop(),
    pause: () => server?.pause(),
    resume: () => server?.resume(),
  };
}
