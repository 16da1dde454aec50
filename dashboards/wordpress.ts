// WordPress: front end, login, REST and cron as probes see them; PHP-FPM and the object cache behind.
import { CRON_LAG_SECONDS, POOL_SHARE } from '../alerts/rules/wordpress.ts';
import type { Board } from '../src/grafana/board.ts';
import type { Spec } from '../src/spec/spec.ts';
import { IN_CLUSTER } from './ask.ts';
import { toBoard, toLogs } from './links.ts';
import { alertPanels, chart, errorLogs, number, probePanels } from './part-panels.ts';

const p95 = (step: string) =>
  `histogram_quantile(0.95, sum by (le) (rate(probe_step_duration_seconds_bucket{${IN_CLUSTER}, step="${step}"}[$__rate_interval])))`;

export const wordpress = (spec: Spec): Board => {
  const [firing, which, history] = alertPanels(spec, 'wordpress');
  const [failing, lanes, outcomes, durations] = probePanels('wordpress', 'WordPress');
  return {
    uid: 'plimsoll-wordpress',
    title: 'WordPress',
    description:
      'Does WordPress answer with the right pages, from which step on not, and is PHP or something behind it to blame?',
    uses: ['cluster'],
    first: [
      failing,
      firing,
      which,
      lanes,
      outcomes,
      chart({
        title: 'Through the edge and past it',
        description:
          '95 of 100 are faster. Only `uncached` is slow: PHP or the database. Both: the network or the gateway.',
        queries: [
          { expr: p95('front'), legend: 'front, through the edge' },
          { expr: p95('uncached'), legend: 'uncached, from PHP', exemplars: true },
        ],
        empty: 'no target of kind wordpress is probed',
      }),
      number(
        {
          title: 'Busy PHP workers',
          description: 'In the fullest pool. When all are busy, visitors wait: more workers, or find what holds them.',
          queries: [
            {
              expr: `max(sum by (cluster, namespace, pod, pool) (phpfpm_active_processes{${IN_CLUSTER}}) / sum by (cluster, namespace, pod, pool) (phpfpm_total_processes{${IN_CLUSTER}}))`,
            },
          ],
          decimals: 0,
          empty: 'php-fpm_exporter is not scraped',
          thresholds: [{ from: POOL_SHARE, color: 'red' }],
        },
        6,
      ),
      number(
        {
          title: 'Requests that wait for PHP',
          description: 'In the queues of all pools. More than 0 for minutes: see the workers.',
          queries: [{ expr: `sum(phpfpm_listen_queue{${IN_CLUSTER}})` }],
          decimals: 0,
          empty: 'php-fpm_exporter is not scraped',
          thresholds: [{ from: 1, color: 'orange' }],
        },
        6,
      ),
      number(
        {
          title: 'Cron is late by',
          description: 'The oldest due event. If it grows, the CronJob does not run, or one event hangs.',
          queries: [{ expr: `max(probe_cron_lag_seconds{${IN_CLUSTER}})` }],
          decimals: 0,
          empty: 'unknown: the step cron is off, or its token is missing',
          thresholds: [{ from: CRON_LAG_SECONDS, color: 'red' }],
        },
        6,
      ),
      number(
        {
          title: 'Updates pending',
          description: 'Core, plugins and themes, of all sites.',
          queries: [{ expr: `sum(wordpress_updates_pending{${IN_CLUSTER}})` }],
          decimals: 0,
          empty: 'not exported yet',
        },
        6,
      ),
    ],
    rows: [
      { title: 'Steps and alerts over time', panels: [durations, history] },
      {
        title: 'PHP-FPM',
        panels: [
          chart({
            title: 'Workers',
            description: 'Busy and idle over all pods. Flat at the top: the limit max_children is reached.',
            queries: [
              { expr: `sum(phpfpm_active_processes{${IN_CLUSTER}})`, legend: 'busy' },
              { expr: `sum(phpfpm_idle_processes{${IN_CLUSTER}})`, legend: 'idle' },
            ],
            stack: true,
            empty: 'php-fpm_exporter is not scraped',
          }),
          chart({
            title: 'Slow requests and full pools',
            description:
              'Slow ones are in the slow log of PHP-FPM with the line of code; a full pool refuses or queues.',
            queries: [
              { expr: `sum(rate(phpfpm_slow_requests{${IN_CLUSTER}}[$__rate_interval]))`, legend: 'slow requests' },
              {
                expr: `sum(rate(phpfpm_max_children_reached{${IN_CLUSTER}}[$__rate_interval]))`,
                legend: 'pool was full',
              },
            ],
            unit: 'ops',
            empty: 'php-fpm_exporter is not scraped',
          }),
          chart({
            title: 'Requests to PHP',
            description: 'What reaches PHP at all; the edge should take most of the traffic.',
            queries: [
              { expr: `sum(rate(phpfpm_accepted_connections{${IN_CLUSTER}}[$__rate_interval]))`, legend: 'requests' },
            ],
            unit: 'ops',
            empty: 'php-fpm_exporter is not scraped',
          }),
          chart({
            title: 'Overdue cron events',
            description: 'Events that should have run. A growing number: the CronJob is stuck.',
            queries: [{ expr: `sum(wordpress_cron_overdue_events{${IN_CLUSTER}})`, legend: 'events' }],
            empty: 'not exported yet',
          }),
        ],
      },
      { title: 'Logs', panels: [errorLogs('wordpress.*|php.*', 'WordPress and PHP')] },
    ],
    links: [
      toBoard('MariaDB', 'plimsoll-mariadb'),
      toBoard('Redis', 'plimsoll-redis'),
      toBoard('Edge', 'plimsoll-edge'),
      toLogs('{service_name=~"wordpress.*|php.*"}'),
    ],
  };
};
