// Who may speak to whom, computed from NetworkPolicies as the API defines them: https://kubernetes.io/docs/concepts/services-networking/network-policies/
// Pure. Knows `podSelector`, `namespaceSelector` (by the label of the namespace's name), `ipBlock` and ports; throws an Error at anything else.
import { BlockList, isIPv4 } from 'node:net';

type Labels = Readonly<Record<string, string>>;

/** Pods of a kind, or something outside of the cluster that has an address. */
export interface Party {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Labels;
  /** IPv4. */
  readonly address: string;
  /** What it listens on: `8080`, or `udp/53`. */
  readonly ports: readonly string[];
  /** It only answers, or is none of ours: what it may ask is not looked at. */
  readonly isSilent?: boolean;
}

interface Selector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

interface Peer {
  readonly podSelector?: Selector;
  readonly namespaceSelector?: Selector;
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}

interface Rule {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports?: readonly { readonly protocol?: string; readonly port?: number | string }[];
}

export interface NetworkPolicy {
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: {
    readonly podSelector: Selector;
    readonly policyTypes?: readonly string[];
    readonly ingress?: readonly Rule[];
    readonly egress?: readonly Rule[];
  };
}

function selects({ matchLabels = {}, matchExpressions = [] }: Selector, labels: Labels): boolean {
  const holds = ({ key, operator, values = [] }: NonNullable<Selector['matchExpressions']>[number]): boolean => {
    const value = labels[key];
    if (operator === 'In') return value !== undefined && values.includes(value);
    if (operator === 'NotIn') return value === undefined || !values.includes(value);
    if (operator === 'Exists') return value !== undefined;
    if (operator === 'DoesNotExist') return value === undefined;
    throw new Error(`unknown operator ${operator}`);
  };
  return Object.entries(matchLabels).every(([key, value]) => labels[key] === value) && matchExpressions.every(holds);
}

const isWithin = (address: string, cidrs: readonly string[]): boolean => {
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [network, prefix] = cidr.split('/');
    if (!isIPv4(network!) || prefix === undefined) throw new Error(`${cidr} is no network of IPv4`);
    list.addSubnet(network!, Number(prefix));
  }
  return list.check(address);
};

/** Whether a peer of a policy in `namespace` is this party. An ipBlock means pods too, by their addresses, as with Calico. */
function isPeer({ podSelector, namespaceSelector, ipBlock }: Peer, party: Party, namespace: string): boolean {
  if (ipBlock !== undefined)
    return isWithin(party.address, [ipBlock.cidr]) && !isWithin(party.address, ipBlock.except ?? []);
  if (party.namespace === undefined) return false;
  const inNamespace =
    namespaceSelector === undefined
      ? party.namespace === namespace
      : selects(namespaceSelector, { 'kubernetes.io/metadata.name': party.namespace });
  return inNamespace && selects(podSelector ?? {}, party.labels ?? {});
}

/** `names` are ports that a pod has under a name. */
function isPort(rule: Rule, port: string, names: Readonly<Record<string, string>>): boolean {
  if (rule.ports === undefined) return true;
  return rule.ports.some(({ protocol = 'TCP', port: wanted }) => {
    const number = wanted === undefined ? undefined : (names[wanted] ?? String(wanted));
    const [ours, transport] = port.startsWith('udp/') ? [port.slice(4), 'UDP'] : [port, 'TCP'];
    if (number !== undefined && !/^\d+$/.test(number)) throw new Error(`nobody says which port "${wanted}" is`);
    return transport === protocol && (number === undefined || number === ours);
  });
}

/** Whether policies of one direction let `pod` speak with `other` on that port. Without a policy that selects the pod, all may. */
function lets(
  policies: readonly NetworkPolicy[],
  direction: 'Ingress' | 'Egress',
  pod: Party,
  other: Party,
  port: string,
  names: Readonly<Record<string, string>>,
): boolean {
  if (pod.namespace === undefined) return true;
  const of = policies.filter(
    ({ metadata, spec }) =>
      metadata.namespace === pod.namespace &&
      (spec.policyTypes ?? ['Ingress', ...(spec.egress ? ['Egress'] : [])]).includes(direction) &&
      selects(spec.podSelector, pod.labels ?? {}),
  );
  if (of.length === 0) return true;
  return of.some(({ spec }) =>
    (direction === 'Ingress' ? spec.ingress : spec.egress)?.some((rule) => {
      const peers = direction === 'Ingress' ? rule.from : rule.to;
      return (
        isPort(rule, port, names) && (peers === undefined || peers.some((peer) => isPeer(peer, other, pod.namespace!)))
      );
    }),
  );
}

/** Every way that is open, as `from -> to:port`, in the order of the alphabet. What is outside speaks with nothing outside. */
export function openWays(
  policies: readonly NetworkPolicy[],
  parties: readonly Party[],
  names: Readonly<Record<string, string>> = {},
): readonly string[] {
  return parties
    .filter(({ isSilent }) => !isSilent)
    .flatMap((from) =>
      parties
        .filter((to) => from.namespace !== undefined || (to.namespace !== undefined && !to.isSilent))
        .flatMap((to) =>
          to.ports
            .filter(
              (port) =>
                lets(policies, 'Egress', from, to, port, names) && lets(policies, 'Ingress', to, from, port, names),
            )
            .map((port) => `${from.name} -> ${to.name}:${port}`),
        ),
    )
    .sort();
}
