// The CDN: does it answer, does it cache, does it serve what is fresh, and is the origin or the edge to blame.
import { HIT_RATIO, SURGE_PER_SECOND } from '../alerts/rules/edge.ts';
import { DEFAULT_SHARE } from '../alerts/rules/outcome-alert.ts';
import type { Board } from '../src/grafana/board.ts';
import type { Spec } from '../src/spec/spec.ts';
import { IN_CLUSTER } from './ask.ts';
import { toBoard, toLogs } from './links.ts';
import { alertPanels, chart, errorLogs, number } from './part-panels.ts';
import { detailPanels, outcomeGuide } from './probe-details.ts';
import { durationChart, failingNow, JOIN_MS, outcomeMix, stepLanes, targetTable } from './probe-panels.ts';
import {
  ALERT_WINDOW,
  alertsOf,
  failedTraces,
  OF_TARGETS,
  type Probed,
  stepDuration,
  targetVariable,
} from './probe-queries.ts';

const PROBED: Probed = { kind: 'cdn', what: 'the CDN' };
const EMPTY = 'no target of kind cdn is probed';
const NO_GATEWAY = 'the gateway is not scraped, or has no traffic';

/** Second requests of the probes by what the cache said. */
const statuses = (more: string, by: string, window = '$__rate_interval'): string =>
  `sum by (${by}) (increase(probe_cache_status_total{${IN_CLUSTER}, target=~"$target"${more}}[${window}]))`;
/** As in the alert: what nobody can tell counts neither way. */
const hitRatio = (by: string, window?: string): string =>
  `(${statuses(', status=~"hit|stale|updating|revalidated"', by, window)} or 0 * ${statuses('', by, window)}) / (${statuses(', status!="unknown"', by, window)} > 0)`;
const AGE = `probe_cache_age_seconds{${IN_CLUSTER}, target=~"$target"}`;

/** Runs that were turned away before WordPress, of all that reached the edge. */
const KINDS = 'kind=~"wordpress|cdn"';
const runs = (more: string, by: string, window: string): string =>
  `sum by (${by}) (increase(probe_runs_total{${IN_CLUSTER}, ${KINDS}, outcome!="skipped"${more}}[${window}]))`;
const turnedAway = (window: string): string =>
  `(${runs(', outcome=~"rate_limited|waf_block|challenge|geo_block"', 'cluster, target, step', window)} or 0 * ${runs('', 'cluster, target, step', window)}) / (${runs('', 'cluster, target, step', window)} > 0)`;

const answers = (classes: string, by: string): string =>
  `sum by (${by}) (rate(envoy_http_downstream_rq_xx{${IN_CLUSTER}, envoy_response_code_class=~"${classes}"}[$__rate_interval]))`;

const CODES = `sum by (envoy_response_code) (rate(envoy_cluster_upstream_rq{${IN_CLUSTER}, envoy_response_code=~"429|5.."}[$__rate_interval]))`;

/** The smallest limit of the age of a copy among the targets, in seconds. */
function strictestAge({ targets }: Spec): number | undefined {
  const limits = targets.flatMap((one) => (one.kind === 'cdn' ? [one.maxAge / 1000] : []));
  return limits.length === 0 ? undefined : Math.min(...limits);
}

export const edge = (spec: Spec): Board => {
  const [firing, which, history] = alertPanels(spec, 'edge', OF_TARGETS);
  const own = (...names: string[]) => alertsOf(spec, 'edge', ...names);
  const ageLimit = strictestAge(spec);
  const tooOld = ageLimit === undefined ? {} : { thresholds: [{ from: ageLimit, color: 'red' }] as const };
  return {
    uid: 'plimsoll-edge',
    title: 'CDN and edge',
    description:
      'What visitors get from the edge: answered, from the cache, fresh; and whether the origin behind is alive.',
    uses: ['cluster', 'service'],
    variables: [targetVariable('cdn')],
    first: [
      failingNow(PROBED),
      firing,
      { ...which, width: 16 },
      {
        ...stepLanes(PROBED),
        description:
          '`hit` green and `miss`, `origin` red: the origin is down and the cache hides it from readers only. All but `origin` red: the edge. `bypass` or `admin` red: private pages may come from the cache, switch caching off for them now. `match`: edge and origin serve different pages, purge.',
        links: [toBoard('WordPress', 'plimsoll-wordpress'), toBoard('Gateway', 'plimsoll-gateway')],
        alerts: own('EdgePrivateContentCached', 'EdgeDown', 'OriginDown'),
      },
      targetTable(PROBED),
      { ...outcomeMix(PROBED), alerts: own('EdgeServesStale', 'EdgeContentWrong') },
      chart({
        title: 'Cache status',
        description:
          'Of the second of two equal requests: it should be a hit. Misses for minutes after a purge are normal; bypass is a cookie or header that forbids caching; stale is a dead origin; unknown: no such header.',
        queries: [
          {
            expr: `${statuses('', 'status')} > 0 or label_replace(0 * ${statuses('', 'cluster')} unless ${statuses('', 'cluster')} > 0, "status", "no request", "", "")`,
            legend: '{{status}}',
          },
        ],
        stack: true,
        bars: true,
        decimals: 0,
        empty: EMPTY,
      }),
      number(
        {
          title: 'Served from the cache',
          description:
            'Of second requests in 30 minutes, of the worst target. Low: WordPress bears the rest. After a deploy look for a new cookie or Cache-Control header; else for a changed rule of the CDN.',
          queries: [{ expr: `min(${hitRatio('cluster, target', '30m')})` }],
          decimals: 0,
          base: 'red',
          thresholds: [{ from: HIT_RATIO, color: 'green' }],
          empty: EMPTY,
          alerts: own('EdgeHitRatioLow'),
          waive: ALERT_WINDOW,
        },
        6,
      ),
      number(
        {
          title: 'Age of what is served',
          description:
            'The oldest cached copy, with its history: a saw tooth as high as the time to live is healthy. Red is the limit of the spec. Older than its time to live: the edge serves stale copies, so see whether the origin answers (lane `origin`).',
          queries: [{ expr: `max(${AGE})` }],
          sparkline: true,
          decimals: 0,
          empty: 'the edge does not say it',
          ...tooOld,
          alerts: own('EdgeServesStale'),
        },
        6,
      ),
      number(
        {
          title: 'Probes turned away',
          description:
            'Share of 10 minutes that ended in 429, a block of the WAF or of a country, or a challenge, in the worst step. Either the prober looks like an attacker, and the SLOs are wrong, or visitors are turned away too: ask the logs of the edge.',
          queries: [{ expr: `max(${turnedAway('10m')})` }],
          decimals: 0,
          thresholds: [
            { from: 0.001, color: 'orange' },
            { from: DEFAULT_SHARE, color: 'red' },
          ],
          empty: 'no target of kind cdn or wordpress is probed',
          alerts: own('EdgeBlocksProbes'),
          waive: ALERT_WINDOW,
        },
        6,
      ),
      number(
        {
          title: 'Errors at the gateway',
          description:
            '4xx (429 among them) and 5xx a second, of all real requests. From the limit on, an alert asks whether that is ten times what was usual: many addresses and wp-login.php is an attack, one path is a fault.',
          queries: [{ expr: `max(${answers('4|5', 'cluster, namespace')})` }],
          decimals: 1,
          empty: NO_GATEWAY,
          thresholds: [{ from: SURGE_PER_SECOND, color: 'orange' }],
          links: [toBoard('Gateway', 'plimsoll-gateway')],
          alerts: own('EdgeErrorSurge'),
        },
        6,
      ),
    ],
    rows: [
      {
        title: 'Edge and origin',
        panels: [
          chart({
            title: 'Edge against origin',
            description:
              '95 of 100 are faster. The origin is slow and the cache is not: visitors who read notice nothing. Both: the way to the edge. Not cached slower than the origin itself: the way between them.',
            queries: [
              { expr: stepDuration('hit', 0.95), legend: 'from the cache' },
              { expr: stepDuration('miss', 0.95), legend: 'through the edge, not cached' },
              { expr: stepDuration('origin', 0.95), legend: 'origin itself', exemplars: true },
            ],
            min: 0,
            joinMs: JOIN_MS,
            empty: EMPTY,
          }),
          durationChart(PROBED),
        ],
      },
      { title: 'Latency, target by target', panels: detailPanels(PROBED) },
      {
        title: 'Cache',
        panels: [
          chart({
            title: 'Served from the cache, by target',
            description:
              'A cliff at a deploy or purge that does not come back: a header or a rule forbids caching now.',
            queries: [{ expr: `${hitRatio('target')}`, legend: '{{target}}' }],
            min: 0,
            max: 1,
            thresholds: [{ from: HIT_RATIO, color: 'green' }],
            base: 'red',
            empty: EMPTY,
          }),
          chart({
            title: 'Stale copies',
            description:
              'Share of second requests that got a copy past its time. More than 0: the origin did not answer in time.',
            queries: [
              {
                expr: `(${statuses(', status=~"stale|updating"', 'target')} or 0 * ${statuses('', 'target')}) / (${statuses(', status!="unknown"', 'target')} > 0)`,
                legend: '{{target}}',
              },
            ],
            min: 0,
            max: 1,
            empty: EMPTY,
          }),
          { ...history, width: 24, height: 6 },
        ],
      },
      {
        title: 'Real requests behind the edge',
        panels: [
          chart({
            title: 'Answers of the gateway by class',
            description: '4xx: blocked, guessed or moved; 5xx: broken. All of them grow: the edge does not cache.',
            queries: [
              { expr: answers('2|3|4|5', 'envoy_response_code_class'), legend: '{{envoy_response_code_class}}xx' },
            ],
            stack: true,
            min: 0,
            empty: NO_GATEWAY,
          }),
          chart({
            title: '429 and 5xx of what is behind the gateway',
            description:
              'By code. 502: PHP is gone; 503: no pod is ready; 504: too slow; 429: a limit of the application.',
            queries: [
              {
                expr: `${CODES} > 0 or label_replace(0 * sum(rate(envoy_cluster_upstream_rq{${IN_CLUSTER}}[$__rate_interval])) unless sum(${CODES}) > 0, "envoy_response_code", "none", "", "")`,
                legend: '{{envoy_response_code}}',
              },
            ],
            stack: true,
            min: 0,
            empty: NO_GATEWAY,
          }),
        ],
      },
      { title: 'What outcomes mean', panels: [outcomeGuide(spec, 'edge')] },
      { title: 'Logs', panels: [errorLogs('envoy.*|gateway.*', 'the gateway')] },
    ],
    links: [
      toBoard('Gateway', 'plimsoll-gateway'),
      toBoard('WordPress', 'plimsoll-wordpress'),
      toBoard('DNS and TLS', 'plimsoll-dns-tls'),
      toLogs('{service_name=~"envoy.*|gateway.*"}'),
      failedTraces(PROBED),
    ],
  };
};
