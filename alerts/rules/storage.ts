// Object storage and backups. Jobs are told by the name of their CronJob: backup-*, replicate-*,
// drill-*. Another restore drill runs on the bastion.
import type { AlertFamily, ComponentAlert } from '../../src/generate/component-alert.ts';
import { minutes, when } from './alert-test.ts';

const operations = (name: string) =>
  `thanos_objstore_bucket_operation${name}_total{bucket="b", component="c", operation="upload", namespace="mimir"}`;
// Single failures are retried; 5 % over a quarter of an hour are not weather any more.
export const FAILED_SHARE = 0.05;
const objectStorage: ComponentAlert = {
  alert: 'ObjectStorageFailing',
  expr: `sum by (cluster, namespace, bucket, operation) (rate(thanos_objstore_bucket_operation_failures_total[15m]))
/
sum by (cluster, namespace, bucket, operation) (rate(thanos_objstore_bucket_operations_total[15m]))
> ${FAILED_SHARE}
and
sum by (cluster, namespace, bucket, operation) (increase(thanos_objstore_bucket_operation_failures_total[15m])) > 4.5`,
  forMs: minutes(15),
  severity: 'ticket',
  owner: 'platform',
  needs: 'metrics of Mimir, Loki or Tempo',
  summary: 'IONOS Object Storage refuses {{ $labels.operation }} in bucket {{ $labels.bucket }}',
  description:
    '{{ $value | humanizePercentage }} of the operations {{ $labels.operation }} of {{ $labels.namespace }} on bucket {{ $labels.bucket }} have failed for 15 minutes. Uploads wait on local disks, which fill up.',
  tests: [
    when(
      '6 of 100 operations fail',
      20,
      { [operations('_failures')]: '0+6x40', [operations('s')]: '0+100x40' },
      { namespace: 'mimir', bucket: 'b', operation: 'upload' },
    ),
    when('4 of 100 operations fail', 32, { [operations('_failures')]: '0+4x40', [operations('s')]: '0+100x40' }),
    when('4.2 failures in each quarter of an hour, of as many', 35, {
      [operations('_failures')]: '0+0.28x40',
      [operations('s')]: '0+0.28x40',
    }),
    when(
      '4.8 failures in each quarter of an hour, of as many',
      31,
      { [operations('_failures')]: '0+0.32x40', [operations('s')]: '0+0.32x40' },
      { namespace: 'mimir', bucket: 'b', operation: 'upload' },
    ),
    when('14 minutes only', 14, { [operations('_failures')]: '0+50x40', [operations('s')]: '0+100x40' }),
  ],
};

const last = (cronjob: string) => `kube_cronjob_status_last_successful_time{cronjob="${cronjob}", namespace="wp"}`;
const created = (cronjob: string) => `kube_cronjob_created{cronjob="${cronjob}", namespace="wp"}`;
const suspended = (cronjob: string) => `kube_cronjob_spec_suspend{cronjob="${cronjob}", namespace="wp"}`;
const HOUR = 3600;
const DAY = 24 * HOUR;

/** Time since the last success of the CronJobs of a prefix is beyond a limit. */
function overdue(
  prefix: string,
  limitSeconds: number,
  rest: Pick<ComponentAlert, 'alert' | 'summary' | 'description'>,
): ComponentAlert {
  const job = `${prefix}x`;
  const labels = { namespace: 'wp', cronjob: job };
  return {
    ...rest,
    expr: `time() - max by (cluster, namespace, cronjob) (kube_cronjob_status_last_successful_time{cronjob=~"${prefix}.*"}) > ${limitSeconds}`,
    forMs: minutes(15),
    severity: 'ticket',
    owner: 'platform',
    needs: 'kube-state-metrics',
    tests: [
      // At minute 16, time() is 960.
      when('a minute too old', 16, { [last(job)]: `${16 * 60 - limitSeconds - 900 - 60}x30` }, labels),
      when('a minute before the limit', 16, { [last(job)]: `${16 * 60 - limitSeconds + 60}x30` }),
      when('succeeded after 10 minutes', 16, { [last(job)]: `${-2 * limitSeconds}x10 600x20` }),
      when('another job', 16, { [last('other')]: `${-2 * limitSeconds}x30` }),
      when('too old for 14 minutes', 14, { [last(job)]: `${-2 * limitSeconds}x30` }),
    ],
  };
}

// A dump a day, and two hours for a slow one.
export const BACKUP_SECONDS = 26 * HOUR;
const backup = overdue('backup-', BACKUP_SECONDS, {
  alert: 'BackupTooOld',
  summary: 'The last good run of {{ $labels.cronjob }} was {{ $value | humanizeDuration }} ago',
  description:
    '{{ $labels.namespace }}/{{ $labels.cronjob }} last succeeded {{ $value | humanizeDuration }} ago. The automatic backups of the IONOS MariaDB cluster go back 7 days and are not a copy in another place: restore from them if need be, and mend the job.',
});

export const COPY_SECONDS = 26 * HOUR;
const replication = overdue('replicate-', COPY_SECONDS, {
  alert: 'BackupCopyTooOld',
  summary: 'Buckets were last copied to the other region {{ $value | humanizeDuration }} ago',
  description:
    '{{ $labels.namespace }}/{{ $labels.cronjob }} last succeeded {{ $value | humanizeDuration }} ago. IONOS does not replicate buckets between regions: what is newer exists only once.',
});

// A restore a day: two that failed, and two hours.
export const RESTORE_SECONDS = 50 * HOUR;
const restored = overdue('drill-', RESTORE_SECONDS, {
  alert: 'BackupNotRestored',
  summary: 'The newest dump was last restored {{ $value | humanizeDuration }} ago',
  description:
    '{{ $labels.namespace }}/{{ $labels.cronjob }} last restored a dump from the other region {{ $value | humanizeDuration }} ago. Dumps may be written and copied that nobody could read.',
});

// A drill a week: two that failed, and a day.
export const DRILL_SECONDS = 15 * DAY;
const drillSeries = (what: 'last_success' | 'begin') => `restore_drill_${what}_timestamp_seconds`;
const drill: ComponentAlert = {
  alert: 'RestoreDrillOverdue',
  // A drill that never succeeded has no time of success; then it counts since when there is to be one.
  expr: `time() - max by (cluster, instance) (${drillSeries('last_success')} or ${drillSeries('begin')}) > ${DRILL_SECONDS}`,
  forMs: minutes(15),
  severity: 'ticket',
  owner: 'platform',
  needs: 'node_exporter on the bastion',
  summary: 'No backup has been restored for {{ $value | humanizeDuration }}',
  description:
    'The restore drill on {{ $labels.instance }} last succeeded {{ $value | humanizeDuration }} ago, or has not once since it was set up then. Backups are written, but nobody has seen that they can be read.',
  tests: [
    // At minute 16, time() is 960.
    when(
      'a minute too old',
      16,
      { [drillSeries('last_success')]: `${16 * 60 - DRILL_SECONDS - 900 - 60}x30` },
      { instance: 'a:9' },
    ),
    when('a minute before the limit', 16, { [drillSeries('last_success')]: `${16 * 60 - DRILL_SECONDS + 60}x30` }),
    when('succeeded after 10 minutes', 16, { [drillSeries('last_success')]: `${-2 * DRILL_SECONDS}x10 600x20` }),
    when('too old for 14 minutes', 14, { [drillSeries('last_success')]: `${-2 * DRILL_SECONDS}x30` }),
    when(
      'never succeeded, and set up a minute too long ago',
      16,
      { [drillSeries('begin')]: `${16 * 60 - DRILL_SECONDS - 900 - 60}x30` },
      { instance: 'a:9' },
    ),
    when('set up today', 16, { [drillSeries('begin')]: '0x30' }),
    when('set up long ago, succeeded today', 16, {
      [drillSeries('begin')]: `${-9 * DRILL_SECONDS}x30`,
      [drillSeries('last_success')]: '0x30',
    }),
    when(
      'set up anew today, and the last success is too old',
      16,
      { [drillSeries('begin')]: '0x30', [drillSeries('last_success')]: `${-2 * DRILL_SECONDS}x30` },
      { instance: 'a:9' },
    ),
  ],
};

export const GRACE = 26 * HOUR;
const never: ComponentAlert = {
  alert: 'BackupNeverSucceeded',
  // A job that never succeeded has no time of success, so the alerts above cannot see it.
  expr: `(time() - max by (cluster, namespace, cronjob) (kube_cronjob_created{cronjob=~"(backup|replicate|drill)-.*"}) > ${GRACE})
unless on (cluster, namespace, cronjob)
kube_cronjob_status_last_successful_time
unless on (cluster, namespace, cronjob)
(kube_cronjob_spec_suspend > 0)`,
  forMs: minutes(15),
  severity: 'ticket',
  owner: 'platform',
  needs: 'kube-state-metrics',
  summary: '{{ $labels.cronjob }} has never succeeded',
  description:
    '{{ $labels.namespace }}/{{ $labels.cronjob }} was created {{ $value | humanizeDuration }} ago and has not succeeded once. There is no backup of this kind.',
  tests: [
    when(
      'created 27 hours ago, no success',
      16,
      { [created('backup-x')]: `${-27 * HOUR}x30`, [suspended('backup-x')]: '0x30' },
      { namespace: 'wp', cronjob: 'backup-x' },
    ),
    when('created 25 hours ago', 16, { [created('backup-x')]: `${-25 * HOUR}x30` }),
    when('succeeded once', 16, { [created('backup-x')]: `${-99 * HOUR}x30`, [last('backup-x')]: '1x30' }),
    when('switched off on purpose', 16, { [created('backup-x')]: `${-99 * HOUR}x30`, [suspended('backup-x')]: '1x30' }),
    when('a job of another kind', 16, { [created('wp-cron')]: `${-99 * HOUR}x30` }),
    when('for 14 minutes only', 14, { [created('backup-x')]: `${-99 * HOUR}x30` }),
  ],
};

export const STORAGE: AlertFamily = {
  name: 'storage',
  alerts: [objectStorage, backup, never, replication, restored, drill],
};
