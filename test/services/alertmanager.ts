// A private Alertmanager on a configuration that was generated, alone in its cluster.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { resolveSecrets } from '../../src/spec/secrets.ts';
import { readSource } from '../../src/spec/source.ts';
import { freePort, privateFolder, startServer } from './process.ts';

export interface AlertState {
  readonly labels: Readonly<Record<string, string>>;
  readonly receivers: readonly { readonly name: string }[];
  readonly status: { readonly state: 'unprocessed' | 'active' | 'suppressed'; readonly inhibitedBy: readonly string[] };
}

export interface SentAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** ISO times; an alert whose end has come is resolved. */
  readonly startsAt?: string;
  readonly endsAt?: string;
}

export interface Alertmanager {
  readonly url: string;
  /** For `alerting.alertmanagers` of Prometheus. */
  readonly host: string;
  readonly pid: number;
  /** What Prometheus does: tells that these fire, or are over. Rejects with the answer if they are refused. */
  send(alerts: readonly SentAlert[]): Promise<void>;
  /** All alerts that it knows, also those that are inhibited. */
  alerts(): Promise<readonly AlertState[]>;
  /** The value of one of its own metrics, by name and labels; 0 if it is not there. */
  metric(series: string): Promise<number>;
  stop(): Promise<void>;
}

/**
 * Starts it on `folder`/`config`, with the templates beside it. References to secrets are filled in from their files into a private
 * copy. `externalUrl` is what links in notifications begin with.
 */
export async function startAlertmanager({
  folder,
  config = 'alertmanager-0.25.yaml',
  externalUrl = 'https://alertmanager.example.org',
  binary = 'prometheus-alertmanager',
}: {
  folder: string;
  config?: string;
  externalUrl?: string;
  binary?: string;
}): Promise<Alertmanager> {
  const own = privateFolder('alertmanager');
  writeConfig(folder, config, own.path);
  const port = await freePort();
  const host = `127.0.0.1:${port}`;
  const url = `http://${host}`;
  const server = await startServer(
    binary,
    [
      `--config.file=${join(own.path, config)}`,
      `--storage.path=${join(own.path, 'data')}`,
      `--web.listen-address=${host}`,
      `--web.external-url=${externalUrl}`,
      '--web.route-prefix=/',
      '--cluster.listen-address=',
    ],
    async () => (await fetch(`${url}/-/ready`).catch(() => undefined))?.status === 200,
  );
  return {
    url,
    host,
    pid: server.pid,
    async send(alerts) {
      const body = JSON.stringify(alerts);
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(`${url}/api/v2/alerts`, { method: 'POST', headers, body });
      if (!answer.ok) throw new Error(`Alertmanager refused alerts: ${answer.status} ${await answer.text()}`);
    },
    alerts: async () => (await (await fetch(`${url}/api/v2/alerts`)).json()) as AlertState[],
    async metric(series) {
      const lines = (await (await fetch(`${url}/metrics`)).text()).split('\n');
      return Number(lines.find((line) => line.startsWith(`${series} `))?.slice(series.length + 1) ?? 0);
    },
    async stop() {
      await server.stop();
      own.remove();
    },
  };
}

/** Copies configuration and templates, with all secrets filled in, as `plimsoll push` does. Throws an Error with those that are missing. */
export function writeConfig(folder: string, config: string, to: string): void {
  const { source, findings } = readSource(config, readFileSync(join(folder, config), 'utf8'));
  if (source === undefined) throw new Error(`${config}: ${findings.map((f) => f.message).join('; ')}`);
  const readFile = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined);
  const { problems } = resolveSecrets(source, { env: () => undefined, readFile });
  if (problems.length > 0) throw new Error(`${config}: ${problems.map((problem) => problem.message).join('; ')}`);
  writeFileSync(join(to, config), source.doc.toString({ lineWidth: 0 }));
  const templates = join(folder, 'templates');
  if (existsSync(templates)) cpSync(templates, join(to, 'templates'), { recursive: true });
}

/** Runs amtool; gives its exit code, what it answers, and that with its warnings. */
export function amtool(
  args: readonly string[],
  binary = 'amtool',
): { code: number | null; answer: string; output: string } {
  const { status, stdout, stderr, error } = spawnSync(binary, args, { encoding: 'utf8' });
  if (error !== undefined) throw new Error(`${binary}: ${error.message}`);
  return { code: status, answer: stdout.trim(), output: stdout + stderr };
}
