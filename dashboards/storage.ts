// Object storage and backups: do operations fail, how old is the last backup, was a restore ever tried.
import {
  BACKUP_SECONDS,
  COPY_SECONDS,
  DRILL_SECONDS,
  FAILED_SHARE,
  GRACE,
  RESTORE_SECONDS,
} from '../alerts/rules/storage.ts';
import type { Board, StatPanel } from '../src/grafana/board.ts';
import type { Spec } from '../src/spec/spec.ts';
import { IN_CLUSTER } from './ask.ts';
import { toBoard, toLogs } from './links.ts';
import { alertPanels, chart, errorLogs, number } from './part-panels.ts';
import { ALERT_WINDOW, alertsOf } from './probe-queries.ts';
import { STATES } from './states.ts';

const EMPTY = 'no client of object storage is scraped';
const NO_KUBE = 'kube-state-metrics is not scraped';
const AT = 'cluster, namespace, bucket, operation';
const operations = (name: string, more = ''): string => `thanos_objstore_bucket_operation${name}{${IN_CLUSTER}${more}}`;
const counted = (name: string, by: string, window: string): string =>
  `sum by (${by}) (increase(${operations(name)}[${window}]))`;
/** 0 and not nothing where no operation has failed so far. */
const failedShare = (by: string, window = '$__rate_interval'): string =>
  `(${counted('_failures_total', by, window)} or 0 * ${counted('s_total', by, window)}) / (${counted('s_total', by, window)} > 0)`;
const rate = (name: string, by: string): string => `sum by (${by}) (rate(${operations(name)}[$__rate_interval]))`;
const quantile = (q: number): string =>
  `histogram_quantile(${q}, sum by (operation, le) (rate(${operations('_duration_seconds_bucket')}[$__rate_interval])))`;

const JOB = 'cluster, namespace, cronjob';
const job = (what: string, names: string): string => `kube_cronjob_${what}{${IN_CLUSTER}, cronjob=~"${names}"}`;
const ALL = '(backup|replicate|drill)-.*';
const sinceSuccess = (names: string): string =>
  `time() - max by (${JOB}) (${job('status_last_successful_time', names)})`;
/** Age of the jobs that have not succeeded once and are not suspended. */
const WITHOUT_SUCCESS = `time() - max by (${JOB}) (${job('created', ALL)}) unless on (${JOB}) ${job('status_last_successful_time', ALL)} unless on (${JOB}) (${job('spec_suspend', ALL)} > 0)`;
/** 1 where the alert fires. */
const OF_LIMIT = [
  `(${sinceSuccess('backup-.*')}) / ${BACKUP_SECONDS}`,
  `(${sinceSuccess('replicate-.*')}) / ${COPY_SECONDS}`,
  `(${sinceSuccess('drill-.*')}) / ${RESTORE_SECONDS}`,
  `(${WITHOUT_SUCCESS}) / ${GRACE}`,
].join(' or ');

const NO_DRILL = 'no restore drill has succeeded yet, or node_exporter of the bastion is not scraped';
const drill = (what: string): string => `max by (cluster, instance) (restore_drill_${what}_seconds{${IN_CLUSTER}})`;
const SINCE_DRILL = `time() - ${drill('last_success_timestamp')}`;

/** The age of what is furthest behind, of what has succeeded at least once. */
const age = (
  of: Pick<StatPanel, 'title' | 'description' | 'empty' | 'alerts'>,
  since: string,
  limitSeconds: number,
): StatPanel =>
  number(
    {
      ...of,
      queries: [{ expr: `max(${since})` }],
      decimals: 1,
      thresholds: [{ from: limitSeconds, color: 'red' }],
    },
    6,
  );

export const storage = (spec: Spec): Board => {
  const [firing, which, history] = alertPanels(spec, 'storage');
  const own = (...names: string[]) => alertsOf(spec, 'storage', ...names);
  return {
    uid: 'plimsoll-storage',
    title: 'Object storage and backups',
    description:
      'Metrics, logs, traces, media and backups lie in object storage. A backup is worth what its last restore was worth.',
    uses: ['cluster'],
    first: [
      number({
        title: 'Failing operations',
        description:
          'Share of 15 minutes, of the worst operation on the worst bucket. All buckets: keys, the quota or an outage of the provider. One: its policy or name. While uploads fail, local disks fill up: see the board Kubernetes.',
        queries: [{ expr: `max(${failedShare(AT, '15m')})` }],
        decimals: 1,
        empty: EMPTY,
        thresholds: [
          { from: 0.001, color: 'orange' },
          { from: FAILED_SHARE, color: 'red' },
        ],
        links: [toBoard('Kubernetes', 'plimsoll-kubernetes')],
        alerts: own('ObjectStorageFailing'),
        waive: ALERT_WINDOW,
      }),
      firing,
      { ...which, width: 16 },
      age(
        {
          title: 'Oldest last backup',
          description:
            'Since the last success of the job that is furthest behind; red from the limit of the alert on. Then: the log of the job (row "Logs"), its space, its key. Jobs that never succeeded are beside.',
          empty: `${NO_KUBE}, or no job backup-* has ever succeeded`,
          alerts: own('BackupTooOld'),
        },
        sinceSuccess('backup-.*'),
        BACKUP_SECONDS,
      ),
      age(
        {
          title: 'Oldest copy to the other region',
          description:
            'Since the last success of the job that is furthest behind. What is newer exists only once: buckets are not replicated by the provider.',
          empty: `${NO_KUBE}, or no job replicate-* has ever succeeded`,
          alerts: own('BackupCopyTooOld'),
        },
        sinceSuccess('replicate-.*'),
        COPY_SECONDS,
      ),
      age(
        {
          title: 'Oldest restore from the other region',
          description:
            'Since the newest dump was last taken from the other region, decrypted and restored in the cluster. Red: nobody knows that dumps can be read.',
          empty: `${NO_KUBE}, or no job drill-* has ever succeeded`,
          alerts: own('BackupNotRestored'),
        },
        sinceSuccess('drill-.*'),
        RESTORE_SECONDS,
      ),
      age(
        {
          title: 'Last restore drill',
          description:
            'Since a backup was last restored for trial and was the same as the original. Red: nobody knows that backups can be read; run the drill by hand.',
          empty: NO_DRILL,
          alerts: own('RestoreDrillOverdue'),
        },
        SINCE_DRILL,
        DRILL_SECONDS,
      ),
      number(
        {
          title: 'Jobs that never succeeded',
          description: 'Older than the grace of the alert, and not suspended. There is no backup of this kind at all.',
          queries: [{ expr: `count((${WITHOUT_SUCCESS}) > ${GRACE}) or 0 * count(${job('created', ALL)})` }],
          unit: 'short',
          decimals: 0,
          empty: `${NO_KUBE}, or there is no backup job at all`,
          thresholds: [{ from: 1, color: 'red' }],
          alerts: own('BackupNeverSucceeded'),
        },
        6,
      ),
      {
        kind: 'state-timeline',
        title: 'Buckets',
        description: `Orange where some operations fail, red from the share of the alert on. All at once: keys, network or the provider.`,
        width: 12,
        height: 8,
        queries: [
          {
            expr: `max by (bucket) ((${failedShare(AT)} > bool 0) + (${failedShare(AT)} > bool ${FAILED_SHARE}))`,
            legend: '{{bucket}}',
          },
        ],
        mappings: STATES,
        empty: EMPTY,
      },
      chart(
        {
          title: 'Failed operations',
          description:
            'By bucket and operation. Only uploads: quota or the right to write. Only get and get_range: what is asked for is gone, look at retention. All: keys or network.',
          queries: [
            {
              expr: `label_join(${rate('_failures_total', 'bucket, operation')} > 0, "what", " ", "bucket", "operation") or label_replace(0 * sum(${rate('s_total', 'bucket')}) unless sum(${rate('_failures_total', 'bucket')}) > 0, "what", "nothing failed", "", "")`,
              legend: '{{what}}',
            },
          ],
          stack: true,
          min: 0,
          empty: EMPTY,
        },
        12,
      ),
      chart({
        title: 'How long operations take',
        description:
          '95 of 100 are faster, by operation. All of them grow: the network or the provider; only get_range: queries over long times.',
        queries: [{ expr: quantile(0.95), legend: '{{operation}}' }],
        min: 0,
        empty: EMPTY,
      }),
      {
        kind: 'table',
        title: 'Jobs',
        description:
          'The worst first: how much of the time after which an alert fires has passed since the last success, or since it was made if it never succeeded. Suspended ones were switched off: on purpose?',
        width: 12,
        height: 8,
        labels: { cronjob: 'Job', namespace: 'Namespace' },
        columns: [
          {
            title: 'Of its limit',
            expr: `max by (cronjob, namespace) (${OF_LIMIT})`,
            unit: 'percentunit',
            decimals: 0,
            thresholds: [{ from: 1, color: 'red' }],
          },
          {
            title: 'Last success',
            expr: `max by (cronjob, namespace) (${sinceSuccess(ALL)})`,
            unit: 's',
            decimals: 1,
          },
          {
            title: 'Exists for',
            expr: `time() - max by (cronjob, namespace) (${job('created', ALL)})`,
            unit: 's',
            decimals: 1,
          },
          {
            title: 'State',
            expr: `max by (cronjob, namespace) (${job('spec_suspend', ALL)})`,
            unit: 'short',
            mappings: [
              { value: 0, text: 'active', color: 'green' },
              { value: 1, text: 'suspended', color: 'orange' },
            ],
          },
        ],
        sortBy: { column: 'Of its limit', descending: true },
        waive: { 'unit-fits': 'a time over a limit in seconds: a ratio' },
        empty: `${NO_KUBE}, or there is no backup job at all`,
      },
    ],
    rows: [
      {
        title: 'Operations',
        panels: [
          chart({
            title: 'Operations by bucket',
            description: 'Traffic to object storage. None where there should be some: the writer is down.',
            queries: [{ expr: rate('s_total', 'bucket'), legend: '{{bucket}}' }],
            min: 0,
            empty: EMPTY,
          }),
          chart({
            title: 'Operations by kind',
            description: 'Many iter or exists without queries: a compactor or store that starts again and again.',
            queries: [{ expr: rate('s_total', 'operation'), legend: '{{operation}}' }],
            min: 0,
            empty: EMPTY,
          }),
          chart({
            title: 'Median by operation',
            description: 'Half are faster. If only the 95 of 100 grow, few but large objects do.',
            queries: [{ expr: quantile(0.5), legend: '{{operation}}' }],
            min: 0,
            empty: EMPTY,
          }),
        ],
      },
      {
        title: 'Backups and alerts over time',
        panels: [
          chart({
            title: 'Since the last success',
            description:
              'A saw tooth as high as the pause between runs is healthy. A tooth that grows on: that run failed.',
            queries: [{ expr: `max by (cronjob) (${sinceSuccess(ALL)})`, legend: '{{cronjob}}' }],
            min: 0,
            empty: `${NO_KUBE}, or no backup job has ever succeeded`,
          }),
          chart({
            title: 'Since the last restore drill',
            description:
              'A saw tooth of a week is healthy. A tooth that grows on: the drill fails, and its journal says why.',
            queries: [{ expr: SINCE_DRILL, legend: '{{instance}}' }],
            min: 0,
            empty: NO_DRILL,
          }),
          chart({
            title: 'How long a restore takes',
            description:
              'From the dump to the comparison, of the last drill that succeeded. So long is the site without data at least, if the database is lost.',
            queries: [{ expr: drill('duration'), legend: '{{instance}}' }],
            min: 0,
            empty: NO_DRILL,
          }),
          { ...history, height: 8 },
        ],
      },
      { title: 'Logs', panels: [errorLogs('backup.*|replicate.*|restore.*', 'the backup jobs')] },
    ],
    links: [
      toBoard('Telemetry stack', 'plimsoll-telemetry'),
      toBoard('MariaDB', 'plimsoll-mariadb'),
      toLogs('{service_name=~"backup.*|replicate.*|restore.*"}'),
    ],
  };
};
