// What WordPress tells Prometheus about itself, scraped by a real one: the series that the board asks for, and nothing to the public.
import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wordpress as board } from '../../dashboards/wordpress.ts';
import { SITE } from '../../src/generate/catalogue/site.ts';
import { type Prometheus, startPrometheus } from '../services/prometheus.ts';
import { validSpec } from '../spec/specs.ts';
import { type Site, startSite } from './site.ts';

let site: Site;
let prometheus: Prometheus;
beforeAll(async () => {
  site = await startSite();
  prometheus = await startPrometheus({ scrape: site.wordpress.metrics });
});
afterAll(async () => {
  await prometheus.stop();
  await site.remove();
});

const text = async () => (await fetch(`http://${site.wordpress.metrics}/metrics`)).text();
const checkMetrics = (input: string): string => {
  const { stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8' });
  return stdout + stderr;
};
const value = (name: string) => prometheus.value(name);
/** Waits for the next scrape. */
const soon = (name: string) => expect.poll(() => value(name), { timeout: 15_000 });
const pages = () => site.ask('/');
/** As an answer of wordpress.org leaves it. */
const KNOWN = `
  set_site_transient('update_plugins', (object) array('last_checked' => 1790000000, 'response' => array('a/a.php' => new stdClass, 'b/b.php' => new stdClass)));
  set_site_transient('update_themes', (object) array('last_checked' => 1790000000, 'response' => array()));
  set_site_transient('update_core', (object) array('last_checked' => 1790000000, 'updates' => array((object) array('response' => 'upgrade'), (object) array('response' => 'latest'))));`;

describe('the metrics', () => {
  it('are what promtool takes for metrics', async () => {
    expect(checkMetrics(await text())).toBe('');
    expect(checkMetrics('bad-name 1\n'), 'and promtool sees what is wrong').not.toBe('');
  });
  it('are every series of WordPress that is in the catalogue, with its labels, and all that the board asks for', async () => {
    await site.wordpress.eval(KNOWN);
    const own = SITE.filter(({ name }) => name.startsWith('wordpress_'));
    expect(own.length).toBeGreaterThan(2);
    const asked = JSON.stringify(board(validSpec({}))).match(/\bwordpress_\w+/g) ?? [];
    expect(new Set(asked).size).toBeGreaterThan(1);
    for (const { name, labels } of own)
      await expect
        .poll(
          async () => {
            const [found] = await prometheus.query(name, Date.now());
            return Object.keys(found?.metric ?? {})
              .filter((l) => !['__name__', 'instance', 'job'].includes(l))
              .sort();
          },
          { timeout: 15_000 },
        )
        .toEqual([...labels].sort());
    for (const name of asked) expect(own.map((entry) => entry.name)).toContain(name);
  });
  it('count updates by type, and say nothing of them before wordpress.org could be asked', async () => {
    await site.wordpress.eval(KNOWN);
    await soon('wordpress_updates_pending{type="plugin"}').toBe(2);
    expect(await value('wordpress_updates_pending{type="theme"}')).toBe(0);
    expect(await value('wordpress_updates_pending{type="core"}')).toBe(1);
    expect(await value('wordpress_updates_checked_timestamp_seconds{type="core"}')).toBe(1_790_000_000);
    // The real check, which cannot get out: it leaves traces of the try that must not be taken for "nothing to do".
    await site.wordpress.eval(
      "foreach (array('core', 'plugins', 'themes') as $k) delete_site_transient('update_' . $k); wp_version_check(); wp_update_plugins(); wp_update_themes();",
    );
    expect(await text()).not.toContain('wordpress_updates');
  });
  it('tell how late cron is, and how many events wait', async () => {
    await site.wordpress.eval(
      "_set_cron_array(array()); foreach (array(50, 700) as $s) wp_schedule_single_event(time() - $s, 'plimsoll_test', array($s)); wp_schedule_single_event(time() + 900, 'plimsoll_test', array(1));",
    );
    await soon('wordpress_cron_overdue_events').toBe(2);
    const lag = await value('wordpress_cron_lag_seconds');
    expect(lag).toBeGreaterThanOrEqual(700);
    expect(lag).toBeLessThan(760);
    await site.wordpress.eval('_set_cron_array(array());');
    await soon('wordpress_cron_lag_seconds').toBe(0);
  });
  it('tell whether the object cache is there, and that tables are behind the code', async () => {
    await soon('wordpress_object_cache_up').toBe(1);
    expect(await value('wordpress_database_update_required')).toBe(0);
    await site.cache.stop();
    await soon('wordpress_object_cache_up').toBe(0);
    await site.cache.start();
    await soon('wordpress_object_cache_up').toBe(1);
    await site.wordpress.eval("update_option('db_version', 1);");
    await soon('wordpress_database_update_required').toBe(1);
    await site.wordpress.eval("update_option('db_version', $GLOBALS['wp_db_version']);");
  });
  it('count what the database finds slow', async () => {
    const before = await value('wordpress_database_slow_queries_total');
    await site.database.sql('SET GLOBAL slow_query_log = 1', 'SET GLOBAL long_query_time = 0.01');
    await pages();
    await site.wordpress.eval("$GLOBALS['wpdb']->query('SELECT SLEEP(0.05)');");
    await soon('wordpress_database_slow_queries_total').toBeGreaterThan(before);
    await site.database.sql('SET GLOBAL long_query_time = 10');
  });
  it('are gone, and Prometheus knows it, while the database is', async () => {
    await site.database.stop();
    await soon('up{job="plimsoll"}').toBe(0);
    await site.database.start();
    await soon('up{job="plimsoll"}').toBe(1);
  });
  it.each(['/metrics', '/?PLATFORM_ENDPOINT=metrics', '/index.php'])('are not for the public: %s', async (path) => {
    const { body } = await site.ask(path, {
      headers: { platform_endpoint: 'metrics', 'platform-endpoint': 'metrics' },
    });
    expect(body).not.toContain('wordpress_info');
  });
  it('have a port of their own that serves nothing else', async () => {
    for (const path of ['/', '/index.php', '/wp-login.php', '/metrics/'])
      expect((await fetch(`http://${site.wordpress.metrics}${path}`)).status).toBe(404);
  });
});
