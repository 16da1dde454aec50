// WordPress: what its pages say when they are not what visitors should see, and what its workers have left.
import type { AlertFamily, ComponentAlert } from '../../src/generate/component-alert.ts';
import { minutes, when } from './alert-test.ts';
import { outcomeAlert } from './outcome-alert.ts';

const badState = outcomeAlert({
  alert: 'WordPressBadState',
  kind: 'wordpress',
  outcomes: [
    'critical_error',
    'white_screen',
    'install_redirect',
    'login_redirect',
    'canonical_mismatch',
    'redirect_loop',
    'wrong_content',
    'rest_disabled',
  ],
  perOutcome: true,
  owner: 'web',
  summary: '{{ $labels.target }} answers with {{ $labels.outcome }}',
  description:
    '{{ $value | humanizePercentage }} of the probes of {{ $labels.target }} in the last 10 minutes ended in {{ $labels.outcome }}. WordPress answers, but not with the page visitors should see: look for an update of core, a plugin or a theme, or a changed setting.',
});

const down = outcomeAlert({
  alert: 'WordPressDown',
  kind: 'wordpress',
  outcomes: ['refused', 'reset', 'timeout', 'unreachable', 'protocol_error'],
  owner: 'platform',
  summary: '{{ $labels.target }} does not answer',
  description:
    '{{ $value | humanizePercentage }} of the probes of {{ $labels.target }} in the last 10 minutes got no answer. EdgeDown and OriginDown tell the CDN from what is behind it; else look at the gateway and the pods.',
});

const serverErrors = outcomeAlert({
  alert: 'WordPressServerErrors',
  kind: 'wordpress',
  outcomes: ['server_error', 'bad_gateway', 'status'],
  perOutcome: true,
  owner: 'web',
  summary: '{{ $labels.target }} answers with errors ({{ $labels.outcome }})',
  description:
    '{{ $value | humanizePercentage }} of the probes of {{ $labels.target }} in the last 10 minutes ended in {{ $labels.outcome }}. bad_gateway: nothing answers behind nginx, so PHP-FPM is down or restarting; server_error: PHP itself fails, see its log; status: a status that is not the expected one.',
});

const databaseError = outcomeAlert({
  alert: 'WordPressDatabaseError',
  kind: 'wordpress',
  outcomes: ['db_error'],
  owner: 'platform',
  summary: '{{ $labels.target }} has no database',
  description:
    '{{ $value | humanizePercentage }} of the probes of {{ $labels.target }} in the last 10 minutes got the page "Error establishing a database connection". If MariaDBDown or MariaDBConnectionsExhausted fires too, begin there; else look at credentials and network of the pods.',
});

// An update takes WordPress into maintenance for a minute or two; WordPress itself ignores the file .maintenance after 10 minutes.
const maintenanceStuck = outcomeAlert({
  alert: 'WordPressMaintenanceStuck',
  kind: 'wordpress',
  outcomes: ['wp_maintenance'],
  forMs: minutes(10),
  owner: 'web',
  summary: '{{ $labels.target }} is stuck in maintenance mode',
  description:
    'For more than 10 minutes, {{ $labels.target }} has answered with the maintenance page ({{ $value | humanizePercentage }} of the probes). An update was interrupted: the file .maintenance is still there.',
});

const saturated = outcomeAlert({
  alert: 'WordPressPhpSaturated',
  kind: 'wordpress',
  outcomes: ['php_saturated', 'gateway_timeout', 'overloaded'],
  owner: 'platform',
  summary: '{{ $labels.target }}: PHP-FPM has no free workers',
  description:
    '{{ $value | humanizePercentage }} of the probes of {{ $labels.target }} in the last 10 minutes waited for PHP in vain, while files may still be served. Slow database, slow calls to other sites, or more traffic than workers.',
});

/** Before visitors wait: nearly all workers busy for 5 minutes. A short peak is normal, and the queue takes it. */
export const POOL_SHARE = 0.9;
const fpm = (name: string) => `${name}{pool="www", scrape_uri="u", pod="wordpress-1", namespace="wp"}`;
const poolFull: ComponentAlert = {
  alert: 'PhpFpmPoolNearlyFull',
  expr: `sum by (cluster, namespace, pod, pool) (phpfpm_active_processes) / sum by (cluster, namespace, pod, pool) (phpfpm_total_processes) > ${POOL_SHARE}
and
sum by (cluster, namespace, pod, pool) (phpfpm_listen_queue) > 0`,
  forMs: minutes(5),
  severity: 'ticket',
  owner: 'platform',
  needs: 'php-fpm_exporter',
  summary: 'PHP-FPM pool {{ $labels.pool }} of {{ $labels.pod }} is nearly full',
  description:
    '{{ $value | humanizePercentage }} of the PHP-FPM workers of {{ $labels.namespace }}/{{ $labels.pod }} have been busy for 5 minutes and requests wait in the queue. When all are busy, visitors wait.',
  tests: [
    when(
      '91 of 100 workers are busy and one request waits',
      6,
      {
        [fpm('phpfpm_active_processes')]: '91x9',
        [fpm('phpfpm_total_processes')]: '100x9',
        [fpm('phpfpm_listen_queue')]: '1x9',
      },
      { namespace: 'wp', pod: 'wordpress-1', pool: 'www' },
    ),
    when('90 of 100 workers are busy', 6, {
      [fpm('phpfpm_active_processes')]: '90x9',
      [fpm('phpfpm_total_processes')]: '100x9',
      [fpm('phpfpm_listen_queue')]: '1x9',
    }),
    when('all are busy, but nobody waits', 6, {
      [fpm('phpfpm_active_processes')]: '100x9',
      [fpm('phpfpm_total_processes')]: '100x9',
      [fpm('phpfpm_listen_queue')]: '0x9',
    }),
    when('4 minutes only', 4, {
      [fpm('phpfpm_active_processes')]: '100x9',
      [fpm('phpfpm_total_processes')]: '100x9',
      [fpm('phpfpm_listen_queue')]: '5x9',
    }),
  ],
};

// The CronJob runs every minute; Site Health calls an event missed after 5 minutes. 15 minutes is neither a slow job nor a restart.
export const CRON_LAG_SECONDS = 900;
const cronStuck: ComponentAlert = {
  alert: 'WordPressCronStuck',
  expr: `max by (cluster, target) (probe_cron_lag_seconds) > ${CRON_LAG_SECONDS}`,
  forMs: minutes(5),
  severity: 'ticket',
  owner: 'web',
  needs: 'the mu-plugin plimsoll-health.php and the step cron',
  summary: 'WP-Cron of {{ $labels.target }} is late',
  description:
    'The oldest due event of WP-Cron of {{ $labels.target }} has waited for {{ $value | humanizeDuration }}. Scheduled posts, mails, backups by plugins and clean-up do not run.',
  tests: [
    when('901 s late', 6, { 'probe_cron_lag_seconds{target="t", location="l"}': '901x9' }, { target: 't' }),
    when('900 s late', 6, { 'probe_cron_lag_seconds{target="t", location="l"}': '900x9' }),
    when('late for 4 minutes only', 4, { 'probe_cron_lag_seconds{target="t", location="l"}': '2000x9' }),
  ],
};

const objectCache = outcomeAlert({
  alert: 'WordPressObjectCacheMissing',
  kind: 'wordpress',
  outcomes: ['object_cache_missing'],
  forMs: minutes(10),
  owner: 'web',
  summary: '{{ $labels.target }} works without its object cache',
  description:
    '{{ $value | humanizePercentage }} of the probes of {{ $labels.target }} found no persistent object cache for 10 minutes: every page asks MariaDB for everything. The drop-in object-cache.php is missing, or Redis cannot be reached.',
  needs: 'the mu-plugin plimsoll-health.php and the step objectcache',
});

export const WORDPRESS: AlertFamily = {
  name: 'wordpress',
  alerts: [down, serverErrors, badState, databaseError, maintenanceStuck, saturated, poolFull, cronStuck, objectCache],
};
