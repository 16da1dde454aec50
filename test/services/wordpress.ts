// The real WordPress of Debian on PHP-FPM behind nginx, in a private copy, installed through its own installer.
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { MariaDb } from './mariadb.ts';
import { freePort, listens, privateFolder, type Server, startServer } from './process.ts';

export interface WordPress {
  readonly originUrl: string;
  readonly root: string;
  /** nginx's access log: one JSON object a line, with traceparent. */
  accessLog(): string;
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

export const HEALTH_TOKEN = 'health-token-of-the-demo';
const MU_PLUGIN = new URL('../../helm/wordpress/image/mu-plugins/plimsoll-health.php', import.meta.url).pathname;

/** `publicUrl`: what visitors type, e.g. https://shop.plimsoll.test:8443. `port`: where the origin listens, if it must be known before. */
export async function startWordpress(mariadb: MariaDb, publicUrl: string, port?: number): Promise<WordPress> {
  const folder = privateFolder('wordpress');
  const root = join(folder.path, 'www');
  const [webPort, phpPort] = [port ?? (await freePort()), await freePort()];
  await mariadb.sql(
    'CREATE DATABASE wordpress',
    "CREATE USER 'wordpress'@'%' IDENTIFIED BY 'wordpress'",
    "GRANT ALL ON wordpress.* TO 'wordpress'@'%'",
  );
  copyFiles(root, mariadb.port, publicUrl);
  writeFileSync(
    join(folder.path, 'fpm.conf'),
    `[global]\nerror_log = ${folder.path}/fpm.log\ndaemonize = no\n[www]\nuser = root\ngroup = root\nlisten = 127.0.0.1:${phpPort}\npm = static\npm.max_children = 4\nrequest_terminate_timeout = 30s\nclear_env = yes\n`,
  );
  for (const dir of ['body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']) mkdirSync(join(folder.path, dir));
  writeFileSync(join(folder.path, 'nginx.conf'), nginxConf(folder.path, root, webPort, phpPort));
  const php = part(() =>
    startServer('php-fpm8.2', [...PHP_OPTIONS, '-R', '-F', '-y', join(folder.path, 'fpm.conf')], () =>
      listens(phpPort),
    ),
  );
  const nginx = part(() =>
    startServer('nginx', ['-c', join(folder.path, 'nginx.conf'), '-e', join(folder.path, 'error.log')], () =>
      listens(webPort),
    ),
  );
  await Promise.all([php.start(), nginx.start()]);
  const { host } = new URL(publicUrl);
  await install(webPort, host);
  await mariadb.sql(
    "UPDATE wordpress.wp_options SET option_value = '/%postname%/' WHERE option_name = 'permalink_structure'",
    "UPDATE wordpress.wp_options SET option_value = '' WHERE option_name = 'rewrite_rules'",
  );
  return {
    originUrl: `http://127.0.0.1:${webPort}/`,
    root,
    accessLog: () =>
      existsSync(join(folder.path, 'access.log')) ? readFileSync(join(folder.path, 'access.log'), 'utf8') : '',
    php,
    nginx,
    async eval(code) {
      const script = `$_SERVER['HTTP_HOST'] = '${host}'; require 'wp-load.php'; ${code}`;
      return (await promisify(execFile)('php8.2', [...PHP_OPTIONS, '-r', script], { cwd: root })).stdout;
    },
    withFile: (path, change, body) => withFile(join(root, path), change, body),
    async remove() {
      await Promise.all([php.stop(), nginx.stop()]);
      folder.remove();
    },
  };
}

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

const EXTENSIONS = ['mysqlnd', 'mysqli', 'ctype', 'fileinfo', 'tokenizer'];
/** As in production: errors go to the log, not into pages. A changed file is read at once. */
const PHP_OPTIONS = [
  '-n',
  ...[
    'extension_dir=/usr/lib/php/20220829',
    ...EXTENSIONS.map((e) => `extension=${e}`),
    'opcache.enable=1',
    'opcache.revalidate_freq=0',
    'zend_extension=opcache',
    'display_errors=0',
  ].flatMap((setting) => ['-d', setting]),
];

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

function copyFiles(root: string, dbPort: number, publicUrl: string): void {
  cpSync('/usr/share/wordpress', root, {
    recursive: true,
    dereference: true,
    filter: (source) => existsSync(source) && !/wp-content\/(languages|uploads|upgrade)$/.test(source),
  });
  rmSync(join(root, 'wp-config.php'), { force: true });
  mkdirSync(join(root, 'wp-content/mu-plugins'), { recursive: true });
  cpSync(MU_PLUGIN, join(root, 'wp-content/mu-plugins/plimsoll-health.php'));
  writeFileSync(
    join(root, 'wp-config.php'),
    `<?php
define('DB_NAME', 'wordpress'); define('DB_USER', 'wordpress'); define('DB_PASSWORD', 'wordpress'); define('DB_HOST', '127.0.0.1:${dbPort}');
define('DB_CHARSET', 'utf8mb4'); define('DB_COLLATE', '');
foreach (array('AUTH_KEY','SECURE_AUTH_KEY','LOGGED_IN_KEY','NONCE_KEY','AUTH_SALT','SECURE_AUTH_SALT','LOGGED_IN_SALT','NONCE_SALT') as $k) define($k, 'only for tests ' . $k);
define('WP_HOME', '${publicUrl}'); define('WP_SITEURL', '${publicUrl}');
define('DISABLE_WP_CRON', true); define('WP_HTTP_BLOCK_EXTERNAL', true); define('AUTOMATIC_UPDATER_DISABLED', true); define('WP_DEBUG', false);
define('PLIMSOLL_HEALTH_TOKEN', '${HEALTH_TOKEN}');
if (($_SERVER['HTTP_X_FORWARDED_PROTO'] ?? '') === 'https') $_SERVER['HTTPS'] = 'on';
$table_prefix = 'wp_';
if (!defined('ABSPATH')) define('ABSPATH', __DIR__ . '/');
require_once ABSPATH . 'wp-settings.php';
`,
  );
}

const nginxConf = (
  dir: string,
  root: string,
  port: number,
  phpPort: number,
): string => `daemon off; master_process on; user root; worker_processes 1; pid ${dir}/nginx.pid;
events { worker_connections 256; }
http {
  include /etc/nginx/mime.types; default_type application/octet-stream;
  client_body_temp_path ${dir}/body; proxy_temp_path ${dir}/proxy; fastcgi_temp_path ${dir}/fastcgi; uwsgi_temp_path ${dir}/uwsgi; scgi_temp_path ${dir}/scgi;
  log_format json escape=json '{"status":$status,"uri":"$request_uri","traceparent":"$http_traceparent"}';
  access_log ${dir}/access.log json;
  server {
    listen 127.0.0.1:${port}; root ${root}; index index.php; absolute_redirect off;
    location / { try_files $uri $uri/ /index.php?$args; }
    location ~ \\.php$ {
      include /etc/nginx/fastcgi_params; fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name; fastcgi_param HTTP_HOST $http_host;
      fastcgi_pass 127.0.0.1:${phpPort}; fastcgi_read_timeout 10s;
    }
  }
}
`;

/** POSTs to the installer, as a person would with a browser. */
async function install(port: number, host: string): Promise<void> {
  const form = new URLSearchParams({
    weblog_title: 'Plimsoll shop',
    user_name: 'admin',
    admin_password: 'admin-password',
    admin_password2: 'admin-password',
    pw_weak: '1',
    admin_email: 'admin@plimsoll.test',
    blog_public: '0',
    Submit: 'Install WordPress',
    language: '',
  }).toString();
  const { status, body } = await post(port, host, '/wp-admin/install.php?step=2', form);
  if (status !== 200 || !/Success|wp-login\.php/.test(body))
    throw new Error(`WordPress was not installed, status ${status}: ${body.replace(/<[^>]+>/g, ' ').slice(0, 500)}`);
}

function post(port: number, host: string, path: string, form: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const message = request(
      {
        host: '127.0.0.1',
        port,
        path,
        method: 'POST',
        headers: {
          host,
          'content-type': 'application/x-www-form-urlencoded',
          'content-length': Buffer.byteLength(form),
          'x-forwarded-proto': 'https',
        },
      },
      (answer) => {
        let body = '';
        answer.on('data', (chunk) => {
          body += chunk;
        });
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body }));
      },
    );
    message.on('error', reject);
    message.end(form);
  });
}
