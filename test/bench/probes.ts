// What a probe costs: through /probe, on the schedule and over TLS, against Debian's blackbox_exporter that asks the same page.
import { mkdirSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeCa } from '../services/ca.ts';
import { type Exporter, startExporter } from '../services/exporter.ts';
import { freePort, privateFolder, type Server, startServer } from '../services/process.ts';
import { cpuSeconds, type Figure, paired, type Row, SHIPPED } from './figures.ts';

const ROUNDS = 7;
const PER_ROUND = 3_000;
const CALLERS = 8;
/** The compiler of Node has seen enough of a probe by then; Go's is done before the start. */
const WARM_UP = 20_000;
const BLACKBOX = '/usr/bin/prometheus-blackbox-exporter';

interface Peer {
  readonly server: Server;
  readonly url: string;
}

const answers = async (url: string): Promise<boolean> => (await fetch(url).catch(() => undefined))?.ok === true;

/** nginx with a page of 1 kB, also over TLS. */
async function startPages(folder: string): Promise<{ url: string; secure: string; ca: string; stop(): Promise<void> }> {
  const [port, secure] = [await freePort(), await freePort()];
  const ca = makeCa(folder);
  const { cert, key } = ca.issue('page', ['127.0.0.1']);
  mkdirSync(join(folder, 'www'));
  writeFileSync(join(folder, 'www/index.html'), `<html>${'x'.repeat(1_000)}</html>`);
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; user root; worker_processes 1; pid ${folder}/nginx.pid; events { worker_connections 1024; }
http { access_log off; error_log ${folder}/error.log;
  server { root ${folder}/www; listen 127.0.0.1:${port}; listen 127.0.0.1:${secure} ssl;
    ssl_certificate ${cert}; ssl_certificate_key ${key}; ssl_session_cache off; ssl_session_tickets off; } }`,
  );
  const url = `http://127.0.0.1:${port}/`;
  const server = await startServer('/usr/sbin/nginx', ['-e', 'stderr', '-c', join(folder, 'nginx.conf')], () =>
    answers(url),
  );
  return { url, secure: `https://127.0.0.1:${secure}/`, ca: ca.cert, stop: () => server.stop() };
}

async function startBlackbox(folder: string, ca: string, env: Record<string, string> = {}): Promise<Peer> {
  const port = await freePort();
  const config = join(folder, 'blackbox.yml');
  writeFileSync(
    config,
    JSON.stringify({
      modules: {
        http_2xx: { prober: 'http', http: { preferred_ip_protocol: 'ip4', tls_config: { ca_file: ca } } },
      },
    }),
  );
  const url = `http://127.0.0.1:${port}`;
  const args = [`--config.file=${config}`, `--web.listen-address=127.0.0.1:${port}`, '--log.level=error'];
  return { server: await startServer(BLACKBOX, args, () => answers(`${url}/metrics`), env), url };
}

const agent = new Agent({ keepAlive: true, maxSockets: CALLERS });
const get = (url: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const call = request(url, { agent }, (answer) => {
      let text = '';
      answer.on('data', (chunk) => {
        text += chunk;
      });
      answer.on('end', () => resolve(text));
    });
    call.on('error', reject);
    call.end();
  });

/** Asks for probes of the page; each caller has a query of its own, so that no two could share a run. */
async function ask(base: string, page: string, count: number): Promise<void> {
  let asked = 0;
  const caller = async (k: number) => {
    const url = `${base}/probe?module=http_2xx&target=${encodeURIComponent(`${page}?${k}`)}`;
    while (asked++ < count) {
      const text = await get(url);
      if (!/^probe_success 1$/m.test(text)) throw new Error(`a probe failed:\n${text}`);
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, (_, k) => caller(k)));
}

/** CPU microseconds per probe. */
async function perProbe(pid: number, base: string, page: string): Promise<number> {
  const before = cpuSeconds(pid);
  await ask(base, page, PER_ROUND);
  return ((cpuSeconds(pid) - before) / PER_ROUND) * 1e6;
}

/** The same at the pace of the schedule, as a Prometheus asks: one probe after the other, evenly. */
async function perPaced({ server, url: base }: Peer, page: string): Promise<number> {
  const count = (TARGETS / INTERVAL_S) * PACED_S;
  const going: Promise<string>[] = [];
  const before = cpuSeconds(server.pid);
  const start = performance.now();
  for (let i = 0; i < count; i++) {
    await sleep(Math.max(0, start + (i * PACED_S * 1_000) / count - performance.now()));
    going.push(get(`${base}/probe?module=http_2xx&target=${encodeURIComponent(`${page}?${i}`)}`));
  }
  for (const text of await Promise.all(going))
    if (!/^probe_success 1$/m.test(text)) throw new Error(`a probe failed:\n${text}`);
  return ((cpuSeconds(server.pid) - before) / count) * 1e6;
}

const PACED_S = 5;
const TARGETS = 1_000;
const INTERVAL_S = 1;

const scheduleSpec = (page: string): string =>
  JSON.stringify({
    targets: Array.from({ length: TARGETS }, (_, i) => ({
      name: `t${i}`,
      kind: 'http',
      url: `${page}?${i}`,
      interval: `${INTERVAL_S}s`,
    })),
    slos: Array.from({ length: TARGETS }, (_, i) => ({
      name: `s${i}`,
      service: 'site',
      team: 'web',
      objective: '99.9%',
      window: '30d',
      sli: { kind: 'probe', target: `t${i}` },
    })),
  });

async function runsOf(exporter: Exporter): Promise<number> {
  const found = (await exporter.text('/metrics')).matchAll(/^probe_runs_total\{.* (\d+)$/gm);
  return [...found].reduce((sum, [, value]) => sum + Number(value), 0);
}

/** CPU microseconds per probe of a whole interval, with all that belongs to it: schedule, events, ticks, commits. */
async function perScheduled(exporter: Exporter): Promise<number> {
  const runs = await runsOf(exporter);
  const before = cpuSeconds(exporter.pid);
  await sleep(PACED_S * 1_000);
  const used = cpuSeconds(exporter.pid) - before;
  return (used / ((await runsOf(exporter)) - runs)) * 1e6;
}

const us = (value: number): string => `${value.toFixed(0)} µs`;

export const probesRow: Row = {
  name: 'probes',
  async measure() {
    const folder = privateFolder('bench');
    const pages = await startPages(folder.path);
    const installed = await startBlackbox(folder.path, pages.ca);
    const tuned = await startBlackbox(folder.path, pages.ca, { GOMAXPROCS: '1', GOGC: '400' });
    const config = join(folder.path, 'probe.yaml');
    writeFileSync(
      config,
      JSON.stringify({
        targets: Array.from({ length: CALLERS }, (_, k) => [
          { name: `page-${k}`, kind: 'http', url: `${pages.url}?${k}`, interval: '1h' },
          { name: `secure-${k}`, kind: 'http', url: `${pages.secure}?${k}`, ca: pages.ca, interval: '1h' },
        ]).flat(),
        slos: [],
      }),
    );
    const ours = await startExporter({ args: ['--config', config, '--data', join(folder.path, 'data')], env: SHIPPED });
    const figures: Figure[] = [];
    try {
      await ask(ours.url, pages.url, WARM_UP);
      const against = async (what: string, page: string, peer: Peer, name: string, must: number, aim?: number) => {
        await ask(peer.url, page, 500);
        const found = await paired(
          ROUNDS,
          () => perProbe(ours.pid, ours.url, page),
          () => perProbe(peer.server.pid, peer.url, page),
        );
        figures.push({
          what,
          against: name,
          value: found.ratio,
          worst: found.worst,
          unit: 'x',
          must,
          ...(aim !== undefined && { aim }),
          how: `${us(found.ours)} against ${us(found.peer)} of CPU a probe`,
        });
      };
      await against('HTTP probe through /probe', pages.url, installed, 'blackbox_exporter', 3, 5);
      await against('HTTP probe through /probe', pages.url, tuned, 'the same, GOMAXPROCS=1 GOGC=400', 2, 3);
      await ask(ours.url, pages.secure, 4_000);
      await against('TLS probe, whole verified handshake', pages.secure, installed, 'blackbox_exporter', 0.9, 1.3);
      const schedule = join(folder.path, 'schedule.yaml');
      writeFileSync(schedule, scheduleSpec(pages.url));
      const scheduled = await startExporter({
        args: ['--config', schedule, '--data', join(folder.path, 'data2')],
        env: SHIPPED,
      });
      try {
        for (let i = 0; i < 4; i++) await perScheduled(scheduled);
        for (const [peer, name, must, aim] of [
          [installed, 'blackbox_exporter', 4, 8],
          [tuned, 'the same, GOMAXPROCS=1 GOGC=400', 2.5, 4],
        ] as const) {
          const found = await paired(
            5,
            () => perScheduled(scheduled),
            () => perPaced(peer, pages.url),
          );
          figures.push({
            what: `HTTP probe on the schedule (${TARGETS} targets, ${TARGETS} SLOs, every ${INTERVAL_S} s)`,
            against: name,
            value: found.ratio,
            worst: found.worst,
            unit: 'x',
            must,
            aim,
            how: `${us(found.ours)} against ${us(found.peer)} of CPU a probe`,
          });
        }
      } finally {
        await scheduled.end('SIGTERM');
      }
      return figures;
    } finally {
      await ours.end('SIGTERM');
      for (const { server } of [installed, tuned]) await server.stop();
      await pages.stop();
      agent.destroy();
      folder.remove();
    }
  },
};
