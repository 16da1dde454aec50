// The ingress gateway (Envoy Gateway): requests, answers, and the health of what is behind it.
import type { Board } from '../src/grafana/board.ts';
import { IN_CLUSTER } from './ask.ts';
import { toBoard, toLogs } from './links.ts';
import { chart, errorLogs, number } from './part-panels.ts';

const EMPTY = 'the gateway is not scraped';
const down = (more = '') => `sum(rate(envoy_http_downstream_rq_xx{${IN_CLUSTER}${more}}[$__rate_interval]))`;

export const gateway = (): Board => ({
  uid: 'plimsoll-gateway',
  title: 'Ingress gateway',
  description:
    'Real requests between the edge and WordPress. ingress-nginx is retired; this is Envoy Gateway by the Gateway API.',
  uses: ['cluster'],
  first: [
    number(
      {
        title: 'Requests a second',
        description: 'What comes from the edge. A sudden fall: look at DNS and the edge first.',
        queries: [{ expr: down() }],
        unit: 'reqps',
        empty: EMPTY,
      },
      6,
    ),
    number(
      {
        title: 'Answers with 5xx',
        description: 'Share of all answers. From a percent on visitors write mails.',
        queries: [
          {
            expr: `(${down(', envoy_response_code_class="5"')} or 0 * ${down()}) / (${down()} > 0)`,
          },
        ],
        decimals: 2,
        empty: `${EMPTY}, or no traffic`,
        thresholds: [
          { from: 0.01, color: 'orange' },
          { from: 0.1, color: 'red' },
        ],
      },
      6,
    ),
    number(
      {
        title: 'Healthy endpoints',
        description: 'Of the backend with the fewest. 0: nothing can be answered, look at the pods.',
        queries: [{ expr: `min(sum by (envoy_cluster_name) (envoy_cluster_membership_healthy{${IN_CLUSTER}}))` }],
        decimals: 0,
        base: 'red',
        thresholds: [{ from: 1, color: 'green' }],
        empty: EMPTY,
      },
      6,
    ),
    number(
      {
        title: '95 of 100 are faster than',
        description: 'What the backends take, without the way to the visitor.',
        queries: [
          {
            expr: `histogram_quantile(0.95, sum by (le) (rate(envoy_cluster_upstream_rq_time_bucket{${IN_CLUSTER}}[$__rate_interval])))`,
          },
        ],
        empty: `${EMPTY}, or no traffic`,
      },
      6,
    ),
    chart({
      title: 'Answers by class',
      description: '5xx: the backend or the gateway itself; 4xx: a scan, a wrong link, a blocked client.',
      queries: ['2', '3', '4', '5'].map((code) => ({
        expr: down(`, envoy_response_code_class="${code}"`),
        legend: `${code}xx`,
      })),
      stack: true,
      empty: EMPTY,
    }),
    chart({
      title: 'Duration by backend',
      description: '95 of 100 are faster. One backend alone: look at its pods; all: the database or the nodes.',
      queries: [
        {
          expr: `histogram_quantile(0.95, sum by (envoy_cluster_name, le) (rate(envoy_cluster_upstream_rq_time_bucket{${IN_CLUSTER}}[$__rate_interval])))`,
          legend: '{{envoy_cluster_name}}',
        },
      ],
      empty: EMPTY,
    }),
    chart({
      title: 'Failures by backend',
      description: '5xx of each backend. Compare with changes (blue lines).',
      queries: [
        {
          expr: `sum by (envoy_cluster_name) (rate(envoy_cluster_upstream_rq_xx{${IN_CLUSTER}, envoy_response_code_class="5"}[$__rate_interval])) > 0`,
          legend: '{{envoy_cluster_name}}',
        },
      ],
      empty: 'no backend failed in this time',
    }),
    chart({
      title: 'Healthy endpoints by backend',
      description: 'A fall without a deploy: pods die or fail their readiness.',
      queries: [
        {
          expr: `sum by (envoy_cluster_name) (envoy_cluster_membership_healthy{${IN_CLUSTER}})`,
          legend: '{{envoy_cluster_name}}',
        },
      ],
      decimals: 0,
      empty: EMPTY,
    }),
  ],
  rows: [
    {
      title: 'Codes and logs',
      panels: [
        chart({
          title: 'Answers of backends by code',
          description: '429: rate limit; 503: no healthy endpoint or overload; 504: the backend is too slow.',
          queries: [
            {
              expr: `sum by (envoy_response_code) (rate(envoy_cluster_upstream_rq{${IN_CLUSTER}}[$__rate_interval]))`,
              legend: '{{envoy_response_code}}',
            },
          ],
          empty: EMPTY,
        }),
        { ...errorLogs('envoy.*|gateway.*', 'the gateway'), width: 12 },
      ],
    },
  ],
  links: [
    toBoard('Edge', 'plimsoll-edge'),
    toBoard('WordPress', 'plimsoll-wordpress'),
    toLogs('{service_name=~"envoy.*|gateway.*"}'),
  ],
});
