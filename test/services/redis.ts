// A private Redis without persistence, or a replica of one.
import { Redis } from 'ioredis';
import { freePort, listens, privateFolder, type Server, startServer } from './process.ts';

export interface RedisServer {
  readonly port: number;
  /** Where it saves its data. */
  readonly folder: string;
  command(name: string, ...args: (string | number)[]): Promise<unknown>;
  stop(): Promise<void>;
  start(): Promise<void>;
  pause(): void;
  resume(): void;
  remove(): Promise<void>;
}

export async function startRedis({
  replicaOf,
  args = [],
  password,
}: {
  replicaOf?: RedisServer;
  args?: readonly string[];
  password?: string;
} = {}): Promise<RedisServer> {
  const folder = privateFolder('redis');
  const port = await freePort();
  const options = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--dir',
    folder.path,
    '--save',
    '',
    '--appendonly',
    'no',
    '--repl-diskless-sync-delay',
    '0',
    ...args,
  ];
  if (replicaOf !== undefined) options.push('--replicaof', '127.0.0.1', String(replicaOf.port));
  if (password !== undefined) options.push('--requirepass', password);
  let server: Server | undefined;
  const start = async () => {
    server = await startServer('redis-server', options, () => listens(port));
  };
  await start();
  const stop = async () => server?.stop();
  return {
    port,
    folder: folder.path,
    async command(name, ...list) {
      const client = new Redis({
        host: '127.0.0.1',
        port,
        lazyConnect: true,
        enableReadyCheck: false,
        ...(password !== undefined && { password }),
      });
      client.on('error', () => {});
      try {
        await client.connect();
        return await client.call(name, ...list);
      } finally {
        client.disconnect();
      }
    },
    stop,
    start,
    pause: () => server?.pause(),
    resume: () => server?.resume(),
    async remove() {
      await stop();
      folder.remove();
    },
  };
}
