// WordPress: front page through the edge and uncached, static file, REST, login page. States are judged in judge-page.ts;
// what its mu-plugin tells is in wordpress-health.ts, requests are in wordpress-request.ts.
import type { Outcome } from '../spec/outcome.ts';
import type { HttpRequest, HttpResponse } from './http-hop.ts';
import { judgePage, judgeStatus } from './judge-page.ts';
import type { Probe, ProbeContext, StepOutcome } from './probe.ts';
import { versionIn } from './versions.ts';
import { cron, objectcache } from './wordpress-health.ts';
import { asVisited, get, getPhp, jsonOf, judge, type StepBody, uncached, type WordPress } from './wordpress-request.ts';

type Step = WordPress['steps'][number];

export const wordpress: Probe<'wordpress'> = {
  async run(target, ctx) {
    for (const name of target.steps) await ctx.step(name, ({ traceparent }) => STEPS[name](target, ctx, traceparent));
  },
};

const STEPS: Readonly<Record<Step, StepBody>> = {
  front: (target, ctx, traceparent) => page(target, ctx, { url: target.url, address: target.address, traceparent }),
  async uncached(target, ctx, traceparent) {
    let wordpressVersion: string | undefined;
    const step = await page(target, ctx, uncached(target, '/', traceparent), (body) => {
      wordpressVersion = versionIn(GENERATOR.exec(body)?.[1]);
    });
    return wordpressVersion === undefined ? step : { ...step, facts: { ...step.facts, wordpressVersion } };
  },
  async static(target, ctx, traceparent) {
    const result = await get(target, ctx, {
      url: new URL(target.asset, target.url).href,
      address: target.address,
      traceparent,
    });
    return judge(
      result,
      (response) =>
        judgeStatus(response) ??
        (response.bytes.length === 0 ? { outcome: 'white_screen', detail: 'empty file' } : undefined),
    );
  },
  async rest(target, ctx, traceparent) {
    const result = await getPhp(target, ctx, {
      url: new URL('/wp-json/', target.url).href,
      address: target.address,
      traceparent,
    });
    return judge(result, (response) => judgeRest(target, response));
  },
  async login(target, ctx, traceparent) {
    const result = await getPhp(target, ctx, {
      url: new URL('/wp-login.php', target.url).href,
      address: target.address,
      traceparent,
    });
    return judge(result, (response) => {
      const { pathname, host } = new URL(response.url);
      const here = pathname.endsWith('/wp-login.php') && host === new URL(target.url).host;
      // The installer has a field of that name, too.
      if (here && response.status === 200 && response.body.includes('user_login')) return undefined;
      const verdict = judgePage(here ? { ...response, url: target.url } : response, {
        host: new URL(target.url).host,
        minBytes: target.minBytes,
      });
      return verdict.outcome === 'ok' ? { outcome: 'wrong_content', detail: 'no login form' } : verdict;
    });
  },
  cron,
  objectcache,
};

/** What a page says of the version, unless a plugin hides it. */
const GENERATOR = /<meta name="generator" content="WordPress ([^"]+)"/;

/** States of all of WordPress, and what the edge says itself: they say more than that REST is blocked. */
const DEEPER: ReadonlySet<Outcome> = new Set([
  'db_error',
  'critical_error',
  'wp_maintenance',
  'install_redirect',
  'canonical_mismatch',
  'challenge',
  'geo_block',
]);

async function page(
  target: WordPress,
  ctx: ProbeContext,
  request: HttpRequest,
  read: (body: string) => void = () => {},
): Promise<StepOutcome> {
  const { minBytes, marker } = target;
  return judge(await getPhp(target, ctx, request), (response) => {
    read(response.body);
    return judgePage(asVisited(target, request, response), { host: new URL(target.url).host, minBytes, marker });
  });
}

/** The index of the REST API: there, and of the site that was asked for. WordPress itself redirects only between www and not www. */
function judgeRest(target: WordPress, response: HttpResponse): Pick<StepOutcome, 'outcome' | 'detail'> | undefined {
  const { host } = new URL(target.url);
  const { status } = response;
  const index = status === 200 ? jsonOf(response.body) : undefined;
  if (Array.isArray(index?.namespaces)) {
    const home = typeof index.home === 'string' && URL.canParse(index.home) ? new URL(index.home).host : host;
    return home === host
      ? undefined
      : { outcome: 'canonical_mismatch', detail: `the site says that its home is ${home}` };
  }
  const general = judgePage(response, { host, minBytes: 0 });
  const blocked = [200, 401, 403, 404].includes(status) && !DEEPER.has(general.outcome);
  return blocked ? { outcome: 'rest_disabled', detail: `status ${status} without a list of namespaces` } : general;
}
