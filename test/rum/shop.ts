// A WordPress that sends what its visitors feel: the real one, behind the edge, with the exporter at /_rum, and a browser.
import { writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { type Edge, prepareEdge, SHOP } from '../services/edge.ts';
import { type Exporter, startExporter } from '../services/exporter.ts';
import { type MariaDb, startMariadb } from '../services/mariadb.ts';
import { freePort, privateFolder } from '../services/process.ts';
import { startWordpress, type WordPress } from '../services/wordpress.ts';

export interface Shop {
  readonly url: string;
  readonly wordpress: WordPress;
  readonly exporter: Exporter;
  readonly edge: Edge;
  /** Beacons that came through the edge, oldest first. */
  readonly beacons: readonly Received[];
  /** Headless by its name. */
  readonly robot: Browser;
  /** A browser as people have it: not headless by name, not automated. */
  visitor(): Promise<BrowserContext>;
  /** Value of a series by its name and a part of its labels, added up. */
  sum(name: string, ...labels: readonly string[]): Promise<number>;
  stop(): Promise<void>;
}

export const PERSON =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36';

export interface Received {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface ShopOptions {
  /** More keys of the site. */
  readonly site?: string;
  readonly slos?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Further sites, as lines of YAML; SHOP stands for the origin. */
  readonly more?: string;
}

/** Takes about 10 s. */
export async function startShop({ site = '', slos = '[]', env = {}, more = '' }: ShopOptions = {}): Promise<Shop> {
  const folder = privateFolder('rum');
  const edge = await prepareEdge();
  const url = `https://${SHOP}:${edge.port}`;
  const database: MariaDb = await startMariadb();
  const wordpress = await startWordpress(database, url, { env: { RUM_SITE: 'shop' } });
  const spec = join(folder.path, 'plimsoll.yaml');
  writeFileSync(
    spec,
    `sites:
  - { key: shop, origins: ["${url}", "https://elsewhere.test"], settle: 0s, trustedProxies: [127.0.0.1], pages: [{ name: front, paths: [/] }, { name: slow, paths: [/slow*] }]${site} }
${more.replaceAll('SHOP', url)}
slos: ${slos}
`,
  );
  const listen = `127.0.0.1:${await freePort()}`;
  const exporter = await startExporter({ args: ['--config', spec, '--data', join(folder.path, 'data')], listen, env });
  const beacons: Received[] = [];
  const recorder = await recording(exporter.url, beacons);
  await edge.start(wordpress.originUrl, `http://127.0.0.1:${(recorder.address() as AddressInfo).port}`);
  // By arguments, as what is set for a page does not hold for requests that outlive it.
  const launch = (...more: string[]) =>
    chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        `--host-resolver-rules=MAP ${SHOP} 127.0.0.1`,
        '--ignore-certificate-errors',
        '--disable-blink-features=AutomationControlled',
        ...more,
      ],
    });
  const browser = await launch(`--user-agent=${PERSON}`);
  const robot = await launch();
  return {
    url,
    wordpress,
    exporter,
    edge,
    beacons,
    robot,
    visitor: () => browser.newContext(),
    async sum(name, ...labels) {
      const lines = (await exporter.text('/metrics')).split('\n');
      return lines
        .filter((line) => line.startsWith(`${name}{`) && labels.every((label) => line.includes(label)))
        .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
    },
    async stop() {
      await Promise.all([browser.close(), robot.close()]);
      await exporter.end('SIGTERM');
      recorder.closeAllConnections();
      recorder.close();
      await Promise.all([edge.remove(), wordpress.remove()]);
      await database.remove();
      folder.remove();
    },
  };
}

/** Passes requests on, and keeps those that are posted: a browser tells nobody of requests that outlive their page. */
async function recording(to: string, kept: Received[]): Promise<Server> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const { url = '', method = 'GET', headers } = request;
    if (method === 'POST') kept.push({ url, headers, body: body.toString() });
    const { host: _, connection: __, 'content-length': ___, ...passed } = headers as Record<string, string>;
    const answer = await fetch(to + url, { method, headers: passed, ...(method === 'POST' && { body }) });
    const own = [...answer.headers].filter(
      ([name]) => !/^(content-(encoding|length)|transfer-encoding|connection)$/.test(name),
    );
    response.writeHead(answer.status, Object.fromEntries(own)).end(Buffer.from(await answer.arrayBuffer()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** Leaves the page as people do: for another one, and then for good. Its events are the browser's own. */
export async function hide(page: Page): Promise<void> {
  await page.goto('about:blank');
  await page.waitForTimeout(300);
  await page.close();
}
