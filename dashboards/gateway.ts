// The ingress gateway (Envoy Gateway): requests, answers, retries, connections, and the health of what is behind it.
import type { Board, Panel, Query, TimelinePanel } from '../src/grafana/board.ts';
import { IN_CLUSTER, VISITORS } from './ask.ts';
import { toBoard, toLogs } from './links.ts';
import { chart, errorLogs, number } from './part-panels.ts';
import { STATES } from './states.ts';

const EMPTY = 'the proxies of Envoy Gateway are not scraped';
const QUIET = `${EMPTY}, or no traffic`;
/** Routes only, not the connections to the controller, to rate limits or to collectors. */
const ROUTES = `${IN_CLUSTER}, envoy_cluster_name=~"httproute/.+"`;
/** Where a share is worth a look, and where visitors write mails. No alert goes by them: SLOs page. */
const SHARE = { some: 0.01, many: 0.1 };
const THRESHOLDS = [
  { from: SHARE.some, color: 'orange' },
  { from: SHARE.many, color: 'red' },
] as const;

const by = (labels: string): string => (labels === '' ? '' : ` by (${labels})`);
const down = (of: string, more = '', labels = ''): string =>
  `sum${by(labels)} (rate(envoy_http_downstream_${of}{${VISITORS}${more}}[$__rate_interval]))`;
const up = (of: string, more = '', labels = ''): string =>
  `sum${by(labels)} (rate(envoy_cluster_upstream_${of}{${ROUTES}${more}}[$__rate_interval]))`;
const gauge = (of: string, labels = ''): string => `sum${by(labels)} (envoy_cluster_${of}{${ROUTES}})`;
const TOTAL = {
  'target-counter-agg-rule': 'envoy_cluster_membership_total is a gauge: how many endpoints there are',
} as const;
/** Envoy has no series of what has never happened: that is 0, and no traffic is nothing. */
const share = (some: string, all: string): string => `(${some} or 0 * ${all}) / (${all} > 0)`;
const zero = (some: string, all: string): string => `${some} or 0 * ${all}`;
const quantile = (of: number, buckets: string): string => `histogram_quantile(${of}, ${buckets})`;

const REQUESTS = up('rq_xx');
const BACKEND = 'envoy_cluster_name';
const ERRORS = share(down('rq_xx', ', envoy_response_code_class="5"'), down('rq_xx'));
const RETRIES = share(up('rq_retry'), REQUESTS);
const UNHEALTHY = `1 - ${gauge('membership_healthy', BACKEND)} / (${gauge('membership_total', BACKEND)} > 0)`;
/** How requests fail before a backend has answered. */
const BREAKS = {
  timeouts: up('rq_timeout'),
  resets: up('rq_rx_reset'),
  overload: up('rq_pending_overflow'),
  refused: up('cx_connect_fail'),
};

const lane = (legend: string, of: string, some = SHARE.some, many = SHARE.many): Query => ({
  legend,
  expr: `max((${of}) > bool ${some}) + max((${of}) >= bool ${many})`,
});
const LANES: readonly Query[] = [
  lane('5xx to visitors', ERRORS),
  lane('Endpoints', UNHEALTHY, 0, 0.5),
  lane('Connections to backends', share(BREAKS.refused, up('cx_total'))),
  lane('Timeouts', share(BREAKS.timeouts, REQUESTS)),
  lane('Overload', share(BREAKS.overload, REQUESTS), 0, SHARE.some),
  lane('Retries', RETRIES),
];

const timeline: TimelinePanel = {
  kind: 'state-timeline',
  title: 'What is wrong since when',
  description:
    'Orange from 1 %, red from 10 %; endpoints: some or half are gone; overload: any, or 1 %. Endpoints first: look at the pods. Timeouts first: PHP or the database. Only 5xx: WordPress itself answers so.',
  width: 24,
  height: 8,
  queries: LANES,
  waive: TOTAL,
  mappings: STATES,
  empty: QUIET,
  links: [
    toBoard('WordPress', 'plimsoll-wordpress'),
    toBoard('Kubernetes', 'plimsoll-kubernetes'),
    toLogs('{service_name=~"envoy.*|gateway.*"}'),
  ],
};

const stats: readonly Panel[] = [
  number({
    title: 'Answers with 5xx',
    description:
      'Share of all answers to the edge. From 1 %: "Failures by backend" says which route, the lanes since when.',
    queries: [{ expr: ERRORS }],
    decimals: 2,
    empty: QUIET,
    base: 'green',
    thresholds: THRESHOLDS,
  }),
  number({
    title: 'Endpoints that are healthy',
    description:
      'Share of the pods behind the worst route that Envoy sends requests to. Below 1: pods fail their readiness or were ejected; 0: everything is answered with 503.',
    queries: [{ expr: `min(1 - (${UNHEALTHY}))` }],
    waive: TOTAL,
    unit: 'percentunit',
    decimals: 0,
    empty: EMPTY,
    base: 'red',
    thresholds: [
      { from: 0.5, color: 'orange' },
      { from: 1, color: 'green' },
    ],
    links: [toBoard('Kubernetes', 'plimsoll-kubernetes')],
  }),
  number({
    title: 'Requests a second',
    description: 'What comes from the edge. A sudden fall: look at DNS and the edge first; a rise with 429: a scan.',
    queries: [{ expr: down('rq_xx') }],
    unit: 'reqps',
    decimals: 1,
    sparkline: true,
    empty: EMPTY,
    links: [toBoard('Edge', 'plimsoll-edge')],
  }),
  number({
    title: '95 of 100 are faster than',
    description:
      'From the first byte of the request to the last of the answer, at the gateway. If it grows: "Duration" says whether backends do.',
    queries: [{ expr: quantile(0.95, down('rq_time_bucket', '', 'le')) }],
    decimals: 0,
    empty: QUIET,
  }),
  number({
    title: 'Requests tried again',
    description:
      'Share that Envoy sent a second time. Visitors do not see these failures yet; above 10 % retries make an overload worse: look at "How requests break".',
    queries: [{ expr: RETRIES }],
    decimals: 2,
    empty: QUIET,
    base: 'green',
    thresholds: THRESHOLDS,
  }),
];

const charts: readonly Panel[] = [
  chart(
    {
      title: 'Answers by class',
      description: '5xx: a backend or the gateway itself; 4xx: a scan, a wrong link, a blocked client.',
      queries: [{ expr: down('rq_xx', '', 'envoy_response_code_class'), legend: '{{envoy_response_code_class}}xx' }],
      stack: true,
      empty: EMPTY,
    },
    8,
  ),
  chart(
    {
      title: 'Failures by backend',
      description:
        '5xx a second of each route. One route: its own pods or its last deploy (blue lines). All: what they share.',
      queries: [
        {
          expr: zero(up('rq_xx', ', envoy_response_code_class="5"', BACKEND), up('rq_xx', '', BACKEND)),
          legend: `{{${BACKEND}}}`,
        },
      ],
      empty: QUIET,
    },
    8,
  ),
  chart(
    {
      title: 'How requests break',
      description:
        'timeout: the backend is too slow; reset: it hung up, often a worker that was killed; overload: a limit of Envoy was reached; no connection: pods are gone or refuse.',
      queries: [
        { expr: zero(BREAKS.timeouts, REQUESTS), legend: 'timeout' },
        { expr: zero(BREAKS.resets, REQUESTS), legend: 'reset' },
        { expr: zero(BREAKS.overload, REQUESTS), legend: 'overload' },
        { expr: zero(BREAKS.refused, up('cx_total')), legend: 'no connection' },
      ],
      stack: true,
      empty: QUIET,
    },
    8,
  ),
  chart({
    title: 'Duration',
    description:
      '95 of 100 are faster, at the gateway and behind it. Both grow: the backend is slow. Only the gateway: slow clients, large bodies or a proxy without CPU.',
    queries: [
      { expr: quantile(0.95, down('rq_time_bucket', '', 'le')), legend: 'at the gateway' },
      { expr: quantile(0.95, up('rq_time_bucket', '', 'le')), legend: 'backends' },
    ],
    min: 0,
    empty: QUIET,
  }),
  chart({
    title: 'Requests going on',
    description:
      'How many backends work on at once: rate times duration. If it grows and the rate does not, they are short of workers: look at PHP-FPM on the board WordPress.',
    queries: [{ expr: gauge('upstream_rq_active', BACKEND), legend: `{{${BACKEND}}}` }],
    stack: true,
    decimals: 0,
    empty: EMPTY,
    links: [toBoard('WordPress', 'plimsoll-wordpress')],
  }),
];

const rows: Board['rows'] = [
  {
    title: 'Backends',
    panels: [
      chart({
        title: 'Duration by backend',
        description: '95 of 100 are faster. One backend alone: look at its pods; all: the database or the nodes.',
        queries: [{ expr: quantile(0.95, up('rq_time_bucket', '', `${BACKEND}, le`)), legend: `{{${BACKEND}}}` }],
        min: 0,
        empty: QUIET,
      }),
      chart({
        title: 'Median by backend',
        description: 'If it stays while the 95 of 100 grow, a few requests are slow: search, checkout, admin.',
        queries: [{ expr: quantile(0.5, up('rq_time_bucket', '', `${BACKEND}, le`)), legend: `{{${BACKEND}}}` }],
        min: 0,
        empty: QUIET,
      }),
      chart({
        title: 'Healthy endpoints by backend',
        description: 'And how many there are. A fall without a deploy: pods die or fail their readiness.',
        queries: [
          { expr: gauge('membership_healthy', BACKEND), legend: `{{${BACKEND}}}` },
          { expr: gauge('membership_total', BACKEND), legend: `all of {{${BACKEND}}}` },
        ],
        decimals: 0,
        waive: TOTAL,
        empty: EMPTY,
      }),
      chart({
        title: 'Answers of backends by code',
        description: '429: rate limit; 503: no healthy endpoint or overload; 504: the backend is too slow.',
        queries: [{ expr: up('rq', '', 'envoy_response_code'), legend: '{{envoy_response_code}}' }],
        stack: true,
        empty: QUIET,
      }),
    ],
  },
  {
    title: 'Retries and connections',
    panels: [
      chart({
        title: 'Retries',
        description:
          'Sent again, of them answered well, and those that were not sent because too many went on. Few succeed: retries only add load, and the cause is at the backends.',
        queries: [
          { expr: zero(up('rq_retry'), REQUESTS), legend: 'tried again' },
          { expr: zero(up('rq_retry_success'), REQUESTS), legend: 'with success' },
          { expr: zero(up('rq_retry_overflow'), REQUESTS), legend: 'not allowed' },
        ],
        empty: QUIET,
      }),
      chart({
        title: 'Connections',
        description: 'From the edge, and to backends. To backends near the sum of their workers: requests will queue.',
        queries: [
          { expr: `sum(envoy_http_downstream_cx_active{${VISITORS}})`, legend: 'from the edge' },
          { expr: gauge('upstream_cx_active'), legend: 'to backends' },
        ],
        decimals: 0,
        empty: EMPTY,
      }),
      chart({
        title: 'New connections',
        description: 'A second. Many for few requests: keep-alive does not work on one side.',
        queries: [
          { expr: down('cx_total'), legend: 'from the edge' },
          { expr: up('cx_total'), legend: 'to backends' },
        ],
        empty: EMPTY,
      }),
      chart({
        title: 'Connections that failed or were cut',
        description:
          'No healthy endpoint: nothing to connect to. Cut by the client: the edge gave up while a request went on, its timeout is shorter than the answer takes.',
        queries: [
          { expr: zero(up('cx_none_healthy'), up('cx_total')), legend: 'no healthy endpoint' },
          { expr: zero(down('cx_destroy_remote_active_rq'), down('cx_total')), legend: 'cut by the client' },
        ],
        empty: QUIET,
      }),
    ],
  },
  {
    title: 'Proxies',
    panels: [
      chart({
        title: 'Proxies: running for',
        description: 'The youngest. It falls to 0 when a proxy is restarted: connections were cut then.',
        queries: [{ expr: `min(envoy_server_uptime{${IN_CLUSTER}})`, legend: 'the youngest' }],
        min: 0,
        empty: EMPTY,
      }),
      chart({
        title: 'Proxies: memory',
        description:
          'Allocated, of each. If it grows without end: large bodies that are buffered, or a leak; it ends in OOMKilled.',
        queries: [
          {
            expr: `max by (pod, instance) (envoy_server_memory_allocated{${IN_CLUSTER}})`,
            legend: '{{pod}} {{instance}}',
          },
        ],
        min: 0,
        empty: EMPTY,
      }),
    ],
  },
  { title: 'Logs', panels: [errorLogs('envoy.*|gateway.*', 'the gateway')] },
];

export const gateway = (): Board => ({
  uid: 'plimsoll-gateway',
  title: 'Ingress gateway',
  description:
    'Real requests between the edge and WordPress, as Envoy Gateway counts them. No alert goes by this board: SLOs page, and it says whether the gateway, the pods or WordPress is the cause.',
  uses: ['cluster'],
  first: [...stats.map((panel, i) => ({ ...panel, width: i < 4 ? 5 : 4 })), timeline, ...charts],
  rows,
  links: [
    toBoard('Edge', 'plimsoll-edge'),
    toBoard('WordPress', 'plimsoll-wordpress'),
    toLogs('{service_name=~"envoy.*|gateway.*"}'),
  ],
});
