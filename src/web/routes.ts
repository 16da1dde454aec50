// Which page is where. Pages for who may read, and those that are open to all: status page, its feed, badges, style sheet, script.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ASSETS } from './assets.ts';
import { badge } from './badge.ts';
import { configPage } from './config-page.ts';
import { eventsPage } from './events-page.ts';
import { type OverviewQuery, overviewPage } from './overview.ts';
import { monthOf, reportPage } from './report-page.ts';
import { realUsersPage, sitePage } from './rum-page.ts';
import { type Page, PUBLIC, send, sendJson, sendPage } from './send.ts';
import { sloPage } from './slo-page.ts';
import type { Sources } from './sources.ts';
import { statusFeed, statusPage } from './status-page.ts';
import { StatusSource } from './status-source.ts';
import { targetPage } from './target-page.ts';

interface Named {
  Params: { name: string };
}
/** Pages are not part of the API's description: their JSON follows what they show. */
const HIDDEN = { schema: { hide: true } } as { schema: object };
const bare = (name: string): string => name.replace(/\.(json|svg)$/, '');

/** For who may read. */
export function pageRoutes(app: FastifyInstance, sources: Sources): void {
  const at = (paths: readonly string[], make: (request: FastifyRequest) => Page | Promise<Page>) => {
    for (const path of paths)
      app.get(path, HIDDEN, async (request, reply) => sendPage(request, reply, await make(request)));
  };
  const named = (request: FastifyRequest) => bare((request.params as { name: string }).name);
  at(['/', '/overview.json'], ({ query }) => overviewPage(sources, query as OverviewQuery));
  at(['/slo/:name'], (request) => sloPage(sources, named(request)));
  at(['/target/:name'], (request) => targetPage(sources, named(request)));
  at(['/events', '/events.json'], ({ query }) => eventsPage(sources, query));
  at(['/real-users', '/real-users.json'], () => realUsersPage(sources));
  at(['/real-users/:name'], (request) => sitePage(sources, named(request)));
  at(['/config', '/config.json'], () => configPage(sources));
  at(['/report/:name'], (request) => reportPage(sources, named(request)));
  app.get('/rum', HIDDEN, (_request, reply) => reply.redirect('/real-users', 302));
  for (const [path, end] of [
    ['/report', ''],
    ['/report.json', '.json'],
  ] as const)
    app.get(path, HIDDEN, (_request, reply) =>
      reply.redirect(`/report/${monthOf(sources.engine.evaluatedAt())}${end}`, 302),
    );
}

/** Open to all. `isReader`: may this request see everything? Then it may see the badge of every SLO. */
export function openRoutes(
  app: FastifyInstance,
  sources: Sources,
  isReader: (request: FastifyRequest) => boolean,
): void {
  const status = new StatusSource(sources);
  const none = { type: 'about:blank', title: 'not found', status: 404 } as const;
  const NO_PAGE = { ...none, detail: 'there is no status page: list components in the section statusPage of the spec' };
  for (const path of ['/status', '/status.json'])
    app.get(path, HIDDEN, async (request, reply) => {
      const data = await status.data();
      if (data === undefined) return sendJson(request, reply, NO_PAGE, { status: 404 });
      return sendPage(request, reply, { json: data, html: () => statusPage(data) }, PUBLIC);
    });
  app.get('/feed.atom', HIDDEN, async (request, reply) => {
    const data = await status.data();
    if (data === undefined) return sendJson(request, reply, NO_PAGE, { status: 404 });
    const { exporter } = sources.engine.spec.alerting;
    const text = statusFeed(data, exporter === undefined ? undefined : `${exporter}/status`);
    return send(request, reply, text, { cache: PUBLIC, type: 'application/atom+xml; charset=utf-8' });
  });
  app.get<Named>('/badge/:name', HIDDEN, (request, reply) => {
    const name = bare(request.params.name);
    const view = isReader(request) || status.names.has(name) ? sources.engine.view(name) : undefined;
    if (view === undefined)
      return sendJson(request, reply, { ...none, detail: 'no such badge is open to all' }, { status: 404 });
    return send(request, reply, badge(view), { cache: PUBLIC, type: 'image/svg+xml; charset=utf-8' });
  });
  for (const { path, type, text } of Object.values(ASSETS))
    app.get(path, HIDDEN, (request, reply) =>
      send(request, reply, text, { cache: 'public, max-age=31536000, immutable', type }),
    );
}

const ONE_SLO = /^\/api\/v1\/slos\/([a-z0-9-]{1,63})\/?(?:\?.*)?$/;

/** Links in alerts and on boards lead to the API of an SLO: a browser gets its page instead. Tells nothing of its own. */
export function browsersToPages(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    const isApi = request.method === 'GET' && request.url.startsWith('/api/v1/slos/');
    const [, name] = (isApi && ONE_SLO.exec(request.url)) || [];
    if (name === undefined || !(request.headers.accept ?? '').includes('text/html')) return done();
    reply.header('vary', 'Accept').redirect(`/slo/${name}`, 303);
  });
}
