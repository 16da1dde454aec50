// The real WordPress in the states that must be told apart.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Edge, prepareEdge, SHOP } from '../services/edge.ts';
import { type MariaDb, startMariadb } from '../services/mariadb.ts';
import { freePort } from '../services/process.ts';
import { HEALTH_TOKEN, startWordpress, type WordPress } from '../services/wordpress.ts';
import { outcomes, step } from './run.ts';

let database: MariaDb;
let wordpress: WordPress;
let edge: Edge;
let port: number;
beforeAll(async () => {
  port = await freePort();
  [database, edge] = await Promise.all([startMariadb(), prepareEdge()]);
  wordpress = await startWordpress(database, `http://${SHOP}:${port}`, port);
  await edge.start(wordpress.originUrl);
});
afterAll(async () => {
  await Promise.all([wordpress.remove(), edge.remove()]);
  await database.remove();
});

const shop = (extra: object = {}) => ({
  kind: 'wordpress',
  url: `http://${SHOP}:${port}/`,
  address: '127.0.0.1',
  origin: wordpress.originUrl,
  timeout: '10s',
  healthToken: HEALTH_TOKEN,
  steps: ['front', 'uncached', 'static', 'rest', 'login', 'cron'],
  ...extra,
});
const HEALTHY = { front: 'ok', uncached: 'ok', static: 'ok', rest: 'ok', login: 'ok', cron: 'ok' };
const all = (outcome: string) => ({
  ...Object.fromEntries(Object.keys(HEALTHY).map((s) => [s, outcome])),
  static: 'ok',
});

const withPlugin = (php: string, body: () => Promise<void>) =>
  wordpress.withFile('wp-content/mu-plugins/broken.php', () => `<?php ${php}`, body);
const withConfig = (from: RegExp, to: string, body: () => Promise<void>) =>
  wordpress.withFile('wp-config.php', (old) => old.replaceAll(from, to), body);

const HOME = new RegExp(`http://${SHOP}:\\d+`, 'g');

describe('a WordPress probe', () => {
  it('is good on a healthy site', async () => {
    expect(await outcomes(shop())).toEqual(HEALTHY);
    expect(await outcomes(shop({ marker: 'Plimsoll shop', steps: ['front'] }))).toEqual({ front: 'ok' });
    expect(await outcomes(shop({ marker: 'another shop', steps: ['front'] }))).toEqual({ front: 'wrong_content' });
  });
  it('is good on a site with a post about the very errors it looks for', async () => {
    const quote =
      'Error establishing a database connection. There has been a critical error on this website. Briefly unavailable for scheduled maintenance.';
    await wordpress.eval(
      `wp_insert_post(array('post_title' => 'Help', 'post_content' => '${quote}', 'post_status' => 'publish'));`,
    );
    expect((await fetch(`${wordpress.originUrl}help/`, { headers: { host: `${SHOP}:${port}` } })).status).toBeLessThan(
      400,
    );
    expect(
      await outcomes(
        shop({ marker: 'establishing a database', steps: ['front'], url: `http://${SHOP}:${port}/help/` }),
      ),
    ).toEqual({
      front: 'ok',
    });
    expect(await outcomes(shop())).toEqual(HEALTHY);
  });
  it('sees that the database is gone, also behind a drop-in that sends 200', async () => {
    await database.stop();
    expect(await outcomes(shop())).toEqual(all('db_error'));
    const dropIn = '<html><body><h1>Error establishing a database connection</h1></body></html>';
    await wordpress.withFile(
      'wp-content/db-error.php',
      () => dropIn,
      async () => {
        expect(await step(shop(), 'front')).toMatchObject({ outcome: 'db_error', facts: { httpStatus: 200 } });
      },
    );
    await database.start();
    expect(await outcomes(shop())).toEqual(HEALTHY);
  });
  it('sees maintenance, with a drop-in that sends 200 too; after 10 minutes WordPress itself ignores it', async () => {
    const since = (seconds: number) => () => `<?php $upgrading = time() - ${seconds};`;
    await wordpress.withFile('.maintenance', since(0), async () => {
      expect(await outcomes(shop())).toEqual(all('wp_maintenance'));
      const dropIn = '<html><body>Briefly unavailable for scheduled maintenance.</body></html>';
      await wordpress.withFile(
        'wp-content/maintenance.php',
        () => dropIn,
        async () => {
          expect(await step(shop(), 'front')).toMatchObject({ outcome: 'wp_maintenance', facts: { httpStatus: 200 } });
        },
      );
    });
    await wordpress.withFile('.maintenance', since(590), async () =>
      expect((await step(shop(), 'front')).outcome).toBe('wp_maintenance'),
    );
    await wordpress.withFile('.maintenance', since(600), async () =>
      expect((await step(shop(), 'front')).outcome).toBe('ok'),
    );
  });
  it('sees a fatal error of a plugin; in the middle of a page it cuts that page off', async () => {
    await withPlugin("add_action('init', static fn () => no_such_function());", async () => {
      expect(await outcomes(shop())).toEqual(all('critical_error'));
    });
    await withPlugin("add_action('wp_footer', static fn () => no_such_function());", async () => {
      expect(await outcomes(shop({ steps: ['front', 'rest'] }))).toEqual({ front: 'white_screen', rest: 'ok' });
    });
  });
  it('sees a white screen when the theme is not there, and a page that is cut off', async () => {
    const theme = (name: string) =>
      database.sql(
        `UPDATE wordpress.wp_options SET option_value = '${name}' WHERE option_name IN ('template', 'stylesheet')`,
      );
    const [rows] = (await database.sql(
      "SELECT option_value FROM wordpress.wp_options WHERE option_name = 'template'",
    )) as [{ option_value: string }[]];
    await theme('nowhere');
    expect(await outcomes(shop({ steps: ['front', 'static', 'rest'] }))).toEqual({
      front: 'white_screen',
      static: 'ok',
      rest: 'ok',
    });
    await theme(rows[0]!.option_value);
    await withPlugin("add_action('wp_footer', static function () { exit; });", async () => {
      expect(await step(shop(), 'front')).toMatchObject({
        outcome: 'white_screen',
        detail: 'the page has no end (</html>)',
      });
    });
  });
  it('sees that WordPress wants to be installed, because the table prefix is another', async () => {
    await withConfig(/'wp_'/g, "'empty_'", async () => {
      expect(await outcomes(shop())).toEqual({ ...all('install_redirect'), rest: 'install_redirect' });
    });
  });
  it('sees that visitors are sent to the login', async () => {
    await withPlugin("add_action('template_redirect', 'auth_redirect');", async () => {
      expect(await outcomes(shop({ steps: ['front', 'uncached', 'login'] }))).toEqual({
        front: 'login_redirect',
        uncached: 'login_redirect',
        login: 'ok',
      });
    });
  });
  it.each<readonly [how: string, home: () => string, pages: string]>([
    ['with www', () => `http://www.${SHOP}:${port}`, 'canonical_mismatch'],
    ['at another port', () => `http://${SHOP}:8080`, 'canonical_mismatch'],
    ['of another name', () => `http://old.plimsoll.test:${port}`, 'ok'],
  ])('sees that the site address is one %s, although nothing answers there', async (_how, home, pages) => {
    await withConfig(HOME, home(), async () => {
      // WordPress redirects between www and not www, and to its port; under any other name it answers, and says who it is.
      expect(await outcomes(shop({ steps: ['front', 'uncached'] }))).toEqual({ front: pages, uncached: pages });
      expect(await outcomes(shop({ steps: ['rest'] }))).toEqual({ rest: 'canonical_mismatch' });
    });
  });
  it('sees the loop of the login page when WordPress is not told that visitors come by https', async () => {
    const login = shop({ url: `https://${SHOP}:${edge.port}/`, ca: edge.ca, steps: ['login'] });
    await withConfig(HOME, `https://${SHOP}:${edge.port}`, async () => {
      expect(await outcomes(login)).toEqual({ login: 'ok' });
      await withConfig(/\$_SERVER\['HTTPS'\] = 'on'/g, 'true', async () => {
        expect(await outcomes(login)).toEqual({ login: 'redirect_loop' });
      });
    });
  });
  it('sees that the REST API is closed or not there, while pages work', async () => {
    const closed =
      "add_filter('rest_authentication_errors', static fn () => new WP_Error('rest_forbidden', 'no', array('status' => 401)));";
    await withPlugin(closed, async () => {
      expect(await outcomes(shop({ steps: ['front', 'rest'] }))).toEqual({ front: 'ok', rest: 'rest_disabled' });
    });
    await withPlugin(
      "add_action('init', static fn () => remove_action('parse_request', 'rest_api_loaded'), 99);",
      async () => {
        expect(await outcomes(shop({ steps: ['front', 'rest'] }))).toEqual({ front: 'ok', rest: 'rest_disabled' });
      },
    );
  });
  it('sees that all workers of PHP are busy, while files are served; a free one is enough', async () => {
    await wordpress.withFile(
      'slow.php',
      () => '<?php sleep(4);',
      async () => {
        const visit = () => fetch(`${wordpress.originUrl}slow.php`);
        const visits = [visit(), visit(), visit()];
        expect(await outcomes(shop({ steps: ['uncached', 'static'] }))).toEqual({ uncached: 'ok', static: 'ok' });
        visits.push(visit());
        const front = async () => (await step(shop({ steps: ['front'], timeout: '1s' }), 'front')).outcome;
        await expect.poll(front, { timeout: 4_000 }).toBe('php_saturated');
        await Promise.all(visits);
        expect(await outcomes(shop())).toEqual(HEALTHY);
      },
    );
  });
  it('tells PHP that is gone from a web server that is gone', async () => {
    await wordpress.php.stop();
    expect(await outcomes(shop())).toEqual(all('bad_gateway'));
    await wordpress.php.start();
    await wordpress.nginx.stop();
    expect(await outcomes(shop())).toEqual({ ...all('refused'), static: 'refused' });
    await wordpress.nginx.start();
    expect(await outcomes(shop())).toEqual(HEALTHY);
  });
});
