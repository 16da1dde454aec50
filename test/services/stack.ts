// The whole platform in small: MariaDB and Redis with replicas, WordPress, the edge; and the spec that measures it.
import { type Edge, prepareEdge, SHOP } from './edge.ts';
import { createProbeUser, type MariaDb, startMariadb } from './mariadb.ts';
import { freePort } from './process.ts';
import { type RedisServer, startRedis } from './redis.ts';
import { HEALTH_TOKEN, startWordpress, type WordPress } from './wordpress.ts';

export interface Stack {
  readonly siteUrl: string;
  readonly database: MariaDb;
  readonly databaseReplica: MariaDb;
  readonly cache: RedisServer;
  readonly cacheReplica: RedisServer;
  readonly wordpress: WordPress;
  readonly edge: Edge;
  /** Where the exporter must listen for the beacons of the site, which the edge passes on; undefined: pages send none. */
  readonly listen: string | undefined;
  stop(): Promise<void>;
}

const PASSWORD = 'probe-password';

/** Starts everything; takes about 10 s. `realUsers`: pages measure their visitors. */
export async function startStack({ realUsers = false } = {}): Promise<Stack> {
  const listen = realUsers ? `127.0.0.1:${await freePort()}` : undefined;
  const edge = await prepareEdge();
  const siteUrl = `https://${SHOP}:${edge.port}`;
  const databases = async () => {
    const primary = await startMariadb();
    const replica = await startMariadb({ replicaOf: primary });
    await createProbeUser(primary, PASSWORD);
    return [primary, replica] as const;
  };
  const caches = async () => {
    const primary = await startRedis();
    return [primary, await startRedis({ replicaOf: primary })] as const;
  };
  const [[database, databaseReplica], [cache, cacheReplica]] = await Promise.all([databases(), caches()]);
  const wordpress = await startWordpress(database, siteUrl, {
    cache,
    ...(realUsers && { env: { RUM_SITE: 'shop' } }),
  });
  await edge.start(wordpress.originUrl, listen && `http://${listen}`);
  return {
    siteUrl: `${siteUrl}/`,
    database,
    databaseReplica,
    cache,
    cacheReplica,
    wordpress,
    edge,
    listen,
    async stop() {
      await Promise.all([edge.remove(), wordpress.remove(), cache.remove(), cacheReplica.remove()]);
      await Promise.all([database.remove(), databaseReplica.remove()]);
    },
  };
}

/** Visitors who are measured, and outsiders who are told. */
const forPeople = ({ listen, siteUrl }: Stack): string =>
  listen === undefined
    ? ''
    : `sites:
  - { key: shop, origins: ["${siteUrl.replace(/\/$/, '')}"], settle: 5s, trustedProxies: [127.0.0.1], pages: [{ name: front, paths: [/] }, { name: post, paths: ["/20*"] }] }
statusPage:
  title: Shop status
  components:
    - { name: Website, slos: [shop-availability] }
    - { name: Checkout, slos: [shop-origin, shop-db-writes] }
`;

/** plimsoll.yaml for a stack: short intervals and a window of 1 h, so that one sees budgets move. */
export function specFor(stack: Stack): string {
  const via = `address: 127.0.0.1, ca: ${stack.edge.ca}`;
  const slo = (name: string, team: string, objective: string, sli: string, dependsOn = '[]') =>
    `  - { name: ${name}, service: shop, team: ${team}, objective: ${objective}, window: 1h, dependsOn: ${dependsOn}, sli: ${sli} }`;
  return `targets:
  - { name: shop, kind: wordpress, url: "${stack.siteUrl}", ${via}, origin: "${stack.wordpress.originUrl}", interval: 3s, timeout: 2800ms, healthToken: ${HEALTH_TOKEN}, cronMaxLag: 24h, steps: [front, uncached, static, rest, login, cron] }
  - { name: shop-cdn, kind: cdn, url: "${stack.siteUrl}", ${via}, origin: "${stack.wordpress.originUrl}", interval: 3s, timeout: 2800ms, steps: [hit, miss, bypass, admin, age, origin, match] }
  - { name: shop-cert, kind: tls, url: "tls://${SHOP}:${stack.edge.port}", ${via}, interval: 2s }
  - { name: shop-db, kind: mariadb, url: "mysql://plimsoll@127.0.0.1:${stack.database.port}/plimsoll", password: ${PASSWORD}, interval: 2s, timeout: 1500ms, steps: [connect, read, write, replica], replicas: [{ name: replica-1, url: "mysql://127.0.0.1:${stack.databaseReplica.port}" }] }
  - { name: shop-cache, kind: redis, url: "redis://127.0.0.1:${stack.cache.port}/0", interval: 2s, timeout: 1500ms, steps: [connect, read, write, replica], replicas: [{ name: replica-1, url: "redis://127.0.0.1:${stack.cacheReplica.port}" }] }
slos:
${[
  slo('shop-availability', 'web', '99%', '{ kind: probe, target: shop, steps: [front, rest] }', '[shop-db]'),
  slo('shop-origin', 'web', '99%', '{ kind: probe, target: shop, steps: [uncached] }', '[shop-db]'),
  slo('shop-speed', 'web', '95%', '{ kind: latency, target: shop, step: front, below: 1s }', '[shop-db]'),
  slo('shop-cron', 'web', '99%', '{ kind: freshness, target: shop, of: cron, below: 24h }', '[shop-db]'),
  slo('shop-cache-hits', 'web', '90%', '{ kind: hits, target: shop-cdn }'),
  slo('shop-edge', 'web', '99%', '{ kind: probe, target: shop-cdn, steps: [miss, bypass, admin] }', '[shop-db]'),
  slo('shop-certificate', 'web', '99%', '{ kind: freshness, target: shop-cert, of: certificate, above: 14d }'),
  slo('shop-db-writes', 'data', '99%', '{ kind: probe, target: shop-db, steps: [write] }'),
  slo('shop-db-freshness', 'data', '95%', '{ kind: freshness, target: shop-db, of: replica, below: 10s }'),
  slo('shop-redis-writes', 'data', '99%', '{ kind: probe, target: shop-cache, steps: [write] }'),
  ...(stack.listen === undefined ? [] : [slo('shop-paint', 'web', '75%', '{ kind: rum, site: shop, of: lcp }')]),
].join('\n')}
${forPeople(stack)}policies:
  - window: 1h
    tiers:
      - { tier: page-fast, severity: page, long: 5m, short: 1m, budget: 20% }
      - { tier: ticket-slow, severity: ticket, long: 30m, short: 5m, budget: 50% }
`;
}
