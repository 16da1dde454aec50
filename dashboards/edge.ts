// The CDN: does it answer, does it cache, does it serve what is fresh, and is the origin or the edge to blame.
import { HIT_RATIO } from '../alerts/rules/edge.ts';
import type { Board } from '../src/grafana/board.ts';
import type { Spec } from '../src/spec/spec.ts';
import { IN_CLUSTER } from './ask.ts';
import { toBoard, toLogs } from './links.ts';
import { alertPanels, chart, number, probePanels } from './part-panels.ts';

const EMPTY = 'no target of kind cdn is probed';
const status = (more = '') => `sum(increase(probe_cache_status_total{${IN_CLUSTER}${more}}[$__rate_interval]))`;
const classes = (code: string) =>
  `sum(rate(envoy_http_downstream_rq_xx{${IN_CLUSTER}, envoy_response_code_class="${code}"}[$__rate_interval]))`;
const p95 = (step: string) =>
  `histogram_quantile(0.95, sum by (le) (rate(probe_step_duration_seconds_bucket{${IN_CLUSTER}, step="${step}"}[$__rate_interval])))`;

export const edge = (spec: Spec): Board => {
  const [firing, which, history] = alertPanels(spec, 'edge');
  const [failing, lanes, outcomes, durations] = probePanels('cdn', 'the CDN');
  return {
    uid: 'plimsoll-edge',
    title: 'CDN and edge',
    description:
      'What visitors get from the edge: answered, from the cache, fresh; and whether the origin behind is alive.',
    uses: ['cluster'],
    first: [
      failing,
      firing,
      which,
      lanes,
      outcomes,
      chart({
        title: 'Cache status of the second request',
        description:
          'It should be a hit. Misses after a purge are normal; bypass means a cookie or a header that forbids caching.',
        queries: [
          {
            expr: `sum by (status) (increase(probe_cache_status_total{${IN_CLUSTER}}[$__rate_interval])) > 0`,
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
          description: 'Of the second requests of the probes. Low: more reaches PHP than it can take.',
          queries: [
            {
              expr: `(${status(', status=~"hit|stale|revalidated"')} or 0 * ${status()}) / (${status()} > 0)`,
            },
          ],
          decimals: 0,
          base: 'orange',
          thresholds: [{ from: HIT_RATIO, color: 'green' }],
          empty: EMPTY,
        },
        8,
      ),
      number(
        {
          title: 'Age of what is served',
          description:
            'Of the cached copy. Older than its time to live: the edge serves stale, the origin may be down.',
          queries: [{ expr: `max(probe_cache_age_seconds{${IN_CLUSTER}})` }],
          decimals: 0,
          empty: 'the edge does not say it',
        },
        8,
      ),
      number(
        {
          title: 'Errors at the gateway',
          description: '4xx and 5xx a second. A surge smells of an attack or a broken deploy: see by class below.',
          queries: [
            {
              expr: `sum(rate(envoy_http_downstream_rq_xx{${IN_CLUSTER}, envoy_response_code_class=~"4|5"}[$__rate_interval]))`,
            },
          ],
          empty: 'the gateway is not scraped',
        },
        8,
      ),
    ],
    rows: [
      {
        title: 'Edge and origin',
        panels: [
          chart({
            title: 'Edge against origin',
            description: 'The origin is slow and the edge is not: the cache holds. Both: the origin has the problem.',
            queries: [
              { expr: p95('hit'), legend: 'from the cache' },
              { expr: p95('miss'), legend: 'through the edge, not cached' },
              { expr: p95('origin'), legend: 'origin itself', exemplars: true },
            ],
            empty: EMPTY,
          }),
          durations,
          chart({
            title: 'Answers of the gateway by class',
            description: 'Real requests behind the edge. 4xx: blocked, guessed or moved; 5xx: broken.',
            queries: ['2', '3', '4', '5'].map((code) => ({ expr: classes(code), legend: `${code}xx` })),
            stack: true,
            empty: 'the gateway is not scraped',
          }),
        ],
      },
      { title: 'Alerts over time', panels: [history] },
    ],
    links: [
      toBoard('Gateway', 'plimsoll-gateway'),
      toBoard('WordPress', 'plimsoll-wordpress'),
      toLogs('{service_name=~"envoy.*|gateway.*"}'),
    ],
  };
};
