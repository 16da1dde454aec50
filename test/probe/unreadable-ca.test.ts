// Authorities that cannot be read are found before anything is connected to: else each run would leave a connection behind.
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { run } from './run.ts';

let connections = 0;
const server = createServer((socket) => {
  connections += 1;
  socket.on('error', () => {});
});
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => server.close());

it.each([
  ['http', 'https', {}],
  ['wordpress', 'https', { steps: ['front', 'rest'] }],
  ['tls', 'tls', {}],
  ['mariadb', 'mysql', { tls: 'verify', steps: ['read'] }],
  ['redis', 'rediss', { steps: ['read'] }],
])('a target of the kind %s is not connected to', async (kind, scheme, settings) => {
  const { port } = server.address() as AddressInfo;
  const url = `${scheme}://127.0.0.1:${port}`;
  const { steps } = await run({ kind, url, ca: '/nowhere/ca.pem', timeout: '500ms', ...settings });
  expect(new Set(steps.map(({ outcome }) => outcome))).toEqual(new Set(['ca_unreadable']));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(connections).toBe(0);
});
