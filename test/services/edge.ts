// A caching edge: nginx with HTTPS, a private CA and X-CDN-Cache-Status, in front of an origin.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeCa } from './ca.ts';
import { freePort, listens, privateFolder, type Server, startServer } from './process.ts';

export const SHOP = 'shop.plimsoll.test';

export interface Edge {
  readonly port: number;
  /** PEM file of the authority. */
  readonly ca: string;
  /** `rum`: where /_rum/ leads, e.g. http://127.0.0.1:9876. Without cookies, as nothing there is theirs to see. */
  start(origin: string, rum?: string): Promise<void>;
  stop(): Promise<void>;
  /** Serves a certificate that is valid (for the name and 127.0.0.1, or the name only), has expired, or is for another name. */
  useCertificate(kind: 'valid' | 'shopOnly' | 'expired' | 'other'): Promise<void>;
  remove(): Promise<void>;
}

/** Prepares the edge; start() runs it, so that the site behind it can be told the port first. `stale`: serve old copies of a dead origin. */
export async function prepareEdge({ stale = false }: { stale?: boolean } = {}): Promise<Edge> {
  const folder = privateFolder('edge');
  const port = await freePort();
  const ca = makeCa(folder.path);
  const certificates = {
    valid: ca.issue('valid', [SHOP, '127.0.0.1']),
    shopOnly: ca.issue('shop-only', [SHOP]),
    expired: ca.issue('expired', [SHOP], -1),
    other: ca.issue('other', ['other.plimsoll.test']),
  };
  const use = (kind: keyof typeof certificates) => {
    cpSync(certificates[kind].cert, join(folder.path, 'now.pem'));
    cpSync(certificates[kind].key, join(folder.path, 'now.key'));
  };
  use('valid');
  for (const dir of ['cache', 'body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']) mkdirSync(join(folder.path, dir));
  let server: Server | undefined;
  return {
    port,
    ca: ca.cert,
    async start(origin, rum) {
      writeFileSync(join(folder.path, 'nginx.conf'), conf(folder.path, port, origin, stale, rum));
      server = await startServer(
        'nginx',
        ['-c', join(folder.path, 'nginx.conf'), '-e', join(folder.path, 'error.log')],
        () => listens(port),
      );
    },
    stop: async () => server?.stop(),
    async useCertificate(kind) {
      use(kind);
      if (server === undefined) return;
      const old = workersOf(server.pid);
      server.signal('SIGHUP');
      // Old workers answer beside the new ones until they end.
      while (workersOf(server.pid).some((pid) => old.includes(pid)))
        await new Promise((resolve) => setTimeout(resolve, 20));
    },
    async remove() {
      await server?.stop();
      folder.remove();
    },
  };
}

const workersOf = (pid: number): string[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .split(' ')
    .filter((child) => child !== '');

/** Scripts and beacons, and nothing else of the exporter. */
const rumLocation = (rum: string): string =>
  `location ~ ^/_rum/((?:rum|collect)/.*)$ { proxy_pass ${rum}/$1$is_args$args; proxy_set_header Cookie ""; proxy_set_header X-Forwarded-For $remote_addr; proxy_http_version 1.1; proxy_set_header Connection ""; }`;

const conf = (
  dir: string,
  port: number,
  origin: string,
  stale: boolean,
  rum?: string,
): string => `daemon off; master_process on; user root; worker_processes 1; pid ${dir}/nginx.pid;
events { worker_connections 256; }
http {
  client_body_temp_path ${dir}/body; proxy_temp_path ${dir}/proxy; fastcgi_temp_path ${dir}/fastcgi; uwsgi_temp_path ${dir}/uwsgi; scgi_temp_path ${dir}/scgi;
  proxy_cache_path ${dir}/cache keys_zone=shop:1m max_size=50m inactive=10m;
  access_log off;
  map $http_cookie $logged_in { default 0; ~wordpress_logged_in 1; }
  map $request_uri $private { default 0; ~^/wp-(admin|login|json) 1; }
  server {
    listen 127.0.0.1:${port} ssl; ssl_certificate ${dir}/now.pem; ssl_certificate_key ${dir}/now.key; ssl_session_cache off;
    ${rum === undefined ? '' : rumLocation(rum)}
    location / {
      proxy_pass ${origin.replace(/\/$/, '')}; proxy_set_header Host $http_host; proxy_set_header X-Forwarded-Proto https; proxy_set_header traceparent $http_traceparent;
      proxy_connect_timeout 2s; proxy_read_timeout 5s; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_cache shop; proxy_cache_key $scheme$http_host$request_uri; proxy_cache_valid 200 3s; proxy_ignore_headers Set-Cookie;
      proxy_cache_bypass $logged_in $private; proxy_no_cache $logged_in $private;
      ${stale ? 'proxy_cache_use_stale error timeout http_500 http_502 http_503 http_504;' : ''}
      add_header X-CDN-Cache-Status $upstream_cache_status always;
    }
  }
}
`;
