// The exporter in this process, with a real store and its log kept, for faults that are put in from inside. Never fakes what it serves.
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import pino from 'pino';
import { buildExporter, type Exporter } from '../../src/exporter.ts';
import type { Access } from '../../src/http/server.ts';
import { idsOnly } from '../../src/probe/trace-port.ts';
import type { Spec } from '../../src/spec/spec.ts';
import { openStore } from '../../src/store/store.ts';
import { privateFolder } from '../services/process.ts';

export interface Inside {
  readonly exporter: Exporter;
  readonly url: string;
  readonly port: number;
  /** Everything it logged so far. */
  log(): string;
  metrics(): Promise<string>;
  /** The value of a series by its exact name and labels; undefined if it is not there. */
  metric(series: string): Promise<number | undefined>;
  stop(): Promise<void>;
}

/** Builds it, listens on a free port and starts. */
export async function startInside(spec: Spec, access: Access = {}): Promise<Inside> {
  const folder = privateFolder('inside');
  let log = '';
  const write = (line: string) => {
    log += line;
  };
  const exporter = await buildExporter(spec, {
    version: 'test',
    log: pino({ level: 'info' }, { write }),
    tracer: idsOnly,
    openStore: () => openStore(join(folder.path, 'data'), Number.POSITIVE_INFINITY),
    access,
  });
  await exporter.app.listen({ host: '127.0.0.1', port: 0 });
  exporter.start();
  const { port } = exporter.app.server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const authorization = access.token === undefined ? {} : { authorization: `Bearer ${access.token}` };
  const metrics = async () => (await fetch(`${url}/metrics`, { headers: authorization })).text();
  return {
    exporter,
    url,
    port,
    log: () => log,
    metrics,
    async metric(series) {
      const line = (await metrics()).split('\n').find((l) => l.startsWith(`${series} `));
      return line === undefined ? undefined : Number(line.slice(series.length + 1));
    },
    async stop() {
      await exporter.stop();
      folder.remove();
    },
  };
}
