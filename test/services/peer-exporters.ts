// The exporters that others use, from Debian's packages, as they are installed: for comparisons of what they say and what they cost.
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, privateFolder, startServer } from './process.ts';

export interface PeerExporter {
  readonly pid: number;
  /** Without a path. */
  readonly url: string;
  metrics(path?: string): Promise<string>;
  stop(): Promise<void>;
}

async function start(command: string, args: (port: number) => readonly string[]): Promise<PeerExporter> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const ready = async () => (await fetch(`${url}/`).catch(() => undefined))?.ok === true;
  const server = await startServer(command, args(port), ready);
  return {
    pid: server.pid,
    url,
    metrics: async (path = '/metrics') => (await fetch(url + path)).text(),
    stop: () => server.stop(),
  };
}

/** Collectors of mysqld_exporter that are on by default, but give none of the series that boards ask for. */
export const NOT_FOR_BOARDS: readonly string[] = [
  'slave_status',
  'info_schema.innodb_cmp',
  'info_schema.innodb_cmpmem',
  'info_schema.query_response_time',
].map((collector) => `--no-collect.${collector}`);

/** mysqld_exporter for a server on this host. */
export async function startMysqldExporter(
  login: { readonly port: number; readonly user: string; readonly password: string },
  args: readonly string[] = [],
): Promise<PeerExporter> {
  const folder = privateFolder('mysqld-exporter');
  const file = join(folder.path, 'my.cnf');
  writeFileSync(file, `[client]\nuser=${login.user}\npassword=${login.password}\nhost=127.0.0.1\nport=${login.port}\n`);
  chmodSync(file, 0o600);
  const peer = await start('/usr/bin/prometheus-mysqld-exporter', (port) => [
    `--config.my-cnf=${file}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--log.level=error',
    ...args,
  ]);
  return {
    ...peer,
    async stop() {
      await peer.stop();
      folder.remove();
    },
  };
}

/** redis_exporter for a server on this host. */
export const startRedisExporter = (port: number, args: readonly string[] = []): Promise<PeerExporter> =>
  start('/usr/bin/prometheus-redis-exporter', (own) => [
    `-redis.addr=redis://127.0.0.1:${port}`,
    `-web.listen-address=127.0.0.1:${own}`,
    ...args,
  ]);

/** blackbox_exporter with modules http_2xx (trusting `ca`), tcp_connect and a DNS query of `name`. */
export async function startBlackboxExporter(ca: string): Promise<PeerExporter> {
  const folder = privateFolder('blackbox-exporter');
  const file = join(folder.path, 'blackbox.yml');
  const http = { preferred_ip_protocol: 'ip4', tls_config: { ca_file: ca } };
  writeFileSync(
    file,
    JSON.stringify({ modules: { http_2xx: { prober: 'http', http }, tcp_connect: { prober: 'tcp' } } }),
  );
  const peer = await start('/usr/bin/prometheus-blackbox-exporter', (port) => [
    `--config.file=${file}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--log.level=error',
  ]);
  return {
    ...peer,
    async stop() {
      await peer.stop();
      folder.remove();
    },
  };
}
