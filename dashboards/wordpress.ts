// WordPress: front end, login, REST and cron as probes see them; PHP-FPM and the object cache behind.
import { HIT_RATIO } from '../alerts/rules/redis.ts';
import { CRON_LAG_SECONDS, POOL_SHARE } from '../alerts/rules/wordpress.ts';
import type { Board } from '../src/grafana/board.ts';
import type { Spec } from '../src/spec/spec.ts';
import { IN_CLUSTER } from './ask.ts';
import { toBoard, toLogs } from './links.ts';
import { alertPanels, chart, errorLogs, number } from './part-panels.ts';
import { detailPanels, outcomeGuide } from './probe-details.ts';
import { durationChart, failingNow, JOIN_MS, outcomeMix, stepLanes, targetTable } from './probe-panels.ts';
import { alertsOf, failedTraces, OF_TARGETS, type Probed, stepDuration, targetVariable } from './probe-queries.ts';

const PROBED: Probed = { kind: 'wordpress', what: 'WordPress' };
const NO_FPM = 'php-fpm_exporter is not scraped';
const fpm = (name: string): string => `phpfpm_${name}{${IN_CLUSTER}}`;
const POOL = 'cluster, namespace, pod, pool';
const BUSY = `sum by (${POOL}) (${fpm('active_processes')}) / sum by (${POOL}) (${fpm('total_processes')})`;
const fpmRate = (name: string): string => `sum by (pod) (rate(${fpm(name)}[$__rate_interval]))`;
const lookups = (what: string): string =>
  `sum by (cluster) (rate(redis_keyspace_${what}_total{${IN_CLUSTER}}[$__rate_interval]))`;
const CRON = `probe_cron_lag_seconds{${IN_CLUSTER}, target=~"$target"}`;
const NO_CRON = 'unknown: the step cron is off, its token is missing, or the site does not answer';
const PLUGIN = 'port 8081 of the WordPress pods is not scraped';
const UPDATES = `${PLUGIN}, or wordpress.org cannot be asked`;

export const wordpress = (spec: Spec): Board => {
  const [firing, which, history] = alertPanels(spec, 'wordpress', OF_TARGETS);
  const own = (...names: string[]) => alertsOf(spec, 'wordpress', ...names);
  return {
    uid: 'plimsoll-wordpress',
    title: 'WordPress',
    description:
      'Does WordPress answer with the right pages, from which step on not, and is PHP or something behind it to blame?',
    uses: ['cluster', 'service'],
    variables: [targetVariable('wordpress')],
    first: [
      failingNow(PROBED),
      firing,
      { ...which, width: 16 },
      {
        ...stepLanes(PROBED),
        description:
          'As bad as the worst target. Only `static` green: PHP or what is behind. All red: the gateway, the pods or DNS. Only `uncached`, `rest`, `login` red: the edge hides it from readers. `cron` and `objectcache` alone hurt nobody at once.',
        links: [toBoard('Edge', 'plimsoll-edge'), toBoard('Kubernetes', 'plimsoll-kubernetes')],
        alerts: own('WordPressDown', 'WordPressObjectCacheMissing'),
      },
      targetTable(PROBED),
      {
        ...outcomeMix(PROBED),
        alerts: own(
          'WordPressBadState',
          'WordPressServerErrors',
          'WordPressDatabaseError',
          'WordPressMaintenanceStuck',
          'WordPressPhpSaturated',
        ),
      },
      chart({
        title: 'Through the edge and past it',
        description:
          '95 of 100 are faster. Only `uncached` is slow: PHP or the database. Both, and `static` too: the network or the gateway. Only `front`: the edge.',
        queries: [
          { expr: stepDuration('front', 0.95), legend: 'front page through the edge' },
          { expr: stepDuration('uncached', 0.95), legend: 'uncached, from PHP', exemplars: true },
          { expr: stepDuration('static', 0.95), legend: 'static file, without PHP' },
        ],
        min: 0,
        joinMs: JOIN_MS,
        empty: 'no target of kind wordpress is probed',
      }),
      number(
        {
          title: 'Busy PHP workers',
          description:
            'In the fullest pool. When all are busy, visitors wait: is MariaDB slow, does a plugin call another site, or is there more traffic than workers (row "PHP-FPM")?',
          queries: [{ expr: `max(${BUSY})` }],
          decimals: 0,
          empty: NO_FPM,
          thresholds: [{ from: POOL_SHARE, color: 'red' }],
          alerts: own('PhpFpmPoolNearlyFull', 'WordPressPhpSaturated'),
        },
        6,
      ),
      number(
        {
          title: 'Requests that wait for PHP',
          description: 'In the longest queue. More than 0 for minutes: all workers of that pool are busy; see beside.',
          queries: [{ expr: `max(${fpm('listen_queue')})` }],
          decimals: 0,
          empty: NO_FPM,
          thresholds: [{ from: 1, color: 'orange' }],
          alerts: own('PhpFpmPoolNearlyFull'),
        },
        6,
      ),
      number(
        {
          title: 'Cron is late by',
          description:
            'The oldest due event of the worst site. If it grows, the CronJob does not run, or one event hangs: its log says which (row "Cron, updates and alerts").',
          queries: [{ expr: `max(${CRON})` }],
          decimals: 0,
          empty: NO_CRON,
          thresholds: [{ from: CRON_LAG_SECONDS, color: 'red' }],
          alerts: own('WordPressCronStuck'),
        },
        6,
      ),
      number(
        {
          title: 'Found in the object cache',
          description:
            'Share of the look-ups in Redis that find something. Low: WordPress asks MariaDB instead; see the board Redis. None while pages are served: the drop-in object-cache.php is missing.',
          queries: [
            {
              expr: `min(${lookups('hits')} / (${lookups('hits')} + ${lookups('misses')} > 0))`,
            },
          ],
          decimals: 0,
          base: 'orange',
          thresholds: [{ from: HIT_RATIO, color: 'green' }],
          empty: 'nobody asks Redis, or redis_exporter is not scraped',
          links: [toBoard('Redis', 'plimsoll-redis')],
        },
        6,
      ),
    ],
    rows: [
      {
        title: 'Latency, target by target',
        panels: [{ ...durationChart(PROBED), width: 24 }, ...detailPanels(PROBED)],
      },
      {
        title: 'PHP-FPM',
        panels: [
          chart({
            title: 'Busy workers by pod',
            description:
              'One pod at the top: its node or a hanging request. All: traffic, or something slow behind PHP.',
            queries: [{ expr: `max by (pod) (${BUSY})`, legend: '{{pod}}' }],
            min: 0,
            max: 1,
            thresholds: [{ from: POOL_SHARE, color: 'red' }],
            empty: NO_FPM,
          }),
          chart({
            title: 'Workers',
            description: 'Busy and idle over all pods. Flat at the top: pm.max_children is reached everywhere.',
            queries: [
              { expr: `sum(${fpm('active_processes')})`, legend: 'busy' },
              { expr: `sum(${fpm('idle_processes')})`, legend: 'idle' },
            ],
            stack: true,
            decimals: 0,
            min: 0,
            empty: NO_FPM,
          }),
          chart({
            title: 'Slow requests and full pools',
            description:
              'Slow ones are in the slow log of PHP-FPM with the line of code. A pool that was full made requests wait.',
            queries: [
              { expr: fpmRate('slow_requests'), legend: '{{pod}} slow requests' },
              { expr: fpmRate('max_children_reached'), legend: '{{pod}} pool was full' },
            ],
            unit: 'ops',
            min: 0,
            empty: NO_FPM,
          }),
          chart({
            title: 'Requests to PHP',
            description:
              'What reaches PHP at all. A jump without more visitors: the edge does not cache; see the board Edge.',
            queries: [{ expr: fpmRate('accepted_connections'), legend: '{{pod}}' }],
            unit: 'ops',
            stack: true,
            min: 0,
            links: [toBoard('Edge', 'plimsoll-edge')],
            empty: NO_FPM,
          }),
        ],
      },
      {
        title: 'Cron, updates and alerts',
        panels: [
          chart({
            title: 'Cron is late, by site',
            description: 'A slope of one second a second: nothing runs. Steps: one event takes as long.',
            queries: [{ expr: `max by (target) (${CRON})`, legend: '{{target}}' }],
            min: 0,
            thresholds: [{ from: CRON_LAG_SECONDS, color: 'red' }],
            empty: NO_CRON,
          }),
          chart({
            title: 'Overdue cron events',
            description: 'Events that should have run. A growing number: the CronJob is stuck.',
            queries: [{ expr: `max(wordpress_cron_overdue_events{${IN_CLUSTER}})`, legend: 'events' }],
            decimals: 0,
            min: 0,
            empty: PLUGIN,
          }),
          chart({
            title: 'Updates pending',
            description:
              'Core, plugins and themes, of all sites. Security fixes are among them: do not let it grow for weeks.',
            queries: [{ expr: `max by (type) (wordpress_updates_pending{${IN_CLUSTER}})`, legend: '{{type}}' }],
            decimals: 0,
            min: 0,
            empty: UPDATES,
          }),
          chart({
            title: 'Pods without object cache',
            description:
              'They cannot reach Redis, and ask MariaDB for everything. One: its node or its network. All: Redis; see its board.',
            queries: [
              {
                expr: `count(wordpress_object_cache_up{${IN_CLUSTER}} == 0) or 0 * count(wordpress_object_cache_up{${IN_CLUSTER}})`,
                legend: 'pods',
              },
            ],
            decimals: 0,
            min: 0,
            links: [toBoard('Redis', 'plimsoll-redis')],
            empty: PLUGIN,
          }),
          chart({
            title: 'Slow queries',
            description:
              'That the database server counts, whoever sent them; WordPress asks it. They rise with PHP workers busy: the database holds the pages up. See the board MariaDB.',
            queries: [
              {
                expr: `max(rate(wordpress_database_slow_queries_total{${IN_CLUSTER}}[$__rate_interval]))`,
                legend: 'queries',
              },
            ],
            unit: 'ops',
            min: 0,
            links: [toBoard('MariaDB', 'plimsoll-mariadb')],
            empty: PLUGIN,
          }),
          { ...history, width: 12, height: 8 },
        ],
      },
      { title: 'What outcomes mean', panels: [outcomeGuide(spec, 'wordpress')] },
      { title: 'Logs', panels: [errorLogs('wordpress.*|php.*', 'WordPress and PHP')] },
    ],
    links: [
      toBoard('MariaDB', 'plimsoll-mariadb'),
      toBoard('Redis', 'plimsoll-redis'),
      toBoard('Edge', 'plimsoll-edge'),
      toLogs('{service_name=~"wordpress.*|php.*"}'),
      failedTraces(PROBED),
    ],
  };
};
