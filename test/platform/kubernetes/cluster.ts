// A Kubernetes API on loopback: etcd and the API server, on demand the scheduler and the controllers too. Never a kubelet: nothing runs
// in it. Keys, tokens and data are thrown away with it.
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { makeCa } from '../../services/ca.ts';
import { freePort, listens, privateFolder, type Server, startServer } from '../../services/process.ts';
import { toolPath } from '../tools.ts';

/** What kubectl said. */
export interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** What the API server answered. */
export interface Reply {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: each kind has fields of its own, and the test says which
  readonly body: any;
}

export interface Cluster {
  /** Runs kubectl as the administrator; `input` is what it reads with `-f -`. */
  kubectl(args: readonly string[], input?: string): Promise<Said>;
  /** One request as the administrator. A body of PATCH is a strategic merge patch. */
  call(method: string, path: string, body?: object): Promise<Reply>;
  /** Starts scheduler and controller-manager, without those controllers that judge nodes by their kubelet. */
  startControllers(): Promise<void>;
  /** Ends everything that was started here, and deletes its folder. */
  stop(): Promise<void>;
}

/** Users by their tokens: name, and groups. The controllers use the administrator's rights, as they share one account here. */
const USERS = {
  admin: ['admin', 'system:masters'],
  scheduler: ['system:kube-scheduler', ''],
  controllers: ['system:kube-controller-manager', 'system:masters'],
} as const;
type User = keyof typeof USERS;
/** No kubelet writes heartbeats: after a minute these two would take every node for lost. */
const CONTROLLERS = '*,-node-lifecycle-controller,-node-ipam-controller';

interface Files {
  readonly folder: string;
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  readonly accountKey: string;
  readonly tokens: string;
}

/** An API server that is ready; rejects with the end of its output if it does not get so. */
export async function startCluster(): Promise<Cluster> {
  const folder = privateFolder('kubernetes');
  const files = writeFiles(folder.path);
  const servers: Server[] = [];
  const agent = new Agent({ keepAlive: true, ca: readFileSync(files.ca) });
  const stop = async () => {
    // The newest first: the API server waits long for an etcd that is gone.
    for (const server of servers.reverse()) await server.stop();
    agent.destroy();
    folder.remove();
  };
  const port = await freePort();
  const call: Cluster['call'] = (method, path, body) => callApi(agent, port, method, path, body);
  try {
    const etcd = await startEtcd(folder.path);
    servers.push(etcd.server);
    const ready = async () => (await call('GET', '/readyz').catch(() => ({ status: 0 }))).status === 200;
    servers.push(await startServer(toolPath('kube-apiserver'), apiServerArgs(files, port, etcd.port), ready));
  } catch (error) {
    await stop();
    throw error;
  }
  for (const user of Object.keys(USERS) as User[]) writeKubeconfig(files, user, port);
  return {
    call,
    stop,
    kubectl: (args, input) => runKubectl(folder.path, args, input),
    async startControllers() {
      servers.push(await startScheduler(files), await startControllerManager(files));
    },
  };
}

function writeFiles(folder: string): Files {
  const ca = makeCa(folder);
  const { cert, key } = ca.issue('server', ['127.0.0.1', 'kubernetes.default.svc']);
  const accountKey = join(folder, 'accounts.key');
  execFileSync('openssl', ['genrsa', '-out', accountKey, '2048'], { stdio: 'pipe' });
  const tokens = join(folder, 'tokens.csv');
  // Token, name, id, groups: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#static-token-file
  const lines = Object.entries(USERS).map(([user, [name, group]]) => `${user}-token,${name},${user},"${group}"`);
  writeFileSync(tokens, `${lines.join('\n')}\n`, { mode: 0o600 });
  return { folder, ca: ca.cert, cert, key, accountKey, tokens };
}

const kubeconfigOf = (folder: string, user: User): string => join(folder, `${user}.kubeconfig`);

function writeKubeconfig({ folder, ca }: Files, user: User, port: number): void {
  const name = 'test';
  const cluster = { server: `https://127.0.0.1:${port}`, 'certificate-authority': ca };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster }],
    users: [{ name, user: { token: `${user}-token` } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  };
  writeFileSync(kubeconfigOf(folder, user), JSON.stringify(config), { mode: 0o600 });
}

async function startEtcd(folder: string): Promise<{ server: Server; port: number }> {
  const port = await freePort();
  const [client, peer] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${await freePort()}`];
  const args = [
    `--data-dir=${join(folder, 'etcd')}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    '--unsafe-no-fsync',
    '--log-level=error',
  ];
  const healthy = () =>
    fetch(`${client}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
  return { server: await startServer(toolPath('etcd'), args, healthy), port };
}

/** Admission is as it comes: Pod Security, LimitRanger, priorities, default tolerations and the rest are on. */
function apiServerArgs(files: Files, port: number, etcdPort: number): readonly string[] {
  return [
    `--etcd-servers=http://127.0.0.1:${etcdPort}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${port}`,
    `--tls-cert-file=${files.cert}`,
    `--tls-private-key-file=${files.key}`,
    `--token-auth-file=${files.tokens}`,
    '--authorization-mode=RBAC',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${files.accountKey}`,
    `--service-account-signing-key-file=${files.accountKey}`,
    '--service-cluster-ip-range=10.96.0.0/16',
    // Else this refuses privileged pods, and not Pod Security, which is what clusters have for that.
    '--allow-privileged=true',
    // A loopback address cannot be an endpoint of the Service kubernetes.
    '--endpoint-reconciler-type=none',
  ];
}

async function startScheduler({ folder, cert, key }: Files): Promise<Server> {
  const port = await freePort();
  const args = [`--kubeconfig=${kubeconfigOf(folder, 'scheduler')}`, ...daemonArgs(port, cert, key)];
  return startServer(toolPath('kube-scheduler'), args, () => listens(port));
}

async function startControllerManager({ folder, ca, cert, key, accountKey }: Files): Promise<Server> {
  const port = await freePort();
  const args = [
    `--kubeconfig=${kubeconfigOf(folder, 'controllers')}`,
    ...daemonArgs(port, cert, key),
    `--root-ca-file=${ca}`,
    `--service-account-private-key-file=${accountKey}`,
    `--controllers=${CONTROLLERS}`,
    // 15 s by default.
    '--horizontal-pod-autoscaler-sync-period=1s',
  ];
  return startServer(toolPath('kube-controller-manager'), args, () => listens(port));
}

const daemonArgs = (port: number, cert: string, key: string): readonly string[] => [
  '--bind-address=127.0.0.1',
  `--secure-port=${port}`,
  `--tls-cert-file=${cert}`,
  `--tls-private-key-file=${key}`,
  '--leader-elect=false',
];

function callApi(agent: Agent, port: number, method: string, path: string, body?: object): Promise<Reply> {
  const type = method === 'PATCH' ? 'application/strategic-merge-patch+json' : 'application/json';
  const text = body === undefined ? '' : JSON.stringify(body);
  // Node does not say by itself how long the body of a DELETE is, and the server would take it for the next request.
  const length = { 'content-type': type, 'content-length': Buffer.byteLength(text) };
  const headers = { authorization: 'Bearer admin-token', ...(body !== undefined && length) };
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method, agent, headers, timeout: 30_000 }, (response) => {
      let answer = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        answer += chunk;
      });
      response.on('end', () => {
        const json = response.headers['content-type']?.startsWith('application/json') === true;
        resolve({ status: response.statusCode ?? 0, body: json ? JSON.parse(answer) : answer });
      });
      response.on('error', reject);
    });
    sent.on('timeout', () => sent.destroy(new Error(`${method} ${path}: no answer within 30 s`)));
    sent.on('error', reject);
    sent.end(text);
  });
}

function runKubectl(folder: string, args: readonly string[], input = ''): Promise<Said> {
  const options = [`--kubeconfig=${kubeconfigOf(folder, 'admin')}`, `--cache-dir=${join(folder, 'cache')}`];
  const child = spawn('kubectl', [...options, ...args], { env: { PATH: process.env.PATH, HOME: folder } });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    out += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    err += chunk;
  });
  child.stdin.on('error', () => {}); // It ended before it had read all: its exit code says so.
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new Error(`kubectl: ${error.message}; it is expected in PATH`)));
    child.once('close', (code) => resolve({ code, out, err }));
  });
}
