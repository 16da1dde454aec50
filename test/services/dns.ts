// A private authoritative name server (Knot) for plimsoll.test, a zone below it, one under co.uk, and one that it cannot load.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, listens, privateFolder, startServer } from './process.ts';

export interface Dns {
  readonly port: number;
  stop(): Promise<void>;
}

const head = (serial: number) => `$TTL 60\n@ SOA ns hostmaster ${serial} 3600 600 86400 60\n@ NS ns\nns A 127.0.0.1\n`;
const MANY = Array.from({ length: 120 }, (_, i) => `many A 198.51.100.${i + 1}`).join('\n');
const ZONES: Readonly<Record<string, string>> = {
  'plimsoll.test': `shop A 192.0.2.10\nshop A 192.0.2.11\nwww CNAME shop\ntext TXT "only text"\nmail MX 10 mx\n${MANY}\n`,
  'eu.plimsoll.test': 'shop A 192.0.2.20\n',
  'example.co.uk': 'shop A 192.0.2.30\nwww.deep A 192.0.2.31\n',
};

/** Serves the zones with the given SOA serial; broken.test is configured, but has no zone file: SERVFAIL. */
export async function startDns(serial: number): Promise<Dns> {
  const folder = privateFolder('dns');
  const port = await freePort();
  for (const dir of ['run', 'db']) mkdirSync(join(folder.path, dir));
  for (const [zone, records] of Object.entries(ZONES))
    writeFileSync(join(folder.path, `${zone}.zone`), head(serial) + records);
  const zones = [...Object.keys(ZONES), 'broken.test'].map(
    (zone) => `  - domain: ${zone}
    storage: ${folder.path}
    file: ${zone}.zone
    zonefile-load: whole
    journal-content: none
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
${zones.join('')}`,
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
