import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Changes } from '../../src/engine/changes.ts';
import { Engine } from '../../src/engine/engine.ts';
import { Keeper, tryOpen } from '../../src/engine/keeper.ts';
import { OwnMetrics } from '../../src/metrics/own.ts';
import { ChangeLog } from '../../src/store/change-log.ts';
import { Ledger } from '../../src/store/ledger.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { privateFolder } from '../services/process.ts';
import { validSpec } from '../spec/specs.ts';

const START = Date.UTC(2026, 0, 1);
const SPEC = `targets: [{ name: shop, kind: http, url: "http://shop.example.org/", interval: 1s, timeout: 500ms }]
slos: [{ name: up, service: s, team: t, objective: 99%, window: 30d, sli: { kind: probe, target: shop } }]
`;
let folder: ReturnType<typeof privateFolder>;
let keeper: Keeper;
beforeEach(() => {
  folder = privateFolder('keeper');
});
afterEach(() => {
  keeper.close();
  folder.remove();
});

/** A keeper on a real store in a folder, whose commits and prunes fail with what `fault` says. */
function keep(fault: { commit?: string; prune?: string; open?: string; clockMs?: number }) {
  const spec = validSpec(SPEC);
  const said: string[] = [];
  const log = {
    info: (text: string) => said.push(text),
    warn: (text: string) => said.push(text),
    error: (facts: object, text: string) => said.push(`${JSON.stringify(facts)} ${text}`),
  };
  const fails = (text: string | undefined) => {
    if (text !== undefined) throw new Error(text);
  };
  const open = (): Store => {
    fails(fault.open);
    const real = openStore(folder.path, Number.POSITIVE_INFINITY);
    return {
      ...real,
      commit(batch) {
        fails(fault.commit);
        real.commit(batch);
      },
      prune(...args) {
        fails(fault.prune);
        real.prune(...args);
      },
    };
  };
  let elapsedMs = 0;
  const own = new OwnMetrics();
  const opened = tryOpen(open, log);
  const engine = new Engine(spec, {
    ledger: new Ledger(opened instanceof Error ? undefined : opened),
    own,
    now: () => START + elapsedMs + (fault.clockMs ?? 0),
  });
  const changes = new Changes(spec, {
    changeLog: new ChangeLog(opened instanceof Error ? undefined : opened.changes),
    log: { info: () => {} },
    now: () => START + elapsedMs,
  });
  keeper = new Keeper(opened, {
    isClockSet: () => true,
    engine,
    changes,
    own,
    log,
    openStore: open,
    now: () => START + elapsedMs + (fault.clockMs ?? 0),
    monotonicMs: () => elapsedMs,
  });
  const tick = () => {
    elapsedMs += 1_000;
    engine.onMissed(spec.targets[0]!, 'late');
    keeper.tick();
  };
  const counted = () => engine.entry('up')!.acknowledged?.unmeasured;
  return { tick, counted, said, changes, own };
}

describe('the keeper of the history', () => {
  it('moves a file that broke while it was open aside, and writes what it knows to a new one', () => {
    const fault: { commit?: string } = {};
    const { tick, counted, said } = keep(fault);
    for (let i = 0; i < 6; i++) tick();
    expect(counted()).toBe(6);
    fault.commit = 'database disk image is malformed';
    tick();
    writeFileSync(join(folder.path, 'plimsoll.db'), 'no database any more'.repeat(500));
    delete fault.commit;
    tick();
    expect(counted()).toBe(8);
    expect(said.join('\n')).toMatch(/malformed[\s\S]*was damaged[\s\S]*takes commits again/);
    keeper.close();
    const again = openStore(folder.path, Number.POSITIVE_INFINITY);
    expect(again.restored.slos).toMatchObject([{ name: 'up', createdMs: START }]);
    expect(again.restored.last!.totals.get(again.restored.slos[0]!.id)!.unmeasured).toBe(8);
    again.close();
  });
  it('drops no history because of a clock that runs ahead: rows get old by the time that was lived', () => {
    const fault: { clockMs?: number } = {};
    const first = keep(fault);
    for (let i = 0; i < 20; i++) first.tick();
    keeper.close();
    fault.clockMs = 200 * 86_400_000;
    const second = keep(fault);
    for (let i = 0; i < 3; i++) second.tick();
    keeper.close();
    const again = openStore(folder.path, START + 86_400_000);
    let rows = 0;
    again.replay(() => {
      rows += 1;
    });
    expect(rows).toBe(20);
    again.close();
  });
  it('writes changes that could not be written, forgets those beyond the retention, and counts broken ones', async () => {
    const fault: { commit?: string } = {};
    const { tick, changes } = keep(fault);
    const told = { kind: 'deploy', service: 's' } as const;
    expect(changes.tell({ ...told, atMs: START, text: 'new' }).isStored).toBe(true);
    expect(changes.tell({ ...told, atMs: START - 400 * 86_400_000, text: 'old' }).isStored).toBe(true);
    tick();
    expect(changes.list({ from: 0 }).changes.map(({ text }) => text)).toEqual(['new']);
    tick();
    keeper.close();
    const db = new DatabaseSync(join(folder.path, 'plimsoll.db'));
    expect(db.prepare('SELECT count(*) AS n FROM change').get()).toEqual({ n: 1 });
    db.exec("UPDATE change SET body = 'broken'");
    db.close();
    const again = keep({});
    const damaged = (await again.own.families()).find(({ name }) => name === 'plimsoll_store_damaged_records_total')!;
    expect([...damaged.samples].map(({ value }) => value)).toEqual([1]);
    expect(
      [...again.changes.families()].flatMap(({ samples }) => [...samples]).filter(({ value }) => value > 0),
    ).toEqual([{ start: 'change_events_total{kind="deploy",service="s"} ', value: 2 }]);
  });
  it('goes on when old rows cannot be thinned out, and says it', () => {
    const { tick, counted, said } = keep({ prune: 'disk I/O error' });
    tick();
    tick();
    expect(counted()).toBe(2);
    expect(said.join('\n')).toContain('disk I/O error');
  });
  it('tries every 5 s to open a store that could not be opened, says so once, and counts on', () => {
    const fault: { open?: string } = { open: 'unable to open database file' };
    const { tick, counted, said } = keep(fault);
    for (let i = 0; i < 4; i++) tick();
    delete fault.open;
    expect(counted()).toBeUndefined();
    tick();
    expect(counted()).toBe(5);
    expect(said.filter((line) => line.includes('unable to open'))).toHaveLength(1);
  });
});
