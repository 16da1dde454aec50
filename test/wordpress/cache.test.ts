// The object cache in Redis, as WordPress and plugins use it in the real WordPress, over requests and when Redis is gone or full.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Site, startSite } from './site.ts';

let site: Site;
beforeAll(async () => {
  site = await startSite();
});
afterAll(() => site.remove());

/** Runs it in a request of its own and returns what it printed as JSON. */
const run = async (php: string): Promise<unknown> =>
  JSON.parse(await site.wordpress.eval(`$say = static function (...$v) { echo json_encode($v); }; ${php}`));

describe('the cache', () => {
  it('keeps every type of value for the next request', async () => {
    const values = `array('int' => 7, 'minus' => -7, 'digits' => '7', 'float' => 1.5, 'false' => false, 'null' => null, 'empty' => '', 'array' => array(1, array('a' => true)), 'object' => (object) array('a' => 1), 'text' => "x\\0ü")`;
    await run(`foreach (${values} as $k => $v) wp_cache_set($k, $v, 'test'); $say(1);`);
    expect(
      await run(
        `$r = array(); foreach (${values} as $k => $v) { $got = wp_cache_get($k, 'test', false, $found); $r[$k] = $found && serialize($got) === serialize($v); } $say(...array_values($r));`,
      ),
    ).toEqual(Array(10).fill(true));
    expect(
      await run(
        `$m = wp_cache_get_multiple(array('int', 'nowhere', 'text'), 'test'); $say($m['int'], $m['nowhere'], $m['text']);`,
      ),
    ).toEqual([7, false, 'x\0ü']);
  });
  it('forgets what is deleted, has expired, or belongs to another group', async () => {
    expect(
      await run(
        `wp_cache_set('a', 1, 'test', 1); wp_cache_set('b', 2, 'test'); $say(wp_cache_delete('b', 'test'), wp_cache_delete('b', 'test'), wp_cache_get('a', 'other', false, $f), $f);`,
      ),
    ).toEqual([true, false, false, false]);
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(await run(`$say(wp_cache_get('a', 'test'), wp_cache_get('b', 'test'));`)).toEqual([false, false]);
  });
  it('adds only what is not there and replaces only what is, also what another request has made', async () => {
    await run(`wp_cache_set('there', 'old', 'test'); wp_cache_delete('new', 'test'); $say(1);`);
    expect(
      await run(
        `$say(wp_cache_add('there', 'x', 'test'), wp_cache_replace('new', 'x', 'test'), wp_cache_add('new', 'n', 'test'), wp_cache_replace('there', 'r', 'test'));`,
      ),
    ).toEqual([false, false, true, true]);
    expect(await run(`$say(wp_cache_get('new', 'test'), wp_cache_get('there', 'test'));`)).toEqual(['n', 'r']);
  });
  it('counts over requests, never below 0, and makes no counter', async () => {
    await run(`wp_cache_delete('n', 'test'); wp_cache_set('word', 'x', 'test'); $say(1);`);
    expect(
      await run(`$say(wp_cache_incr('n', 1, 'test'), wp_cache_add('n', 5, 'test'), wp_cache_incr('n', 2, 'test'));`),
    ).toEqual([false, true, 7]);
    expect(
      await run(
        `$say(wp_cache_decr('n', 3, 'test'), wp_cache_decr('n', 100, 'test'), wp_cache_get('n', 'test'), wp_cache_incr('word', 2, 'test'));`,
      ),
    ).toEqual([4, 0, 0, 2]);
  });
  it('sees with force what another request has changed since', async () => {
    expect(
      await run(
        `wp_cache_set('shared', 'mine', 'test'); $other = new Platform_Object_Cache(platform_redis(), 'wp:' . DB_NAME . ':wp_'); $other->set('shared', 'theirs', 'test'); $say(wp_cache_get('shared', 'test'), wp_cache_get('shared', 'test', true), wp_cache_get_multiple(array('shared'), 'test', true)['shared']);`,
      ),
    ).toEqual(['mine', 'theirs', 'theirs']);
  });
  it('keeps groups in the process that WordPress wants there', async () => {
    await run(
      `wp_cache_set('private', 1, 'counts'); wp_cache_add_non_persistent_groups('mine'); wp_cache_set('private', 1, 'mine'); $say(1);`,
    );
    expect(await site.redis('KEYS', '*private*')).toEqual([]);
  });
  it('is emptied without touching what others keep in the same Redis', async () => {
    await site.redis('SET', 'of-others', 'x');
    await run(`wp_cache_set('a', 1, 'test'); $say(1);`);
    expect(await run(`$say(wp_cache_get('a', 'test'), wp_cache_flush(), wp_cache_get('a', 'test'));`)).toEqual([
      1,
      true,
      false,
    ]);
    expect(await run(`$say(wp_cache_get('a', 'test'));`)).toEqual([false]);
    expect(await site.redis('GET', 'of-others')).toBe('x');
  });
  it('keeps nothing for longer than an hour but transients, and those for a week at most', async () => {
    await run(
      `wp_cache_set('ttl-a', 1, 'test'); wp_cache_set('ttl-b', 1, 'test', 99999999); set_transient('ttl-c', 1); set_transient('ttl-d', 1, 7200); $say(1);`,
    );
    const ttl = async (name: string) => {
      const [key] = (await site.redis('KEYS', `*${name}`)) as string[];
      return site.redis('TTL', key!);
    };
    expect(
      [await ttl('ttl-a'), await ttl('ttl-b'), await ttl('ttl-c'), await ttl('ttl-d')].map((s) =>
        Math.round((s as number) / 60),
      ),
    ).toEqual([60, 60, 10_080, 120]);
  });
  it('makes a change of an option visible in the next request, and pages cheaper', async () => {
    await site.wordpress.eval("update_option('blogname', 'Another name');");
    expect((await site.ask('/')).body).toContain('Another name');
  });
});

describe('without Redis', () => {
  it('WordPress takes its own cache, and transients go to the database', async () => {
    await site.cache.stop();
    try {
      expect((await site.ask('/')).status).toBe(200);
      expect(
        await run(
          `set_transient('kept', 'x', 60); $say(wp_using_ext_object_cache(), get_class($GLOBALS['wp_object_cache']));`,
        ),
      ).toEqual([null, 'WP_Object_Cache']);
      expect(await run(`$say(get_transient('kept'));`)).toEqual(['x']);
    } finally {
      await site.cache.start();
    }
    expect(await run(`$say(wp_using_ext_object_cache(), get_class($GLOBALS['wp_object_cache']));`)).toEqual([
      true,
      'Platform_Object_Cache',
    ]);
  });
  it('a request in which it dies goes on, says so once, and keeps transients', async () => {
    const script = `wp_cache_set('a', 1, 'test'); $GLOBALS['wp_object_cache'] = new Platform_Object_Cache(platform_redis(), 'x'); wp_cache_set('b', 2, 'test'); shell_exec('kill -9 $(redis-cli -p ' . CACHE . ' -a ' . getenv('CACHE_PASSWORD') . ' info server 2>/dev/null | grep process_id | tr -dc 0-9)'); usleep(200000); $say(wp_cache_get('c', 'test'), wp_cache_get('b', 'test'), wp_cache_set('d', 4, 'test'), wp_cache_get('d', 'test'), wp_cache_incr('d', 1, 'test'), wp_cache_add('e', 5, 'test'), wp_cache_get_multiple(array('d', 'e'), 'test'), set_transient('t', 't', 60), wp_using_ext_object_cache());`;
    expect(await run(script.replace('CACHE', String(site.cache.port)))).toEqual([
      false,
      2,
      true,
      4,
      5,
      true,
      { d: 5, e: 5 },
      true,
      false,
    ]);
    await site.cache.start();
    expect(
      await run(
        `$say($GLOBALS['wpdb']->get_var("SELECT option_value FROM wp_options WHERE option_name = '_transient_t'"));`,
      ),
    ).toEqual(['t']);
  });
  it('that is a replica, or asks for another password, WordPress works as without', async () => {
    await site.redis('CONFIG', 'SET', 'requirepass', 'another');
    try {
      expect(await run(`$say(wp_using_ext_object_cache());`)).toEqual([null]);
      expect((await site.ask('/')).status).toBe(200);
    } finally {
      await site.cache.stop();
      await site.cache.start();
    }
  });
  it('that has no room, a value is forgotten rather than out of date', async () => {
    await run(`wp_cache_set('full', 'old', 'test'); $say(1);`);
    await site.redis('CONFIG', 'SET', 'maxmemory', '1');
    try {
      expect(await run(`$say(wp_cache_set('full', 'new', 'test'), wp_cache_get('full', 'test'));`)).toEqual([
        true,
        'new',
      ]);
    } finally {
      await site.redis('CONFIG', 'SET', 'maxmemory', '0');
    }
    expect(await run(`$say(wp_cache_get('full', 'test'));`)).toEqual([false]);
    expect((await site.ask('/')).status).toBe(200);
  });
});
