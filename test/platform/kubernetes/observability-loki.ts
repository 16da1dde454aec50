// A Loki with the configuration of its release. The part that the chart makes of its values is here; what it only adds (gossip, gRPC) is not.

import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { KUBERNETES } from '../../../infra/kubernetes/environments.ts';
import { freePort, privateFolder, startServer } from '../../services/process.ts';
import { toolPath } from '../tools.ts';
import type { Anything } from './observability.ts';

export const RULES = join(KUBERNETES, 'observability/loki/rules');

/** Values of the chart (below `loki`) as Loki's own file. */
export function lokiConfig({
  auth_enabled,
  storage,
  schemaConfig,
  limits_config,
  compactor,
  rulerConfig,
  analytics,
}: Anything) {
  const { endpoint, region, accessKeyId, secretAccessKey, s3ForcePathStyle } = storage.s3;
  const s3 = {
    endpoint,
    region,
    bucketnames: storage.bucketNames.chunks,
    access_key_id: accessKeyId,
    secret_access_key: secretAccessKey,
    s3forcepathstyle: s3ForcePathStyle,
  };
  return {
    auth_enabled,
    common: { path_prefix: '/var/loki', replication_factor: 3, storage: { s3 } },
    schema_config: schemaConfig,
    limits_config,
    compactor,
    ruler: rulerConfig,
    analytics,
  };
}

export interface Loki {
  readonly url: string;
  stop(): Promise<void>;
}

/** One process on loopback with the rules of the platform for the tenant `platform`, and files in place of object storage. */
export async function startLoki(values: Anything): Promise<Loki> {
  const folder = privateFolder('loki');
  const at = (path: string) => join(folder.path, path);
  const [port, grpc] = [await freePort(), await freePort()];
  mkdirSync(at('rules/platform'), { recursive: true });
  cpSync(RULES, at('rules/platform'), { recursive: true });
  const config = lokiConfig(values);
  const local = {
    ...config,
    server: {
      http_listen_address: '127.0.0.1',
      http_listen_port: port,
      grpc_listen_address: '127.0.0.1',
      grpc_listen_port: grpc,
      log_level: 'warn',
    },
    common: {
      path_prefix: folder.path,
      replication_factor: 1,
      instance_addr: '127.0.0.1',
      ring: { kvstore: { store: 'inmemory' } },
      storage: { filesystem: { chunks_directory: at('chunks'), rules_directory: at('unused') } },
    },
    schema_config: {
      configs: config.schema_config.configs.map((one: Anything) => ({ ...one, object_store: 'filesystem' })),
    },
    compactor: { ...config.compactor, delete_request_store: 'filesystem', working_directory: at('compactor') },
    ruler: {
      ...config.ruler,
      storage: { type: 'local', local: { directory: at('rules') } },
      rule_path: at('rule-files'),
      alertmanager_url: '',
      enable_alertmanager_discovery: false,
      poll_interval: '1s',
    },
  };
  writeFileSync(at('loki.yaml'), stringify(local));
  const url = `http://127.0.0.1:${port}`;
  const server = await startServer(
    toolPath('loki'),
    [`-config.file=${at('loki.yaml')}`, '-target=all', '-ingester.min-ready-duration=0s'],
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
