// The spec of one environment: plimsoll.yaml of the repository, with that environment's addresses and the exporter's secrets. Pure.
import { type Document, isMap, isSeq, parseDocument, type YAMLMap } from 'yaml';

type Values = Readonly<Record<string, string>>;

const SECRETS = '/run/secrets/plimsoll';
const user = (name: string | undefined): string => encodeURIComponent(name ?? '');

/** What a target of a kind is here. `url` takes the place of what stands there. */
const ADDRESSES: Readonly<Record<string, (values: Values) => Readonly<Record<string, string>>>> = {
  wordpress: (v) => ({
    url: `https://${v.wordpress_host}/`,
    origin: `https://${v.origin_host}/`,
    healthToken: `\${file:${SECRETS}/health/token}`,
  }),
  cdn: (v) => ({ url: `https://${v.wordpress_host}/`, origin: `https://${v.origin_host}/` }),
  tls: (v) => ({ url: `tls://${v.wordpress_host}:443` }),
  dns: (v) => ({ url: `dns:///${v.wordpress_host}` }),
  mariadb: (v) => ({
    url: `mysql://plimsoll@${v.database_host}:${v.database_port}/plimsoll`,
    password: `\${file:${SECRETS}/database/password}`,
  }),
  redis: (v) => ({
    url: `redis://${user(v.cache_user)}@${v.cache_host}:${v.cache_port}/0`,
    password: `\${file:${SECRETS}/cache/password}`,
  }),
};

/** The spec as text; throws an Error if the repository's spec has two targets of a kind, whose addresses nobody could tell apart. */
export function environmentSpec(spec: string, values: Values): string {
  const document = parseDocument(spec);
  for (const target of mapsIn(document, 'targets')) address(target, values);
  const kinds = mapsIn(document, 'targets').map((target) => String(target.get('kind')));
  const twice = kinds.find((kind, place) => kinds.indexOf(kind) !== place);
  if (twice !== undefined)
    throw new Error(`plimsoll.yaml has two targets of the kind ${twice}: which of them is ${values.wordpress_host}?`);
  for (const site of mapsIn(document, 'sites')) {
    site.set('origins', document.createNode([`https://${values.wordpress_host}`]));
    site.set('trustedProxies', document.createNode([values.pod_cidr, values.nodes_cidr]));
    site.set('visitorHeader', 'X-Envoy-External-Address');
  }
  document.setIn(['exporter', 'eventsTokenFile'], `${SECRETS}/events/token`);
  return document.toString({ lineWidth: 0 });
}

function mapsIn(document: Document, key: string): YAMLMap[] {
  const list = document.get(key);
  return isSeq(list) ? list.items.filter(isMap) : [];
}

function address(target: YAMLMap, values: Values): void {
  const addresses = ADDRESSES[String(target.get('kind'))];
  if (addresses === undefined) return;
  for (const [name, value] of Object.entries(addresses(values))) target.set(name, value);
}
