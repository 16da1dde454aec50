// The section notify: what check finds in it, and that one mistake is one finding.
import { expect, it } from 'vitest';
import { parseSpec } from '../../src/spec/parse.ts';
import { ports, shop, slo, text } from './specs.ts';

const S = '/etc/alertmanager/secrets';
const mail = { name: 'mail', kind: 'email', to: ['ops@example.org'] };
const slack = { name: 'slack', kind: 'slack', urlFile: `${S}/slack` };
const office = { name: 'office', timeZone: 'Europe/Berlin', from: '08:00', to: '18:00' };
const FINE = {
  default: 'mail',
  receivers: [mail, slack],
  routes: [{ severity: 'ticket', teams: ['web'], services: ['shop'], to: ['slack'], hours: 'office' }],
  hours: [office],
  smtp: { server: 'mail.example.org:587', from: 'slo@example.org' },
  deadman: { urlFile: `${S}/deadman` },
};
const found = (notify: unknown, slos: readonly object[] = [slo()]): string[] =>
  parseSpec([{ file: 's.yaml', text: text({ targets: [shop], slos, notify } as object) }], ports()).findings.map(
    (f) => `${f.rule} ${f.path}`,
  );
const route = (change: object) => ({ ...FINE, routes: [{ ...FINE.routes[0], ...change }] });

it('a section that says everything has no findings, and neither has an empty one', () => {
  expect(found(FINE)).toEqual([]);
  expect(found({})).toEqual([]);
  expect(found({ receivers: [] })).toEqual([]);
});

it('a team whose pages take no route, while those of another do, is told', () => {
  const routes = [{ severity: 'page', teams: ['other'], to: ['slack'] }];
  const slos = [slo(), slo({ name: 'second', team: 'other', sli: { kind: 'probe', target: 'shop', steps: ['rest'] } })];
  expect(found({ ...FINE, hours: undefined, routes }, slos)).toEqual(['page-to-default notify.default']);
  expect(found({ ...FINE, hours: undefined, routes: [...routes, { severity: 'page', to: ['slack'] }] }, slos)).toEqual(
    [],
  );
  const own = { severity: 'page', teams: ['web'], to: ['slack'] };
  expect(found({ ...FINE, hours: undefined, routes: [...routes, own] }, slos)).toEqual([]);
});

it.each<[string, unknown, string[]]>([
  ['no default', { ...FINE, default: undefined, routes: [{ to: ['slack', 'mail'] }] }, ['missing-key notify']],
  ["only a dead-man's switch", { deadman: FINE.deadman }, ['missing-key notify']],
  ['an unknown default', { ...FINE, default: 'mial' }, ['unknown-receiver notify.default']],
  ['an unknown receiver', route({ to: ['slack', 'slak'] }), ['unknown-receiver notify.routes[0].to[1]']],
  ['unknown hours', route({ hours: 'ofice' }), ['unknown-hours notify.routes[0].hours']],
  ['a team of components only', route({ teams: ['platform'] }), []],
  ['a team that is misspelt', route({ teams: ['wbe'] }), ['unknown-team notify.routes[0].teams[0]']],
  ['a service that no SLO has', route({ services: ['shp'] }), ['unknown-service notify.routes[0].services[0]']],
  ['hours for pages', route({ severity: 'page' }), ['route-hours notify.routes[0].hours']],
  ['hours for everything', route({ severity: undefined }), ['route-hours notify.routes[0].hours']],
  [
    'hours that end at their start',
    { ...FINE, hours: [{ ...office, to: '08:00' }] },
    ['hours-range notify.hours[0].to'],
  ],
  ['hours of a minute', { ...FINE, hours: [{ ...office, to: '08:01' }] }, []],
  ['hours until midnight', { ...FINE, hours: [{ ...office, to: '24:00' }] }, []],
  ['hours past midnight', { ...FINE, hours: [{ ...office, to: '24:01' }] }, ['invalid-value notify.hours[0].to']],
  [
    'a time zone that is none',
    { ...FINE, hours: [{ ...office, timeZone: 'CEST' }] },
    ['time-zone notify.hours[0].timeZone'],
  ],
  ['mail without a server', { ...FINE, smtp: undefined }, ['missing-key notify.receivers[0].kind']],
  ["no dead-man's switch", { ...FINE, deadman: undefined }, ['no-deadman notify']],
  [
    'a receiver for nothing',
    { ...FINE, receivers: [mail, slack, { ...slack, name: 'x' }] },
    ['unused-receiver notify.receivers[2].name'],
  ],
  [
    'two receivers of one name',
    { ...FINE, receivers: [mail, slack, slack] },
    ['duplicate-name notify.receivers[2].name'],
  ],
  ['two hours of one name', { ...FINE, hours: [office, office] }, ['duplicate-name notify.hours[1].name']],
  [
    'a secret by value',
    { ...FINE, receivers: [mail, { name: 'slack', kind: 'slack', url: 'https://hooks/x' }] },
    ['missing-key notify.receivers[1]', 'unknown-key notify.receivers[1].url'],
  ],
  [
    'a secret by a relative path',
    { ...FINE, receivers: [mail, { ...slack, urlFile: 'slack' }] },
    ['invalid-value notify.receivers[1].urlFile'],
  ],
  [
    'an unknown kind',
    { ...FINE, receivers: [mail, { ...slack, kind: 'slak' }] },
    ['unknown-kind notify.receivers[1].kind'],
  ],
])('%s', (_name, notify, rules) => {
  expect(found(notify).toSorted()).toEqual(rules.toSorted());
});

it.each<[string, object, object, boolean]>([
  ['the same', { severity: 'page' }, { severity: 'page' }, true],
  ['a narrower one', { severity: 'page' }, { severity: 'page', teams: ['web'] }, true],
  ['one of everything first', {}, { teams: ['web'], severity: 'page' }, true],
  ['teams that were all taken', { teams: ['web', 'data'] }, { teams: ['data'] }, true],
  ['a team that was not taken', { teams: ['web'] }, { teams: ['web', 'data'] }, false],
  ['a wider one', { severity: 'page', teams: ['web'] }, { severity: 'page' }, false],
  ['the other severity', { severity: 'page' }, { severity: 'ticket' }, false],
  ['teams against services', { teams: ['web'] }, { services: ['shop'] }, false],
])('a route below another: %s', (_name, above, below, isShadowed) => {
  const routes = [above, below].map((own) => ({ ...own, to: ['slack'] }));
  const findings = found({ ...FINE, routes }, [slo(), slo({ name: 'b', team: 'data', objective: '99%' })]);
  expect(findings).toEqual(isShadowed ? ['route-shadowed notify.routes[1]'] : []);
});

it('a name with a mistake is one finding: the receiver may be the one that is meant', () => {
  expect(found({ ...FINE, receivers: [mail, { ...slack, name: 'No Name' }] })).toEqual([
    'invalid-value notify.receivers[1].name',
  ]);
  expect(found({ ...FINE, recievers: FINE.receivers, receivers: undefined })).toEqual(['unknown-key notify.recievers']);
  expect(found({ ...FINE, deadmann: FINE.deadman, deadman: undefined })).toEqual(['unknown-key notify.deadmann']);
});

/** Every key of plain data, as a path. */
it('a name that nobody has is said in the words of its list, with the nearest one or with all there are', () => {
  const said = (notify: unknown) =>
    parseSpec([{ file: 's.yaml', text: text({ targets: [shop], slos: [slo()], notify } as object) }], ports())
      .findings.filter((f) => f.rule.startsWith('unknown-'))
      .map((f) => [f.message, f.hint]);
  expect(said({ ...FINE, default: 'mial' })).toEqual([['unknown receiver "mial"', 'did you mean "mail"?']]);
  expect(said(route({ to: ['pager'] }))).toEqual([['unknown receiver "pager"', 'receivers: mail, slack']]);
  expect(said(route({ hours: 'ofice' }))).toEqual([['unknown business hours "ofice"', 'did you mean "office"?']]);
  expect(said({ ...route({ hours: 'office' }), hours: undefined })).toEqual([
    ['unknown business hours "office"', 'notify has no business hours'],
  ]);
  expect(said({ default: 'mail', deadman: FINE.deadman })).toEqual([
    ['unknown receiver "mail"', 'notify has no receivers'],
  ]);
});

const keysOf = (value: unknown, path: readonly string[] = []): string[][] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, own]) => [
        ...(Array.isArray(value) ? [] : [[...path, key]]),
        ...keysOf(own, [...path, key]),
      ])
    : [];

it('a key with one letter too many is one finding, whichever it is', () => {
  const smtp = { ...FINE.smtp, username: 'u', passwordFile: `${S}/smtp`, requireTls: true };
  const rich = { ...FINE, smtp, hours: [{ ...office, days: ['monday'] }] };
  expect(found(rich)).toEqual([]);
  const keys = keysOf(rich);
  expect(keys.length).toBeGreaterThan(25);
  for (const path of keys) {
    const changed = structuredClone(rich);
    const parent = path.slice(0, -1).reduce<unknown>((here, part) => (here as never)[part], changed) as never;
    const key = path.at(-1)!;
    Object.assign(parent, { [`${key}x`]: parent[key] });
    Reflect.deleteProperty(parent, key);
    const at = ['notify', ...path.slice(0, -1), `${key}x`].join('.').replaceAll(/\.(\d+)/g, '[$1]');
    expect(found(changed)).toEqual([`unknown-key ${at}`]);
  }
});

it('two sections are one too many', () => {
  const one = { file: 'a.yaml', text: text({ targets: [shop], slos: [slo()], notify: FINE }) };
  const two = { file: 'b.yaml', text: text({ notify: FINE }) };
  expect(parseSpec([one, two], ports()).findings.map((f) => `${f.rule} ${f.file}`)).toEqual([
    'duplicate-section b.yaml',
  ]);
});
