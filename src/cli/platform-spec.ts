// A plimsoll.yaml for a platform that Terraform has built. Pure.
import { Document, isCollection, visit } from 'yaml';
import type { Platform } from './platform-outputs.ts';

const SECRETS = '/run/secrets/plimsoll';

/** The text of a spec without findings, apart from passwords that are not there yet. */
export function platformSpec(platform: Platform, team: string): string {
  return `# From the outputs of Terraform, by plimsoll init. A start: the numbers are usual ones, and yours to change.
# Where the exporter runs, passwords are in ${SECRETS}; the users are made by hand (README.md, "The spec").
${written({ targets: targetsOf(platform), slos: slosOf(platform, team) })}`;
}

/** As people write it: lists of words and SLIs on one line. */
function written(spec: object): string {
  const document = new Document(spec, { aliasDuplicateObjects: false });
  visit(document, {
    Pair(_, { key, value }) {
      if (/^(steps|sli|dependsOn|within)$/.test(String(key)) && isCollection(value)) value.flow = true;
    },
  });
  return document.toString({ lineWidth: 120 });
}

const STEPS = ['front', 'uncached', 'static', 'rest', 'login'];

function targetsOf({ service, url, origin_url, database, cache, cdn_addresses, dns_ttl }: Platform): object[] {
  const { hostname, port, protocol } = new URL(url);
  const origin = origin_url == null ? {} : { origin: origin_url };
  return [
    { name: service, kind: 'wordpress', url, ...origin, steps: STEPS, interval: '30s' },
    ...(database == null
      ? []
      : [
          {
            name: `${service}-db`,
            kind: 'mariadb',
            url: `mysql://plimsoll@${database.host}:${database.port}/plimsoll`,
            password: `\${file:${SECRETS}/database}`,
          },
        ]),
    ...(cache == null
      ? []
      : [
          {
            name: `${service}-cache`,
            kind: 'redis',
            url: `redis://${encodeURIComponent(cache.username)}@${cache.host}:${cache.port}/0`,
            password: `\${file:${SECRETS}/cache}`,
          },
        ]),
    ...(cdn_addresses.length === 0
      ? []
      : [{ name: `${service}-cdn`, kind: 'cdn', url, ...origin, steps: ['hit', 'miss', 'bypass', 'admin', 'age'] }]),
    ...(protocol === 'https:'
      ? [{ name: `${service}-cert`, kind: 'tls', url: `tls://${hostname}:${port || 443}`, interval: '1m' }]
      : []),
    {
      name: `${service}-dns`,
      kind: 'dns',
      url: `dns:///${hostname}`,
      ...within(cdn_addresses),
      ...(dns_ttl != null && { maxTtl: `${dns_ttl}s` }),
    },
  ];
}

/** A name of type A leads to addresses of version 4. */
const within = (addresses: readonly string[]): object => {
  const four = addresses.filter((address) => address.includes('.'));
  return four.length === 0 ? {} : { within: four };
};

function slosOf({ service, url, database, cache, cdn_addresses }: Platform, team: string): object[] {
  const slo = (name: string, objective: string, sli: object, dependsOn: readonly string[] = []) => ({
    name: `${service}-${name}`,
    service,
    team,
    objective,
    window: '30d',
    sli,
    ...(dependsOn.length > 0 && { dependsOn }),
  });
  const db = `${service}-db`;
  const behind = [...(database == null ? [] : [db]), ...(cache == null ? [] : [`${service}-cache`]), `${service}-dns`];
  return [
    slo('availability', '99.9%', { kind: 'probe', target: service, steps: ['front', 'rest'] }, behind),
    slo('uncached', '99.5%', { kind: 'probe', target: service, steps: ['uncached'] }, behind),
    slo('speed', '99%', { kind: 'latency', target: service, step: 'front', below: '800ms' }),
    ...(database == null ? [] : [slo('db-writes', '99.9%', { kind: 'probe', target: db, steps: ['write'] })]),
    ...(cache == null
      ? []
      : [slo('cache', '99.5%', { kind: 'probe', target: `${service}-cache`, steps: ['read', 'write'] })]),
    ...(cdn_addresses.length === 0 ? [] : [slo('cdn-hits', '95%', { kind: 'hits', target: `${service}-cdn` })]),
    ...(url.startsWith('https:')
      ? [slo('certificate', '99%', { kind: 'freshness', target: `${service}-cert`, of: 'certificate', above: '14d' })]
      : []),
    slo('dns', '99.9%', { kind: 'probe', target: `${service}-dns`, steps: ['resolve'] }),
  ];
}
