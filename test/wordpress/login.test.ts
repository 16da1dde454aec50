// Who guesses passwords is slowed down: per visitor, over all pods, with Redis and without.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { login, type Site, startSite } from './site.ts';

let site: Site;
beforeAll(async () => {
  site = await startSite();
});
afterAll(() => site.remove());

/** As the gateway says who visits. */
const from = (address: string) => ({ 'x-forwarded-for': address });
const attempt = (address: string, password = 'wrong') =>
  site.ask('/wp-login.php', login('admin', password, from(address)));
const guess = async (address: string, times: number): Promise<number[]> => {
  const statuses: number[] = [];
  for (let i = 0; i < times; i++) statuses.push((await attempt(address)).status);
  return statuses;
};
const forget = async () => {
  await site.wordpress.eval(
    "wp_cache_flush(); $GLOBALS['wpdb']->query(\"DELETE FROM wp_options WHERE option_name LIKE '%platform_login%'\");",
  );
};

describe.each(['with Redis', 'without Redis'])('%s', (how) => {
  beforeAll(() => (how === 'without Redis' ? site.cache.stop() : undefined));
  afterAll(() => (how === 'without Redis' ? site.cache.start() : undefined));
  beforeEach(forget);

  it('an address may fail ten times, then waits; other visitors do not', async () => {
    expect(await guess('203.0.113.1', 10)).toEqual(Array(10).fill(200));
    const refused = await attempt('203.0.113.1');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '300']);
    expect(refused.body).toContain('Try again in five minutes');
    // Also with the right password, or who guesses would learn it.
    expect((await attempt('203.0.113.1', 'admin-password')).status).toBe(429);
    expect((await attempt('203.0.113.2', 'admin-password')).status).toBe(302);
  });
  it('a right password neither counts nor wipes out the failures before it', async () => {
    expect(await guess('203.0.113.3', 6)).toEqual(Array(6).fill(200));
    for (let i = 0; i < 3; i++) expect((await attempt('203.0.113.3', 'admin-password')).status).toBe(302);
    expect(await guess('203.0.113.3', 5)).toEqual([200, 200, 200, 200, 429]);
  });
  it('addresses of one IPv6 network count together', async () => {
    for (let i = 0; i < 10; i++) expect((await attempt(`2001:db8:1:2::${i + 1}`)).status).toBe(200);
    expect((await attempt('2001:db8:1:2:ffff::1')).status).toBe(429);
    expect((await attempt('2001:db8:1:3::1')).status).toBe(200);
  });
  it('passwords of applications are counted by their failures, and then refused', async () => {
    const basic = (password: string) =>
      site.ask('/wp-json/wp/v2/users/me', {
        headers: {
          ...from('203.0.113.4'),
          // WordPress takes them over https only.
          'x-forwarded-proto': 'https',
          authorization: `Basic ${Buffer.from(`admin:${password}`).toString('base64')}`,
        },
      });
    // WordPress looks at them only once there is one.
    await site.wordpress.eval(
      "WP_Application_Passwords::create_new_application_password(1, array('name' => uniqid()));",
    );
    for (let i = 0; i < 10; i++) expect((await basic('wrong')).status).toBe(401);
    const refused = await basic('wrong');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '300']);
  });
  it('the page itself is never refused: the exporter and visitors may look at it', async () => {
    await guess('203.0.113.5', 11);
    expect((await site.ask('/wp-login.php', { headers: from('203.0.113.5') })).status).toBe(200);
  });
});

describe('with Redis', () => {
  beforeEach(forget);
  it('attempts at the same time count each other', async () => {
    const answers = await Promise.all(Array.from({ length: 14 }, () => attempt('203.0.113.6')));
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(4);
  });
  it('the count ends after five minutes from the first failure', async () => {
    await site.redis('FLUSHALL');
    await guess('203.0.113.7', 2);
    const keys = (await site.redis('KEYS', '*platform_login*')) as string[];
    expect(keys).toHaveLength(1);
    const ttl = (await site.redis('TTL', keys[0]!)) as number;
    expect(ttl).toBeGreaterThan(240);
    expect(ttl).toBeLessThanOrEqual(300);
    await site.redis('DEL', keys[0]!);
    expect(await guess('203.0.113.7', 1)).toEqual([200]);
  });
  it('a proxy that is not trusted cannot choose the address', async () => {
    const chosen = (i: number) => attempt(`203.0.113.${i}, 198.51.100.1`);
    for (let i = 0; i < 10; i++) await chosen(i);
    expect((await chosen(99)).status).toBe(429);
  });
});
