// Rules, boards and questions about a spec need no secret: a pipeline has none. The exporter, and check, do.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { privateFolder } from '../services/process.ts';
import { plimsoll } from './push-run.ts';

const folder = privateFolder('without-secrets');
afterAll(() => folder.remove());
writeFileSync(
  join(folder.path, 's.yaml'),
  `targets:
  - { name: db, kind: mariadb, url: "mysql://u@127.0.0.1:3306/x", password: "\${file:/nowhere/db}" }
slos:
  - { name: writes, service: shop, team: web, objective: 99.9%, window: 30d, sli: { kind: probe, target: db, steps: [write] } }
exporter: { eventsTokenFile: /nowhere/token }
`,
);

it.each([
  [['generate', 'alerts', '--config', 's.yaml', '--out', 'out'], 0],
  [['simulate', '--config', 's.yaml', '--outage', '20m@100%'], 0],
  [['diff', '--spec', 's.yaml', 's.yaml'], 0],
  [['check', '--no-secrets', 's.yaml'], 0],
  [['check', 's.yaml'], 3],
])('%j exits with %i', async (args, code) => {
  const ended = await plimsoll(folder.path, ...args);
  expect([ended.code, ended.out]).toEqual([code, expect.anything()]);
  expect(ended.out.includes('secret-missing')).toBe(code === 3);
});
