// Which change belongs to whom, what is a change of the spec, and what is forgotten with a target.
import { describe, expect, it } from 'vitest';
import { Changes } from '../../src/engine/changes.ts';
import type { Run } from '../../src/probe/runner.ts';
import type { Spec } from '../../src/spec/spec.ts';
import { ChangeLog } from '../../src/store/change-log.ts';
import type { ChangeStore } from '../../src/store/change-tables.ts';
import { validSpec } from '../spec/specs.ts';
import { noChanges } from '../store/no-changes.ts';

const START = Date.UTC(2026, 0, 1);
const database = { name: 'db', kind: 'mariadb', url: 'mysql://u@db.example.org:3306/x', password: 'first' };
const page = { name: 'page', kind: 'http', url: 'http://shop.example.org/' };
const slo = (name: string, service: string, target: string, dependsOn: string[] = []) => ({
  ...{ name, service, team: 't', objective: '99%', window: '30d', dependsOn },
  sli: { kind: 'probe', target },
});
const SLOS = [
  slo('a', 'shop', 'page', ['db']),
  slo('b', 'data', 'db'),
  slo('c', 'data', 'db'),
  slo('d', 'blog', 'page'),
];
const specOf = (change: object = {}): Spec => validSpec({ targets: [database, page], slos: SLOS, ...change });

function changesOn(spec: Spec, store?: ChangeStore) {
  const changeLog = new ChangeLog(store);
  const changes = new Changes(spec, { changeLog, log: { info: () => {} }, now: () => START });
  const wrote = (server: string, settings = spec) => {
    const target = settings.targets.find(({ name }) => name === 'db')!;
    const step = {
      step: 'write',
      outcome: 'ok',
      blame: 'none',
      startMs: 0,
      durationMs: 1,
      phases: {},
      detail: '',
    } as const;
    const run: Run = {
      ...{ target, startedMs: START, atMs: START, durationMs: 1, traceId: '', distorted: false },
      steps: [{ ...step, facts: { server } }],
    };
    changes.onRun(run);
  };
  const told = () => changes.list({}).changes.map(({ kind, service }) => `${kind} ${service}`);
  return { changes, changeLog, wrote, told };
}

describe('a change that was seen', () => {
  it('is told once for each service that counts the target or depends on it', () => {
    const { wrote, changes } = changesOn(specOf(), noChanges);
    for (let i = 0; i < 12; i++) wrote('db-0');
    for (let i = 0; i < 5; i++) wrote('db-1');
    const expected = { kind: 'failover', target: 'db', text: 'writes go to db-1; before: db-0', source: 'exporter' };
    expect(changes.list({}).changes).toEqual(
      ['data', 'shop'].map((service) => ({ ...expected, service, atMs: START })),
    );
  });
  it('is none when the spec leads the target elsewhere, and a target that went is forgotten', () => {
    const { wrote, told, changes, changeLog } = changesOn(specOf(), noChanges);
    for (let i = 0; i < 12; i++) wrote('db-0');
    const moved = specOf({ targets: [{ ...database, url: 'mysql://u@other.example.org:3306/x' }, page] });
    changes.load(moved);
    for (let i = 0; i < 12; i++) wrote('db-1', moved);
    expect(told()).toEqual(['config_reload plimsoll']);
    expect(changeLog.keysBelow('seen/')).toEqual(['seen/failover/db']);
    changes.load(specOf({ targets: [page], slos: [slo('d', 'blog', 'page')] }));
    expect(changeLog.keysBelow('seen/')).toEqual([]);
  });
});

describe('a store that opens late', () => {
  it('says what an earlier process saw, and that is what changes are measured by', () => {
    const earlier = changesOn(specOf(), noChanges);
    for (let i = 0; i < 12; i++) earlier.wrote('db-0');
    const kept = new Map(earlier.changeLog.keysBelow('').map((key) => [key, earlier.changeLog.kept(key)!]));
    const { changes, wrote, told } = changesOn(specOf());
    for (let i = 0; i < 12; i++) wrote('db-1');
    changes.useStore({ ...noChanges, restored: { ...noChanges.restored, kept } });
    expect(told()).toEqual([]);
    for (let i = 0; i < 2; i++) wrote('db-1');
    expect(told()).toEqual(['failover data', 'failover shop']);
  });
});

describe('the spec', () => {
  it('is a change when it says something else, not when a secret was renewed', () => {
    const { changes, told, changeLog } = changesOn(specOf(), noChanges);
    changes.load(specOf());
    changes.load(specOf({ targets: [{ ...database, password: 'second' }, page] }));
    changes.load(specOf({ targets: [{ ...database, url: 'mysql://u:third@db.example.org:3306/x' }, page] }));
    expect(told()).toEqual([]);
    changes.load(specOf({ exporter: { concurrency: 7 } }));
    expect(told()).toEqual(['config_reload plimsoll']);
    expect(changeLog.kept('spec')).toMatch(/^[0-9a-f]{64}$/);
  });
  it('is told with what changed in it, and without its secrets', () => {
    const { changes } = changesOn(specOf(), noChanges);
    const texts = () => changes.list({}).changes.map(({ text }) => text);
    changes.load(
      specOf({
        targets: [{ ...database, password: 'canary', interval: '10s' }, page],
        slos: [...SLOS.slice(0, 2), { ...SLOS[2]!, objective: '95%' }, slo('e', 'blog', 'page')],
        maintenance: [{ from: '2026-01-02T00:00:00Z', for: '1h', reason: 'disks', by: 'web' }],
      }),
    );
    expect(texts()).toEqual([
      'spec reloaded: slos: c changed, e new, d gone; targets: db changed; maintenance changed (targets: 2, SLOs: 4)',
    ]);
    changes.load(specOf({ slos: [...SLOS, ...['f', 'g', 'h', 'i'].map((name) => slo(name, 'blog', 'page'))] }));
    expect(texts()[0]).toContain('spec reloaded: slos: c changed, d new, f new and 4 more; targets: db changed;');
    expect(texts().join()).not.toContain('canary');
  });
  it('of an earlier process is known as soon as the store opens', () => {
    const kept = new Map([['spec', 'of another spec']]);
    const { changes, told } = changesOn(specOf());
    expect(told()).toEqual([]);
    changes.useStore({ ...noChanges, restored: { ...noChanges.restored, kept } });
    expect(told()).toEqual(['config_reload plimsoll']);
    changes.useStore(noChanges);
    expect(told()).toEqual(['config_reload plimsoll']);
  });
});
