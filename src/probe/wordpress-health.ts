// What the mu-plugin plimsoll-health.php tells of the inside of WordPress: how late cron is, and whether there is an object cache.
import type { Outcome } from '../spec/outcome.ts';
import { judgePage, judgeStatus } from './judge-page.ts';
import type { ProbeContext, StepOutcome } from './probe.ts';
import { versionIn } from './versions.ts';
import { asVisited, base, get, jsonOf, judge, type StepBody, uncached, type WordPress } from './wordpress-request.ts';

const PATH = '/wp-json/plimsoll/v1/health';
/** The edge says so, not the plugin. */
const OF_THE_EDGE: ReadonlySet<Outcome> = new Set(['challenge', 'geo_block']);

/** What the plugin says, and the step so far; without `said` the step is over. */
interface Health {
  readonly step: StepOutcome;
  readonly said?: Readonly<Record<string, unknown>>;
}

/** Asks the plugin; `unknown` is the outcome when it is not there or does not let us in. */
async function health(target: WordPress, ctx: ProbeContext, traceparent: string, unknown: Outcome): Promise<Health> {
  const request = uncached(target, PATH, traceparent);
  const token = target.healthToken === undefined ? {} : { 'x-plimsoll-token': target.healthToken };
  const result = await get(target, ctx, { ...request, headers: { ...request.headers, ...token } });
  const { response } = result;
  const status = response === undefined ? undefined : judgeStatus(response);
  const closed = response !== undefined && [401, 403, 404].includes(response.status);
  if (closed && !OF_THE_EDGE.has(status?.outcome ?? 'ok'))
    return { step: { ...base(result), outcome: unknown, detail: `status ${response.status} of ${PATH}` } };
  const step = judge(
    result,
    (page) => status && judgePage(asVisited(target, request, page), { host: new URL(target.url).host, minBytes: 0 }),
  );
  if (step.outcome !== 'ok' || response === undefined) return { step };
  const said = jsonOf(response.body) ?? {};
  const wordpressVersion = versionIn(said.wpVersion);
  return { step: { ...step, facts: { ...step.facts, ...(wordpressVersion && { wordpressVersion }) } }, said };
}

/** How late the oldest due event is. */
export const cron: StepBody = async (target, ctx, traceparent) => {
  const { step, said } = await health(target, ctx, traceparent, 'cron_unknown');
  if (said === undefined) return step;
  const { cronLagSeconds } = said;
  if (typeof cronLagSeconds !== 'number' || cronLagSeconds < 0)
    return { ...step, outcome: 'cron_unknown', detail: 'the answer holds no cronLagSeconds' };
  const known = { ...step, facts: { ...step.facts, cronLagSeconds } };
  if (cronLagSeconds * 1000 <= target.cronMaxLag) return known;
  return { ...known, outcome: 'cron_stuck', detail: `the oldest due event is ${Math.round(cronLagSeconds)} s late` };
};

/** Does WordPress keep what it has read, between requests? Without that it works, but the database bears every page. */
export const objectcache: StepBody = async (target, ctx, traceparent) => {
  const { step, said } = await health(target, ctx, traceparent, 'object_cache_unknown');
  if (said === undefined || said.objectCache === true) return step;
  return said.objectCache === false
    ? { ...step, outcome: 'object_cache_missing', detail: 'WordPress says that it has no persistent object cache' }
    : { ...step, outcome: 'object_cache_unknown', detail: 'the answer holds no objectCache' };
};
