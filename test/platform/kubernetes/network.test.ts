// The table "Who may speak to whom" of infra/kubernetes/README.md against what the policies of the platform and of our charts really open.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { ENVIRONMENTS, type Environment, KUBERNETES, valuesOf } from '../../../infra/kubernetes/environments.ts';
import { chartOf } from '../../../infra/kubernetes/render.ts';
import { kustomized, substituted } from '../../../infra/kubernetes/steps.ts';
import { toolPath } from '../tools.ts';
import { type NetworkPolicy, openWays, type Party } from './network.ts';
import { outsiders, podsOf } from './parties.ts';

process.env.HELM = toolPath('helm');
/** Named ports of our own pods. */
const NAMES = { http: '9876' };

// biome-ignore lint/suspicious/noExplicitAny: objects of any kind
const objectsIn = (text: string): any[] =>
  parseAllDocuments(text).flatMap((one) => (one.contents === null ? [] : [one.toJS()]));

function policiesOf(environment: Environment): NetworkPolicy[] {
  const built = (folder: string) => objectsIn(substituted(kustomized(join(KUBERNETES, folder)), valuesOf(environment)));
  const releases = built(`apps/${environment}`).filter(({ kind }) => kind === 'HelmRelease');
  const ofCharts = releases.flatMap((release) => objectsIn(chartOf(release)));
  return [...built('infrastructure/policies'), ...ofCharts].filter(({ kind }) => kind === 'NetworkPolicy');
}

const partiesOf = (environment: Environment): readonly Party[] => [
  ...outsiders(valuesOf(environment)),
  ...podsOf(valuesOf(environment)),
];

/** Rows of the table; a cell may name several, with commas between. */
function waysInReadme(parties: readonly Party[]): string[] {
  const section = readFileSync(join(KUBERNETES, 'README.md'), 'utf8')
    .split('\n## Who may speak to whom\n')[1]
    ?.split('\n## ')[0];
  const rows = [...(section ?? '').matchAll(/^\| (?!from|---)([^|]+) \| ([^|]+) \| ([^|]+) \|/gm)];
  if (rows.length === 0) throw new Error('infra/kubernetes/README.md has no table "Who may speak to whom"');
  const list = (cell: string) =>
    cell.split(', ').flatMap((name) => {
      if (name === 'every pod')
        return parties.filter((one) => one.namespace !== undefined && !one.isSilent).map((one) => one.name);
      if (!parties.some((one) => one.name === name))
        throw new Error(`infra/kubernetes/README.md: nobody is called "${name}"`);
      return [name];
    });
  return rows
    .flatMap(([, from, to, ports]) =>
      list(from!).flatMap((one) =>
        list(to!).flatMap((other) => ports!.split(', ').map((port) => `${one} -> ${other}:${port}`)),
      ),
    )
    .sort();
}

describe.each(ENVIRONMENTS)('in %s', (environment) => {
  const parties = partiesOf(environment);
  const policies = policiesOf(environment);

  it('pods may speak as the table says, and in no other way', () => {
    expect(openWays(policies, parties, NAMES)).toEqual(waysInReadme(parties));
  });

  it('a policy that opens one way more is found, and one that is missing too', () => {
    const more: NetworkPolicy = {
      metadata: { name: 'more', namespace: 'wordpress' },
      spec: {
        podSelector: {},
        policyTypes: ['Egress'],
        egress: [{ to: [{ ipBlock: { cidr: '203.0.113.0/24' } }], ports: [{ port: 587 }] }],
      },
    };
    const found = openWays([...policies, more], parties, NAMES).filter((way) => !waysInReadme(parties).includes(way));
    expect(found).toEqual(['wordpress/jobs -> internet:587', 'wordpress/wordpress -> internet:587']);
    const without = policies.filter(({ metadata }) => metadata.name !== 'proxies');
    const missing = waysInReadme(parties).filter((way) => !openWays(without, parties, NAMES).includes(way));
    expect(missing).toContain('envoy-gateway-system/envoy -> wordpress/wordpress:8080');
  });

  it('a pod that nobody has named may only ask for names', () => {
    const stranger: Party = {
      name: 'stranger',
      namespace: 'wordpress',
      address: '10.208.9.9',
      labels: { app: 'x' },
      ports: ['80'],
    };
    const ways = openWays(policies, [...parties, stranger], NAMES).filter((way) => way.includes('stranger'));
    expect(ways).toEqual(['stranger -> cluster DNS:53', 'stranger -> cluster DNS:udp/53']);
  });

  it('every namespace of ours has a policy that closes it', () => {
    const namespaces = objectsIn(kustomized(join(KUBERNETES, 'infrastructure/namespaces'))).map(
      ({ metadata }) => metadata.name,
    );
    const closed = policies.filter(
      ({ spec }) =>
        Object.keys(spec.podSelector).length === 0 && !spec.ingress && !spec.egress && spec.policyTypes?.length === 2,
    );
    expect(closed.map(({ metadata }) => metadata.namespace).sort()).toEqual(namespaces.sort());
  });
});

describe('the way that policies are read', () => {
  const a: Party = { name: 'a', namespace: 'one', address: '10.0.0.1', labels: { app: 'a' }, ports: ['80'] };
  const b: Party = { name: 'b', namespace: 'two', address: '10.0.0.2', labels: { app: 'b' }, ports: ['80', 'udp/53'] };
  const world: Party = { name: 'world', address: '198.51.100.1', ports: ['443'] };
  const policy = (namespace: string, spec: NetworkPolicy['spec']): NetworkPolicy => ({
    metadata: { name: 'p', namespace },
    spec,
  });

  it.each<[string, NetworkPolicy[], string[]]>([
    [
      'none: everything',
      [],
      [
        'a -> a:80',
        'a -> b:80',
        'a -> b:udp/53',
        'a -> world:443',
        'b -> a:80',
        'b -> b:80',
        'b -> b:udp/53',
        'b -> world:443',
        'world -> a:80',
        'world -> b:80',
        'world -> b:udp/53',
      ],
    ],
    [
      'egress to a port is TCP if it does not say so',
      [policy('one', { podSelector: {}, policyTypes: ['Egress'], egress: [{ ports: [{ port: 53 }, { port: 80 }] }] })],
      [
        'a -> a:80',
        'a -> b:80',
        'b -> a:80',
        'b -> b:80',
        'b -> b:udp/53',
        'b -> world:443',
        'world -> a:80',
        'world -> b:80',
        'world -> b:udp/53',
      ],
    ],
    [
      'a podSelector alone means the own namespace; both together mean both',
      [
        policy('two', {
          podSelector: {},
          policyTypes: ['Ingress'],
          ingress: [{ from: [{ podSelector: { matchLabels: { app: 'a' } } }] }],
        }),
        policy('one', {
          podSelector: {},
          policyTypes: ['Ingress'],
          ingress: [
            {
              from: [
                {
                  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'two' } },
                  podSelector: { matchLabels: { app: 'b' } },
                },
              ],
            },
          ],
        }),
      ],
      ['a -> world:443', 'b -> a:80', 'b -> world:443'],
    ],
    [
      'what an ipBlock excepts is shut, and pods are addresses',
      [
        policy('one', {
          podSelector: {},
          policyTypes: ['Egress'],
          egress: [{ to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['198.51.100.0/24'] } }] }],
        }),
      ],
      [
        'a -> a:80',
        'a -> b:80',
        'a -> b:udp/53',
        'b -> a:80',
        'b -> b:80',
        'b -> b:udp/53',
        'b -> world:443',
        'world -> a:80',
        'world -> b:80',
        'world -> b:udp/53',
      ],
    ],
  ])('%s', (_, policies, ways) => {
    expect(openWays(policies, [a, b, world])).toEqual(ways);
  });

  it('what it does not know is an error', () => {
    const named = policy('one', { podSelector: {}, policyTypes: ['Ingress'], ingress: [{ ports: [{ port: 'web' }] }] });
    expect(() => openWays([named], [a, b])).toThrow('nobody says which port "web" is');
  });
});
