// check reports everything at once: one mistake never hides another, and never is reported twice.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to secrets are written so in the spec
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseSpec } from '../../src/spec/parse.ts';
import { ports, shop, slo, text } from './specs.ts';

/** "rule path" of every finding, in reading order. */
const found = (spec: object | string, complete = true): string[] =>
  parseSpec([{ file: 's.yaml', text: typeof spec === 'string' ? spec : text(spec) }], ports(), complete).findings.map(
    (f) => `${f.rule} ${f.path}`,
  );
/** Every place in plain data. */
const pathsOf = (value: unknown, path: readonly string[] = []): string[][] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, inner]) => [[...path, key], ...pathsOf(inner, [...path, key])])
    : [];
const one = (target: object, ...slos: object[]) => found({ targets: [target], slos });

it('an SLO with an unknown key, an objective of 100 % and an unknown target has three findings', () => {
  const broken = { objektive: 1, ...slo({ objective: '100%', sli: { kind: 'probe', target: 'shp' } }) };
  expect(one(shop, broken)).toEqual([
    'unknown-key slos[0].objektive',
    'objective-100 slos[0].objective',
    'unknown-target slos[0].sli.target',
  ]);
});

it('warnings do not wait until the errors are mended', () => {
  expect(one(shop, slo({ objective: '93%', extra: 1 }))).toEqual([
    'tier-never-fires slos[0].objective',
    'unknown-key slos[0].extra',
  ]);
});

it('an item of a list that is wrong does not hide the others', () => {
  expect(one(shop, slo({ dependsOn: ['No Name', 'nope'] }))).toEqual([
    'invalid-value slos[0].dependsOn[0]',
    'unknown-target slos[0].dependsOn[1]',
  ]);
});

it('a misspelt kind does not hide what is wrong with the rest, by the nearest kind', () => {
  expect(one({ name: 'a', kind: 'htp', url: 'nope', bogus: 1 })).toEqual([
    'unknown-kind targets[0].kind',
    'invalid-value targets[0].url',
    'unknown-key targets[0].bogus',
  ]);
  expect(one(shop, slo({ sli: { kind: 'prob', target: 'shp' } }))).toEqual([
    'unknown-kind slos[0].sli.kind',
    'unknown-target slos[0].sli.target',
  ]);
});

it('a missing kind does not hide keys that no kind has', () => {
  expect(one({ name: 'a', url: 'https://a.example/', bogus: 1 })).toEqual([
    'missing-key targets[0]',
    'unknown-key targets[0].bogus',
  ]);
});

it.each([
  ['a misspelt name: the SLOs of that target are right', { nmae: 'shop', kind: 'wordpress', url: shop.url }, {}],
  ['a missing name: the target may be the one that is meant', { kind: 'wordpress', url: shop.url }, {}],
  ['a misspelt kind: the steps of the target are not known', { ...shop, kind: 'wordpres' }, {}],
  ['a missing kind, because it is misspelt', { name: 'shop', kid: 'wordpress', url: shop.url }, {}],
  ['a misspelt interval: the timeout fits the one that was meant', { ...shop, intervall: '90s', timeout: '60s' }, {}],
  [
    'a misspelt healthToken: the step cron has it',
    { ...shop, steps: ['front', 'cron'], healtToken: '${env:NOPE}' },
    {},
  ],
  ['a step of the target that is misspelt: the SLO counts the right one', { ...shop, steps: ['frnt'] }, {}],
  ['a misspelt objective', shop, { objektive: '99%', objective: undefined }],
  ['a limit that is no duration', shop, { sli: { kind: 'freshness', target: 'shop', of: 'certificate', above: '9x' } }],
  ['a misspelt limit', shop, { sli: { kind: 'freshness', target: 'shop', of: 'certificate', abov: '9d' } }],
])('one mistake is one finding: %s', (_name, target, change) => {
  const sli = { kind: 'probe', target: 'shop', steps: ['front'] };
  const rules = one(target, slo({ sli, ...change })).filter((f) => !f.startsWith('secret-missing'));
  expect(rules).toHaveLength(1);
});

it('a secret that is missing where a URL is needed is one finding', () => {
  expect(one({ name: 'a', kind: 'http', url: '${env:NOPE}' })).toEqual(['secret-missing targets[0].url']);
});

it('a misspelt section, a list that is none, and a file that cannot be read leave references to it alone', () => {
  const rest = `slos: ${JSON.stringify([slo()])}\n`;
  expect(found(`targts: [${JSON.stringify(shop)}]\n${rest}`)).toEqual(['unknown-key targts']);
  expect(found(`targets: 3\n${rest}`)).toEqual(['wrong-type targets']);
  expect(found(rest)).toEqual(['unknown-target slos[0].sli.target']);
  expect(found(rest, false)).toEqual([]);
  const { findings } = parseSpec(
    [
      { file: 'a.yaml', text: 'targets: [' },
      { file: 'b.yaml', text: rest },
    ],
    ports(),
  );
  expect(new Set(findings.map((f) => f.rule))).toEqual(new Set(['yaml-syntax']));
});

it('two targets of one name are two places of one mistake, whatever the SLOs need', () => {
  const twin = { name: 'shop', kind: 'redis', url: 'redis://h:1/0' };
  const sli = { kind: 'probe', target: 'shop', steps: ['front'] };
  expect(found({ targets: [shop, twin], slos: [slo({ sli })] })).toEqual([
    'duplicate-name targets[0].name',
    'duplicate-name targets[1].name',
  ]);
});

it('a section exporter with a mistake keeps its other settings', () => {
  const exporter = { retention: '20d', concurency: 5 };
  expect(found({ targets: [shop], slos: [slo()], exporter })).toEqual([
    'window-retention slos[0].window',
    'unknown-key exporter.concurency',
  ]);
  expect(found({ targets: [shop], slos: [slo({ window: '28d' })], exporter: { retentin: '20d' } })).toEqual([
    'unknown-key exporter.retentin',
  ]);
});

it('a policy with a mistake may be the one that the period needs', () => {
  const tiers = [{ tier: 'a', severity: 'pager', long: '1h', short: '5m', budget: '2%' }];
  expect(found({ targets: [shop], slos: [slo({ window: '27d' })], policies: [{ window: '27d', tiers }] })).toEqual([
    'invalid-value policies[0].tiers[0].severity',
  ]);
});

/** A spec with nearly every kind of key. */
const RICH = {
  targets: [
    { ...shop, interval: '20s', timeout: '15s', steps: ['front', 'rest'] },
    {
      name: 'db',
      kind: 'mariadb',
      url: 'mysql://u@h:1/d',
      replicas: [{ name: 'r', url: 'mysql://h' }],
      steps: ['replica'],
    },
  ],
  slos: [
    slo({ window: { calendar: 'month', timeZone: 'Europe/Berlin' }, dependsOn: ['db'] }),
    slo({ name: 'b', window: '200d', sli: { kind: 'freshness', target: 'db', of: 'replica', below: '30s' } }),
    slo({ name: 'c', sli: { kind: 'latency', target: 'shop', step: 'front', below: '1s' } }),
  ],
  maintenance: [{ from: '2026-12-01T22:00:00Z', for: '2h', services: ['shop'], targets: ['db'], reason: 'r', by: 'b' }],
  policies: [{ window: '200d', tiers: [{ tier: 'a', severity: 'page', long: '1h', short: '5m', budget: '2%' }] }],
  exporter: {
    tls: { cert: 'c', key: 'k' },
    modules: { page: { kind: 'http', contains: 'x' } },
    probeAllow: ['a.example'],
    retention: '400d',
  },
};

it('a key with one letter too many is one finding, whichever it is', () => {
  expect(found(RICH)).toEqual([]);
  const keys = pathsOf(RICH).filter((path) => !/^\d+$/.test(path.at(-1)!) && path.at(-1) !== 'page');
  expect(keys.length).toBeGreaterThan(60);
  for (const path of keys) {
    const changed = structuredClone(RICH);
    const key = path.at(-1)!;
    const parent = path.slice(0, -1).reduce<unknown>((here, part) => (here as never)[part], changed) as never;
    Object.assign(parent, { [`${key}x`]: parent[key] });
    Reflect.deleteProperty(parent, key);
    const at = [...path.slice(0, -1), `${key}x`].join('.').replaceAll(/\.(\d+)/g, '[$1]');
    expect(found(changed)).toEqual([`unknown-key ${at}`]);
  }
});

it('whatever stands at a place of a spec, it is a finding at worst', () => {
  const odd = fc.oneof(
    fc.constantFrom(
      { toString: 0 },
      null,
      '',
      'shop',
      'prob',
      0,
      -1,
      1e300,
      true,
      [],
      {},
      [null],
      [[]],
      { kind: 'tls' },
      { name: 3 },
    ),
    fc.jsonValue({ maxDepth: 2 }),
  );
  fc.assert(
    fc.property(fc.nat(), odd, (place, value) => {
      const paths = pathsOf(RICH);
      const changed = structuredClone(RICH);
      const path = paths[place % paths.length]!;
      const key = path.at(-1)!;
      const parent = path.slice(0, -1).reduce<unknown>((here, part) => (here as never)[part], changed) as never;
      Object.assign(parent, { [key]: value });
      for (const line of found(changed)) expect(line).toMatch(/^[a-z0-9-]+ /);
    }),
    { numRuns: 2_000 },
  );
});
