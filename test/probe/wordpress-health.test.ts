// What the mu-plugin tells of a real WordPress: how late cron is, and whether there is an object cache.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SHOP } from '../services/edge.ts';
import { type MariaDb, startMariadb } from '../services/mariadb.ts';
import { freePort } from '../services/process.ts';
import { HEALTH_TOKEN, startWordpress, type WordPress } from '../services/wordpress.ts';
import { rulesIn } from '../spec/specs.ts';
import { outcomes, step } from './run.ts';

let database: MariaDb;
let wordpress: WordPress;
let port: number;
beforeAll(async () => {
  port = await freePort();
  database = await startMariadb();
  wordpress = await startWordpress(database, `http://${SHOP}:${port}`, port);
});
afterAll(async () => {
  await wordpress.remove();
  await database.remove();
});

const shop = (extra: object) => ({
  kind: 'wordpress',
  url: `http://${SHOP}:${port}/`,
  address: '127.0.0.1',
  origin: wordpress.originUrl,
  timeout: '10s',
  healthToken: HEALTH_TOKEN,
  ...extra,
});

describe('the step objectcache', () => {
  const cache = (extra: object = {}) => step(shop({ steps: ['objectcache'], ...extra }), 'objectcache');
  // A drop-in with the cache of core, which is enough for core to take it for a persistent one.
  const DROP_IN = "<?php require_once ABSPATH . WPINC . '/cache.php';";

  it('is bad on a site without the drop-in object-cache.php, which works all the same, and good with it', async () => {
    expect(await outcomes(shop({ steps: ['front', 'uncached'] }))).toEqual({ front: 'ok', uncached: 'ok' });
    expect(await cache()).toMatchObject({ outcome: 'object_cache_missing', blame: 'target' });
    await wordpress.withFile(
      'wp-content/object-cache.php',
      () => DROP_IN,
      async () => expect((await cache()).outcome).toBe('ok'),
    );
  });
  it('does not know with a wrong token, or when the plugin is too old to say', async () => {
    expect(await cache({ healthToken: 'wrong' })).toMatchObject({ outcome: 'object_cache_unknown', blame: 'config' });
    await wordpress.withFile(
      'wp-content/mu-plugins/plimsoll-health.php',
      (old) => old.replace("'objectCache'", "'somethingElse'"),
      async () =>
        expect(await cache()).toMatchObject({
          outcome: 'object_cache_unknown',
          detail: 'the answer holds no objectCache',
        }),
    );
  });
  it('needs a token, which check says', () => {
    const spec = (extra: object) => ({ targets: [{ name: 'shop', ...shop({ steps: ['objectcache'], ...extra }) }] });
    expect(rulesIn(spec({}))).not.toContain('step-needs');
    expect(rulesIn(spec({ healthToken: undefined }))).toContain('step-needs');
  });
  it('says what is wrong with WordPress when that does not answer', async () => {
    await wordpress.withFile(
      'wp-content/mu-plugins/broken.php',
      () => '<?php add_action("init", static fn () => no_such_function());',
      async () => expect((await cache()).outcome).toBe('critical_error'),
    );
  });
});

describe('the step cron', () => {
  const cron = (extra: object = {}) => step(shop({ steps: ['cron'], cronMaxLag: '5m', ...extra }), 'cron');
  const oldest = (lateSeconds: number) =>
    wordpress.eval(`_set_cron_array(array()); wp_schedule_single_event(time() - ${lateSeconds}, 'plimsoll_test');`);

  it('is good with an event that is late by less than the limit, and stuck with one that is later; both know the lag', async () => {
    await oldest(200);
    const soon = await cron();
    expect(soon.outcome).toBe('ok');
    expect(soon.facts.cronLagSeconds).toBeGreaterThanOrEqual(200);
    expect(soon.facts.cronLagSeconds).toBeLessThan(260);
    await oldest(301);
    const late = await cron();
    expect(late).toMatchObject({ outcome: 'cron_stuck', blame: 'target' });
    expect(late.detail).toMatch(/^the oldest due event is 3\d\d s late$/);
    expect(late.facts.cronLagSeconds).toBeGreaterThanOrEqual(301);
  });
  it('is good with nothing that is due', async () => {
    await oldest(-3_600);
    expect((await cron()).outcome).toBe('ok');
  });
  it('does not know with a wrong or missing token, or without the plugin', async () => {
    expect(await cron({ healthToken: 'wrong' })).toMatchObject({ outcome: 'cron_unknown', blame: 'config' });
    expect((await cron({ healthToken: undefined })).outcome).toBe('cron_unknown');
    await wordpress.withFile(
      'wp-content/mu-plugins/plimsoll-health.php',
      () => '',
      async () => {
        expect(await cron()).toMatchObject({ outcome: 'cron_unknown', detail: expect.stringContaining('404') });
      },
    );
  });
  it('gets an answer that no cache may keep', async () => {
    const url = `${wordpress.originUrl}wp-json/plimsoll/v1/health`;
    const answer = await fetch(url, { headers: { 'x-plimsoll-token': HEALTH_TOKEN } });
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
  });
});
