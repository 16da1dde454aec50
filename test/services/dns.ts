// A private authoritative name server (Knot) for plimsoll.test.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, listens, privateFolder, startServer } from './process.ts';

export interface Dns {
  readonly port: number;
  stop(): Promise<void>;
}

/** Serves plimsoll.test with the given SOA serial. */
export async function startDns(serial: number): Promise<Dns> {
  const folder = privateFolder('dns');
  const port = await freePort();
  for (const dir of ['run', 'db']) mkdirSync(join(folder.path, dir));
  writeFileSync(
    join(folder.path, 'plimsoll.test.zone'),
    `$TTL 60
@ SOA ns hostmaster ${serial} 3600 600 86400 60
@ NS ns
ns A 127.0.0.1
shop A 192.0.2.10
shop A 192.0.2.11
www CNAME shop
text TXT "only text"
`,
  );
  writeFileSync(
    join(folder.path, 'knot.conf'),
    `server:
  rundir: ${folder.path}/run
  listen: 127.0.0.1@${port}
database:
  storage: ${folder.path}/db
log:
  - target: stderr
    any: warning
zone:
  - domain: plimsoll.test
    storage: ${folder.path}
    file: plimsoll.test.zone
    zonefile-load: whole
    journal-content: none
`,
  );
  const server = await startServer('knotd', ['-c', join(folder.path, 'knot.conf')], () => listens(port));
  return {
    port,
    async stop() {
      await server.stop();
      folder.remove();
    },
  };
}
