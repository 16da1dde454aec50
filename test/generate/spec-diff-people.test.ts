// What a change of sites and of the status page means for visitors and outsiders.
import { describe, expect, it } from 'vitest';
import { diffSpecs } from '../../src/generate/spec-diff.ts';
import { shop, slo, validSpec } from '../spec/specs.ts';

const spec = (change: object) => validSpec({ targets: [shop], slos: [slo(), slo({ name: 'b' })], ...change });
const diff = (before: object, after: object) => diffSpecs(spec(before), spec(after), () => []);
const site = (change: object = {}) => ({ sites: [{ key: 'shop', origins: ['https://shop.example.org'], ...change }] });
const page = (change: object = {}) => ({
  statusPage: { components: [{ name: 'Website', slos: ['a'] }], ...change },
});

describe('a change of sites', () => {
  it('that is none says nothing', () => expect(diff(site(), site({ quiet: '60m', sample: '100%' }))).toEqual([]));
  it('that come and go says what becomes of beacons', () => {
    expect(diff({}, site({ sample: '10%' }))).toEqual([
      'site shop: is new, 10% of the views of https://shop.example.org in mode lite; unmeasured after 1h without a beacon',
    ]);
    expect(diff(site(), {})).toEqual(['site shop: is removed, its beacons are refused and its series end']);
  });
  it('of mode, sample and times says it in their units, and what it means', () => {
    expect(diff(site(), site({ mode: 'consent', sample: '50%', quiet: '2h', settle: '30s', maxShare: '10%' }))).toEqual(
      [
        'site shop: sample 100% -> 50% (counts change by as much: they are not scaled up)',
        'site shop: mode lite -> consent (errors are collected too; only visitors who agreed are measured)',
        'site shop: settle 1m -> 30s',
        'site shop: quiet 1h -> 2h',
        'site shop: maxShare 5% -> 10%',
      ],
    );
    expect(diff(site({ mode: 'consent' }), site({ mode: 'lite' }))).toEqual([
      'site shop: mode consent -> lite (errors are collected no longer; visitors are not asked)',
    ]);
  });
  it('of origins and groups of pages names them', () => {
    const pages = [{ name: 'front', paths: ['/'] }];
    expect(
      diff(
        site({ pages }),
        site({ origins: ['https://a.example.org'], pages: [{ name: 'product', paths: ['/p/*', '/q'] }] }),
      ),
    ).toEqual([
      'site shop: origins https://shop.example.org -> https://a.example.org',
      'site shop: group of pages front: is removed',
      'site shop: group of pages product: is new, /p/*, /q',
    ]);
    expect(diff(site({ pages }), site({ pages: [{ name: 'front', paths: ['/', '/home'] }] }))).toEqual([
      'site shop: group of pages front: paths / -> /, /home',
    ]);
  });
  it('of the receiver shows no address, as it may hold a password', () => {
    const forward = (password: string) => site({ forward: `https://user:${password}@alloy.example.org/collect` });
    const said = diff(forward('canary-one'), forward('canary-two'));
    expect(said).toEqual(['site shop: forward changed']);
    expect(diff(site(), forward('canary-one'))).toEqual(['site shop: forward changed']);
  });
});

describe('a change of the status page', () => {
  it('that comes or goes says that it is open, and that links break', () => {
    expect(diff({}, page({ title: 'Shop' }))).toEqual([
      'status page: is new at /status, open to all',
      'status page: title Status -> Shop',
      'status page: component Website: is new, of a',
    ]);
    expect(diff(page(), {})[0]).toBe('status page: is removed, links to /status and its feed break');
  });
  it('of components and messages names them', () => {
    const message = { at: '2026-12-01T22:00:00Z', title: 'Work', text: 'on the shop' };
    expect(
      diff(
        page({ messages: [message] }),
        page({ components: [{ name: 'Website', slos: ['a', 'b'] }], messages: [{ ...message, text: 'done' }] }),
      ),
    ).toEqual([
      'status page: component Website: slos a -> a, b',
      'status page: message 2026-12-01T22:00:00Z "Work": text on the shop -> done',
    ]);
  });
  it('of the second of two components with one name is not lost', () => {
    const two = (...slos: string[][]) => page({ components: slos.map((of) => ({ name: 'Website', slos: of })) });
    expect(diff(two(['a'], ['a']), two(['a'], ['b']))).toEqual(['status page: component Website (2): slos a -> b']);
  });
});
