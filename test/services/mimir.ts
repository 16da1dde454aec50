// A private Mimir as one process: ruler and Alertmanager with their config APIs, files as its object storage, loopback only.
// The binary is built by test/platform/tools.ts.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, privateFolder, startServer } from './process.ts';

export interface Mimir {
  readonly url: string;
  stop(): Promise<void>;
}

const RINGS = [
  'ingester.ring',
  'distributor.ring',
  'compactor.ring',
  'querier.ring',
  'query-scheduler.ring',
  'ruler.ring',
  'store-gateway.sharding-ring',
  'alertmanager.sharding-ring',
];

/** Starts it with tenants (X-Scope-OrgID is needed). `more`: further flags. */
export async function startMimir(binary: string, more: readonly string[] = []): Promise<Mimir> {
  const folder = privateFolder('mimir');
  const [port, grpc, gossip] = [await freePort(), await freePort(), await freePort()];
  for (const dir of ['rules', 'alerts', 'blocks', 'ruler', 'alertmanager', 'tsdb', 'compactor'])
    mkdirSync(join(folder.path, dir));
  const fallback = join(folder.path, 'fallback.yml');
  writeFileSync(fallback, 'route: { receiver: none }\nreceivers: [{ name: none }]\n');
  const at = (dir: string) => join(folder.path, dir);
  // Hash rings in the memory of the one process, instead of gossip.
  const ring = (name: string) => [`-${name}.store=inmemory`, `-${name}.instance-addr=127.0.0.1`];
  const url = `http://127.0.0.1:${port}`;
  const server = await startServer(
    binary,
    [
      '-target=all,alertmanager',
      '-server.http-listen-address=127.0.0.1',
      `-server.http-listen-port=${port}`,
      '-server.grpc-listen-address=127.0.0.1',
      `-server.grpc-listen-port=${grpc}`,
      '-memberlist.bind-addr=127.0.0.1',
      `-memberlist.bind-port=${gossip}`,
      '-usage-stats.enabled=false',
      '-ingest-storage.enabled=false',
      '-log.level=warn',
      '-activity-tracker.filepath=',
      '-common.storage.backend=filesystem',
      `-blocks-storage.filesystem.dir=${at('blocks')}`,
      `-blocks-storage.tsdb.dir=${at('tsdb')}`,
      `-blocks-storage.bucket-store.sync-dir=${at('tsdb-sync')}`,
      `-compactor.data-dir=${at('compactor')}`,
      `-ruler-storage.filesystem.dir=${at('rules')}`,
      `-ruler.rule-path=${at('ruler')}`,
      `-alertmanager-storage.filesystem.dir=${at('alerts')}`,
      `-alertmanager.storage.path=${at('alertmanager')}`,
      `-alertmanager.configs.fallback=${fallback}`,
      `-alertmanager.web.external-url=${url}/alertmanager`,
      // Ready at once: nobody has to hand over to it.
      '-ingester.ring.min-ready-duration=0s',
      '-ingester.ring.replication-factor=1',
      '-alertmanager.sharding-ring.replication-factor=1',
      '-store-gateway.sharding-ring.replication-factor=1',
      // Rules that were set are evaluated within seconds.
      '-ruler.outbound-sync-queue-poll-interval=500ms',
      '-ruler.inbound-sync-queue-poll-interval=500ms',
      ...RINGS.flatMap(ring),
      ...more,
    ],
    async () => (await fetch(`${url}/ready`).catch(() => undefined))?.status === 200,
  );
  return {
    url,
    async stop() {
      await server.stop();
      folder.remove();
    },
  };
}
