// Changes on a real store: restarts, broken rows, limits, a store that opens late or breaks.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ChangeLog } from '../../src/store/change-log.ts';
import type { Change } from '../../src/store/change-tables.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { privateFolder } from '../services/process.ts';

const START = Date.UTC(2026, 0, 1);
let folder: ReturnType<typeof privateFolder>;
let open: Store[] = [];
beforeEach(() => {
  folder = privateFolder('changes');
});
afterEach(() => {
  close();
  folder.remove();
});
const close = () => {
  for (const store of open.splice(0)) store.close();
};
const store = (): Store => {
  close();
  open = [openStore(folder.path, Number.POSITIVE_INFINITY)];
  return open[0]!;
};
const change = (i: number, more: Partial<Change> = {}): Change => ({
  kind: 'deploy',
  service: 'shop',
  atMs: START + i * 1_000,
  source: 'api',
  text: `v${i}`,
  ...more,
});
const texts = (log: ChangeLog) => [...log.changes].map(({ text }) => text);
/** Runs SQL on the file while nobody has it open. */
function tamper(sql: string): void {
  close();
  const db = new DatabaseSync(join(folder.path, 'plimsoll.db'));
  db.exec(sql);
  db.close();
}

describe('the log of changes', () => {
  it('gives changes, totals and what was kept back after a restart', () => {
    const log = new ChangeLog(store().changes);
    expect(log.total('deploy', 'shop')).toBe(0);
    for (const i of [1, 2, 3]) expect(log.add(change(i, { link: 'https://ci.example.org/', by: 'web' }))).toBe(true);
    log.keep('seen/x', 'y');
    expect(log.flush()).toBeUndefined();
    const again = new ChangeLog(store().changes);
    expect([...again.changes]).toEqual([...log.changes]);
    expect([again.total('deploy', 'shop'), again.total('purge', 'shop'), again.kept('seen/x')]).toEqual([3, 0, 'y']);
  });
  it('begins on a store from before there were changes, and leaves its history alone', () => {
    store().commit({ ticks: [], newSlos: [{ id: 1, name: 'a', createdMs: START }], episodes: new Map() });
    tamper('DROP TABLE change; DROP TABLE kept; DROP TABLE kept_copy');
    const opened = store();
    expect(opened.restored.slos).toMatchObject([{ name: 'a' }]);
    const log = new ChangeLog(opened.changes);
    expect([log.add(change(1)), log.total('deploy', 'shop')]).toEqual([true, 1]);
  });
  it('forgets what it is told to forget', () => {
    const log = new ChangeLog(store().changes);
    log.keep('seen/x', 'y');
    log.flush();
    log.keep('seen/x', undefined);
    expect(log.flush()).toBeUndefined();
    expect(new ChangeLog(store().changes).kept('seen/x')).toBeUndefined();
  });
  it('keeps the newest ones only, and by age; totals go on', () => {
    const log = new ChangeLog(store().changes, 3);
    for (let i = 1; i <= 5; i++) log.add(change(i));
    expect(texts(log)).toEqual(['v3', 'v4', 'v5']);
    log.prune(START + 4_500, 1_000);
    log.add(change(6));
    const again = new ChangeLog(store().changes, 3);
    expect([texts(again), again.total('deploy', 'shop')]).toEqual([['v4', 'v5', 'v6'], 6]);
  });
  it('tells whether a text is another one than before, also before a restart', () => {
    const log = new ChangeLog(store().changes);
    expect([log.keepDigest('spec', 'a'), log.keepDigest('spec', 'a'), log.keepDigest('spec', 'b')]).toEqual([
      false,
      false,
      true,
    ]);
    log.flush();
    const again = new ChangeLog(store().changes);
    expect([again.keepDigest('spec', 'b'), again.keepDigest('spec', 'c')]).toEqual([false, true]);
    expect(again.kept('spec')).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('a broken record', () => {
  const filled = () => {
    const log = new ChangeLog(store().changes);
    for (const i of [1, 2, 3]) log.add(change(i));
  };
  it('of a change costs that one, is counted once, and no total falls', () => {
    filled();
    tamper(`UPDATE change SET body = replace(body, 'v2', 'v9') WHERE id = 2`);
    const { changes } = store();
    const log = new ChangeLog(changes);
    expect([changes.restored.damaged, texts(log), log.total('deploy', 'shop')]).toEqual([1, ['v1', 'v3'], 3]);
    log.add(change(4));
    const again = store().changes;
    expect([again.restored.damaged, texts(new ChangeLog(again))]).toEqual([0, ['v1', 'v3', 'v4']]);
  });
  it.each(['kept', 'kept_copy'])('of a total in %s is counted, and mended from the other copy', (table) => {
    filled();
    tamper(`UPDATE ${table} SET body = '9000'`);
    const { changes } = store();
    expect([changes.restored.damaged, new ChangeLog(changes).total('deploy', 'shop')]).toEqual([1, 3]);
    expect(store().changes.restored.damaged).toBe(0);
    tamper(`DELETE FROM ${table === 'kept' ? 'kept_copy' : 'kept'}`);
    expect(new ChangeLog(store().changes).total('deploy', 'shop')).toBe(3);
  });
  it('of a total in both copies leaves at least the changes that are there', () => {
    filled();
    tamper(`UPDATE kept SET body = '9000'; UPDATE kept_copy SET body = '1'`);
    const { changes } = store();
    expect([changes.restored.damaged, new ChangeLog(changes).total('deploy', 'shop')]).toEqual([2, 3]);
  });
  it('that fits another row is refused there', () => {
    filled();
    tamper(
      'UPDATE change SET body = (SELECT body FROM change WHERE id = 1), crc = (SELECT crc FROM change WHERE id = 1) WHERE id = 2',
    );
    expect(texts(new ChangeLog(store().changes))).toEqual(['v1', 'v3']);
  });
  it('of the file leaves what can be read of it', () => {
    const log = new ChangeLog(store().changes);
    for (let i = 1; i <= 400; i++) log.add(change(i, { text: `v${i} ${'x'.repeat(200)}` }));
    close();
    const path = join(folder.path, 'plimsoll.db');
    const bytes = readFileSync(path);
    bytes.fill(0xff, 80_000, 88_200);
    writeFileSync(path, bytes);
    const opened = store();
    expect(opened.restored.warnings.join()).toContain('was damaged');
    const again = new ChangeLog(opened.changes);
    const found = texts(again).length;
    expect(found).toBeGreaterThan(200);
    expect(found).toBeLessThan(400);
    expect(again.total('deploy', 'shop')).toBe(400);
  });
});

describe('a store that is not there', () => {
  it('hides totals, which nobody knows, and takes everything once it opens', () => {
    const before = new ChangeLog(store().changes);
    before.add(change(1));
    before.keep('seen/x', 'of before');
    before.flush();
    const late = new ChangeLog();
    expect(late.add(change(2))).toBe(false);
    late.add(change(3, { kind: 'purge' }));
    late.keep('seen/x', 'of now');
    late.keep('seen/y', 'of now');
    expect([late.total('deploy', 'shop'), texts(late)]).toEqual([undefined, ['v2', 'v3']]);
    expect(late.useStore(store().changes)).toBe(0);
    expect([late.total('deploy', 'shop'), texts(late)]).toEqual([1, ['v1', 'v2', 'v3']]);
    expect(late.flush()).toBeUndefined();
    expect([late.total('deploy', 'shop'), late.total('purge', 'shop')]).toEqual([2, 1]);
    const again = new ChangeLog(store().changes);
    expect([again.kept('seen/x'), again.kept('seen/y'), texts(again)]).toEqual([
      'of before',
      'of now',
      ['v1', 'v2', 'v3'],
    ]);
  });
  it('stops totals while it cannot be written, and nothing is lost', () => {
    const real = store().changes;
    let fault = '';
    const log = new ChangeLog({
      ...real,
      commit(batch) {
        if (fault !== '') throw new Error(fault);
        real.commit(batch);
      },
    });
    log.add(change(1));
    fault = 'database or disk is full';
    expect([log.add(change(2)), log.total('deploy', 'shop'), texts(log)]).toEqual([false, 1, ['v1', 'v2']]);
    expect(log.flush()?.message).toBe(fault);
    fault = '';
    expect([log.flush(), log.total('deploy', 'shop')]).toEqual([undefined, 2]);
    expect(texts(new ChangeLog(store().changes))).toEqual(['v1', 'v2']);
  });
  it('is written anew with everything when the file had to be replaced', () => {
    const log = new ChangeLog(store().changes);
    for (const i of [1, 2]) log.add(change(i));
    log.keep('seen/x', 'y');
    log.prune(START + 1_500, 0);
    log.flush();
    close();
    expect(log.add(change(3))).toBe(false);
    folder.remove();
    folder = privateFolder('changes');
    log.useStore(store().changes);
    expect([log.flush(), log.total('deploy', 'shop')]).toEqual([undefined, 3]);
    const again = new ChangeLog(store().changes);
    expect([texts(again), again.total('deploy', 'shop'), again.kept('seen/x')]).toEqual([['v2', 'v3'], 3, 'y']);
  });
});
