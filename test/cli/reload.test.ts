// A change that comes while the exporter is still starting: it is taken over as soon as there is something to take it.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pino from 'pino';
import { afterAll, expect, it } from 'vitest';
import { KnownSecrets } from '../../src/cli/known-secrets.ts';
import { accessOf, reloading } from '../../src/cli/reload.ts';
import { loadSpec } from '../../src/files/load-spec.ts';
import { privateFolder } from '../services/process.ts';
import { validSpec } from '../spec/specs.ts';

const folder = privateFolder('reload-early');
afterAll(() => folder.remove());
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

it.each([
  ['seen before the exporter is ready', 1_000],
  ['not yet seen then', 0],
])('a token that is rotated during the start, %s, is in force soon after it', async (_name, startMs) => {
  const config = join(folder.path, 'plimsoll.yaml');
  writeFileSync(config, 'exporter: { tokenFile: token }\n');
  writeFileSync(join(folder.path, 'token'), 'old');
  const first = loadSpec([config]);
  const tokens: (string | undefined)[] = [];
  const reloads = reloading(first, [config], new KnownSecrets(), pino({ level: 'silent' }));
  writeFileSync(join(folder.path, 'token'), 'new');
  await wait(startMs);
  expect(tokens).toEqual([]);
  reloads.into({ load: (_spec, access) => tokens.push(access.token), loadFailed: () => tokens.push('failed') });
  for (let i = 0; i < 100 && tokens.length === 0; i++) await wait(50);
  expect(tokens).toEqual(['new']);
});

it('reads both tokens, and neither is seen in the log any more', () => {
  writeFileSync(join(folder.path, 'scrape'), 'scrape-token\n');
  writeFileSync(join(folder.path, 'events'), 'events-token\n');
  const exporter = { tokenFile: join(folder.path, 'scrape'), eventsTokenFile: join(folder.path, 'events') };
  const secrets = new KnownSecrets();
  expect(accessOf(validSpec({ exporter }), [], secrets)).toEqual({
    token: 'scrape-token',
    eventsToken: 'events-token',
  });
  expect(secrets.redact('scrape-token events-token')).toBe('[secret] [secret]');
  writeFileSync(exporter.eventsTokenFile, '\n');
  expect(() => accessOf(validSpec({ exporter }), [], secrets)).toThrow(
    /exporter\.eventsTokenFile: .* is empty; write the token/,
  );
});
