// The real WordPress on PHP-FPM, nginx and MariaDB, behind a caching edge: what breaks inside, one fault after the other.
import { readdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/spec/outcome.ts';
import { run } from '../probe/run.ts';
import { type Edge, prepareEdge, SHOP } from '../services/edge.ts';
import { type MariaDb, startMariadb } from '../services/mariadb.ts';
import { BESIDE, eventsOf, runs, startWatch, type Watch } from '../services/watched.ts';
import { startWordpress, type WordPress } from '../services/wordpress.ts';
import { bounded, mutated, mutation, playing, record, startPlayer, together } from './captures.ts';

let database: MariaDb;
let edge: Edge;
let wordpress: WordPress;
let elsewhere: Server;
let visits = 0;
let watch: Watch;

beforeAll(async () => {
  [database, edge] = await Promise.all([startMariadb(), prepareEdge({ stale: true })]);
  const siteUrl = `https://${SHOP}:${edge.port}`;
  wordpress = await startWordpress(database, siteUrl);
  await edge.start(wordpress.originUrl);
  elsewhere = createServer((_request, response) => {
    visits += 1;
    response.end();
  });
  await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
  const access = { url: `${siteUrl}/`, address: '127.0.0.1', ca: edge.ca, origin: wordpress.originUrl };
  // PHP is slow on a busy machine.
  const times = { interval: '2s', timeout: '1900ms' };
  const target = { kind: 'wordpress', ...access, ...times };
  watch = await startWatch(
    [
      { ...target, name: 'shop', steps: ['uncached', 'static'] },
      { ...target, name: 'planned', steps: ['uncached'] },
      { ...target, name: 'login', steps: ['login'] },
      { ...times, ...access, name: 'cdn', kind: 'cdn', steps: ['hit'] },
    ],
    {
      maintenance: [
        {
          from: new Date(Date.now() - 60_000).toISOString(),
          for: '1h',
          targets: ['planned'],
          reason: 'update',
          by: 'web',
        },
      ],
    },
  );
});
afterAll(async () => {
  await watch?.stop();
  elsewhere?.close();
  await Promise.all([wordpress?.remove(), edge?.remove()]);
  await database?.remove();
});

type Code = (old: string) => string;
/** Content of a file of the site, until healed. */
function file(path: string, change: Code): { inject(): Promise<void>; heal(): Promise<void> } {
  let over: (() => void) | undefined;
  let done: Promise<void> | undefined;
  return {
    inject: () =>
      new Promise((injected) => {
        done = wordpress.withFile(path, change, () => {
          injected();
          return new Promise((resolve) => {
            over = resolve;
          });
        });
      }),
    async heal() {
      over?.();
      await done;
    },
  };
}
const plugin = (php: string) => file('wp-content/mu-plugins/broken.php', () => `<?php ${php}`);
const front = (php: string) => plugin(`add_action('template_redirect', static function () { ${php} });`);

interface Break {
  inject(): unknown;
  heal(): unknown;
}
/** The page is bad, and a file of the same web server is not. */
const page = (
  outcome: Outcome,
  { inject, heal }: Break,
  more: object = {},
  meanwhile?: Parameters<Watch['fault']>[3],
) =>
  watch.fault(
    { target: 'shop', step: 'uncached', outcome, blame: 'target', counts: 'bad', good: ['static'], times: 1, ...more },
    inject,
    heal,
    meanwhile,
  );
const count = (series: Map<string, number>, name: string): number => series.get(name) ?? 0;

describe('a WordPress site', () => {
  it('W01 that answers 500, 502 or 504 is bad; the outcome says the layer, and no label the status', async () => {
    const answers = (status: number) => front(`status_header(${status}); exit("broken");`);
    await page('server_error', answers(500), { detail: /status 500/ });
    await page('bad_gateway', answers(502), { detail: /status 502/ });
    // A gateway that gives up on PHP while files are served: the pool is full.
    await page('php_saturated', answers(504), { detail: /status 504/ });
    expect(await watch.exporter.text('/metrics')).not.toMatch(/"50\d"/);
  });
  it('W02 that says with status 200 that it has no database is bad, and MariaDB is to blame', async () => {
    const sentence = '<html><body><h1>Error establishing a database connection</h1></body></html>';
    const says = file('wp-content/db-error.php', () => sentence);
    const locked = (word: string) => database.sql(`ALTER USER wordpress ACCOUNT ${word}`);
    const gone: Break = {
      inject: () => says.inject().then(() => locked('LOCK')),
      heal: () => locked('UNLOCK').then(says.heal),
    };
    await page('db_error', gone, { blame: 'dependency', detail: /status 200/ });
  });
  it('W03 that wants to be installed, sends to the login or to another host says which; no other host is visited', async () => {
    const empty = file('wp-config.php', (old) => old.replaceAll("'wp_'", "'empty_'"));
    await page('install_redirect', empty, { detail: /install\.php/ });
    await page('login_redirect', front('auth_redirect();'), { detail: /wp-login\.php/ });
    const { port } = elsewhere.address() as AddressInfo;
    const away = plugin(
      `add_action('login_init', static function () { wp_redirect('http://127.0.0.1:${port}/'); exit; });`,
    );
    const login = { target: 'login', step: 'login', detail: new RegExp(`127.0.0.1:${port}`), good: [] };
    await page('canonical_mismatch', away, login);
    expect(visits).toBe(0);
  });
  it('W04 that redirects without end is left after five hops, although every URL is another one', async () => {
    // Before WordPress does its work, so that six of them fit into a run on a busy machine, too.
    const next = "header('Location: /wp-login.php?n=' . mt_rand(), true, 302); exit;";
    const loop = plugin(`if (str_contains($_SERVER['REQUEST_URI'], 'wp-login')) { ${next} }`);
    const asked = () =>
      wordpress
        .accessLog()
        .split('\n')
        .filter((line) => /wp-login\.php\?n=/.test(line)).length;
    const login = { target: 'login', step: 'login', detail: /after 6 redirects/, good: [] };
    await page('redirect_loop', loop, login, async () => {
      const [runsBefore, before] = [await loops(), asked()];
      await watch.until(async () => (await loops()) >= runsBefore + 1);
      // Five hops and a run that may have begun.
      expect(asked() - before).toBeLessThanOrEqual(5 * ((await loops()) - runsBefore + 1));
    });
  });
  it('W05 in maintenance is bad, but not within a window that was declared: those events are excluded, and still known', async () => {
    const before = await watch.series();
    const grown = (now: Map<string, number>, result: string) =>
      count(now, eventsOf('planned', result)) - count(before, eventsOf('planned', result));
    await page(
      'wp_maintenance',
      file('.maintenance', () => '<?php $upgrading = time();'),
      {},
      async () => {
        await watch.until(async () => grown(await watch.series(), 'excluded') >= 2);
        const now = await watch.series();
        expect([grown(now, 'bad'), grown(now, 'good')]).toEqual([0, 0]);
        expect(now.get('slo_maintenance_active{slo="planned"}')).toBe(1);
        expect(now.get('slo_maintenance_active{slo="shop"}')).toBe(0);
      },
    );
  });
  it('W13 whose PHP is gone is bad at the origin, while the edge serves its copy and the SLO of the edge is good', async () => {
    await watch.untilGood('cdn');
    const before = await watch.series();
    const gone: Break = { inject: () => wordpress.php.stop(), heal: () => wordpress.php.start() };
    await page('bad_gateway', gone, { detail: /status 502/ }, async () => {
      await watch.untilGood('cdn');
      const now = await watch.series();
      expect(count(now, eventsOf('cdn', 'bad'))).toBe(count(before, eventsOf('cdn', 'bad')));
    });
  });
  it('W14 whose PHP accepts and never answers has one run at a time in flight, and files say that only PHP hangs', async () => {
    const hangs: Break = { inject: () => wordpress.php.pause(), heal: () => wordpress.php.resume() };
    const open = () => readdirSync(`/proc/${watch.exporter.pid}/fd`).length;
    // After a page that hung up to the deadline nothing else is asked.
    const saturated = { detail: /the file \S+ answers 200/, good: [] };
    await page('php_saturated', hangs, saturated, async () => {
      const before = open();
      const saturatedBefore = runs(await watch.series(), 'shop', 'uncached', 'php_saturated', 'target');
      await watch.until(
        async () => runs(await watch.series(), 'shop', 'uncached', 'php_saturated', 'target') >= saturatedBefore + 2,
      );
      // A few for the scrapes of this test; runs that piled up would have three more each second.
      expect(open()).toBeLessThanOrEqual(before + 4);
      expect((await watch.series()).get(eventsOf(BESIDE, 'bad'))).toBe(0);
    });
  });
});

describe('a page of WordPress that is broken on the way', () => {
  it('is good only if the form is still in it, and never a bug of ours', async () => {
    // As the edge asks, or WordPress would send us there.
    const headers = { host: `${SHOP}:${edge.port}`, 'x-forwarded-proto': 'https' };
    const target = { kind: 'wordpress', address: '127.0.0.1', steps: ['login'], headers };
    const login = (port: number, timeout = '400ms') => run({ ...target, url: `http://${SHOP}:${port}/`, timeout });
    const capture = await record(wordpress.ports.web, (port) => login(port, '20s'));
    const players = await Promise.all(Array.from({ length: 4 }, () => startPlayer()));
    const goods = { all: 0, good: 0 };
    const broken = fc.tuple(fc.array(mutation, { minLength: 1, maxLength: 3 }), playing);
    await fc.assert(
      fc.asyncProperty(fc.array(broken, { minLength: 1, maxLength: 4 }), (all) =>
        together(all, async ([mutations, how], i) => {
          const bytes = mutated(capture, mutations);
          players[i]!.play(bytes, how);
          const { steps } = await login(players[i]!.port);
          goods.all += 1;
          expect(steps[0]!.outcome, steps[0]!.detail).not.toBe('internal_error');
          if (steps[0]!.outcome !== 'ok') return;
          goods.good += 1;
          expect(Buffer.concat(bytes).toString('latin1')).toMatch(/^HTTP\/1\.[01] 200[\s\S]*user_login/);
        }),
      ),
      bounded(5, 100),
    );
    for (const player of players) player.close();
    expect(goods.good).toBeGreaterThan(0);
    expect(goods.good).toBeLessThan(goods.all);
  });
});

const loops = async () => runs(await watch.series(), 'login', 'login', 'redirect_loop', 'target');
