// Boards into a Grafana and back: what is shown, what is changed, what is kept; and two folders compared for a review.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { privateFolder } from '../services/process.ts';
import { type FakeGrafana, startFakeGrafana } from './push-fake-grafana.ts';
import { type Ended, plimsoll } from './push-run.ts';

const board = (name: string, description = 'One.') => ({
  uid: `plimsoll-${name}`,
  title: name,
  description,
  tags: ['plimsoll'],
  panels: [],
});
const folder = privateFolder('push-dashboards');
let grafana: FakeGrafana;
const at = (...parts: string[]) => join(folder.path, ...parts);
const write = (name: string, ...boards: { uid: string }[]) => {
  mkdirSync(at(name), { recursive: true });
  for (const one of boards) writeFileSync(at(name, `${one.uid}.json`), JSON.stringify(one));
  return at(name);
};
const run = (...args: string[]): Promise<Ended> => plimsoll(folder.path, ...args, '--token-file', at('token'));

beforeEach(async () => {
  grafana?.stop();
  grafana = await startFakeGrafana('secret-token');
  writeFileSync(at('token'), 'secret-token\n');
});
afterAll(() => {
  grafana.stop();
  folder.remove();
});

it('shows what would change, changes it with --yes, and then has nothing to do', async () => {
  const from = write('first', board('a'), board('b'));
  const dry = await run('push', 'dashboards', grafana.url, '--from', from);
  expect(dry).toEqual({
    code: 0,
    out: `board a: is new, 0 panels\nboard b: is new, 0 panels\n${grafana.url}: 2 boards to set, 0 to delete, 0 stay. Nothing was changed; --yes does it\n`,
  });
  expect(grafana.changes).toEqual([]);
  const done = await run('push', 'dashboards', grafana.url, '--from', from, '--yes');
  expect([done.code, done.out]).toEqual([0, expect.stringContaining('2 boards set, 0 deleted')]);
  expect([...grafana.folders]).toEqual([['plimsoll', 'Plimsoll']]);
  expect((await run('push', 'dashboards', grafana.url, '--from', from)).out).toContain('nothing to do');
  expect(await run('diff', '--against', 'grafana', grafana.url, '--from', from)).toMatchObject({ code: 0 });
});

it('touches only what differs and is ours, keeps what it replaces, and goes back with it', async () => {
  await run('push', 'dashboards', grafana.url, '--from', write('old', board('a'), board('b'), board('c')), '--yes');
  grafana.boards.set('theirs', { uid: 'theirs', title: 'Theirs' });
  grafana.changes.length = 0;
  const next = write('next', board('a'), board('b', 'Two.'));
  const kept = at('kept');
  const done = await run('push', 'dashboards', grafana.url, '--from', next, '--keep', kept, '--yes');
  expect([done.code, done.out]).toEqual([0, expect.stringContaining('board b: description One. to Two.')]);
  expect(grafana.changes).toEqual(['POST /api/dashboards/db', 'DELETE /api/dashboards/uid/plimsoll-c']);
  expect([...grafana.boards.keys()].sort()).toEqual(['plimsoll-a', 'plimsoll-b', 'theirs']);
  const [file] = readdirSync(kept);
  expect(done.out).toContain(`--from ${join(kept, file!)} --yes`);
  expect(readFileSync(join(kept, file!), 'utf8')).not.toContain('secret-token');
  const back = await run('push', 'dashboards', grafana.url, '--from', join(kept, file!), '--keep', kept, '--yes');
  expect([back.code, back.out]).toEqual([0, expect.stringContaining('2 boards set, 0 deleted')]);
  expect(grafana.boards.get('plimsoll-b')).toMatchObject({ description: 'One.' });
});

it('says what to do about a board that comes from files, a token that is refused, and a server that is no Grafana', async () => {
  const from = write('first', board('a'));
  grafana.provisioned.add('plimsoll-a');
  const refused = await run('push', 'dashboards', grafana.url, '--from', from, '--yes');
  expect([refused.code, refused.out]).toEqual([
    1,
    expect.stringContaining('it is provisioned from files: change the files there'),
  ]);
  writeFileSync(at('token'), 'wrong\n');
  const unknown = await run('diff', '--against', 'grafana', grafana.url, '--from', from);
  expect([unknown.code, unknown.out]).toEqual([4, expect.stringContaining('it does not take this token')]);
  writeFileSync(at('token'), 'secret-token\n');
  const other = await run('diff', '--against', 'grafana', `${grafana.url}/mimir`, '--from', from);
  expect([other.code, other.out]).toEqual([4, expect.stringContaining('is this the URL of Grafana?')]);
});

it.each([
  ['no folder', ['push', 'dashboards', 'http://127.0.0.1:1', '--from', 'nowhere'], 2, 'no such file'],
  [
    'a folder without boards',
    ['push', 'dashboards', 'http://127.0.0.1:1', '--from', '.'],
    2,
    'npm run dashboards writes them',
  ],
  [
    'a file that is no board',
    ['push', 'dashboards', 'http://127.0.0.1:1', '--from', 'token'],
    3,
    'is no board of ours',
  ],
  ['nobody there', ['push', 'dashboards', 'http://127.0.0.1:1', '--from', 'first'], 4, 'cannot reach'],
  ['two things at once', ['diff', '--boards', 'a', 'b', '--against', 'http://h:1'], 2, 'use one of them'],
  ['one folder', ['diff', '--boards', 'first'], 2, 'two folders or files, the old one first'],
  ['two URLs', ['diff', '--against', 'http://h:1', 'http://h:2'], 2, 'one URL, or grafana and one URL'],
])('refuses %s', async (_, args, code, words) => {
  write('first', board('a'));
  const ended = await run(...args);
  expect([ended.code, ended.out]).toEqual([code, expect.stringContaining(words)]);
  expect(ended.out).not.toMatch(/ at .*\.ts:\d/);
});

it('compares two folders for a review', async () => {
  const [old, next] = [write('one', board('a')), write('two', board('a', 'Two.'))];
  expect(await run('diff', '--boards', old, old)).toMatchObject({ code: 0 });
  expect(await run('diff', '--boards', old, next)).toEqual({
    code: 1,
    out: `board a: description One. to Two.\n1 difference (${old} -> ${next})\n`,
  });
});
