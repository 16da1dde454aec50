// Object storage and backups: do operations fail, how old is the last backup, was a restore ever tried.
import { FAILED_SHARE } from '../alerts/rules/storage.ts';
import type { Board } from '../src/grafana/board.ts';
import type { Spec } from '../src/spec/spec.ts';
import { IN_CLUSTER } from './ask.ts';
import { toBoard, toLogs } from './links.ts';
import { alertPanels, chart, errorLogs, number } from './part-panels.ts';

const EMPTY = 'no client of object storage is scraped';
const JOBS = 'cronjob=~"(backup|replicate|restore)-.*"';
const rate = (name: string, by: string) => `sum by (${by}) (rate(${name}{${IN_CLUSTER}}[$__rate_interval]))`;
const share = (by: string) =>
  `(${rate('thanos_objstore_bucket_operation_failures_total', by)} or 0 * ${rate('thanos_objstore_bucket_operations_total', by)}) / (${rate('thanos_objstore_bucket_operations_total', by)} > 0)`;

export const storage = (spec: Spec): Board => {
  const [firing, which, history] = alertPanels(spec, 'storage');
  return {
    uid: 'plimsoll-storage',
    title: 'Object storage and backups',
    description:
      'Metrics, logs, traces, media and backups lie in object storage. A backup is worth what its last restore was worth.',
    uses: ['cluster'],
    first: [
      number(
        {
          title: 'Failing operations',
          description:
            'Share of the operations that fail now, in the worst bucket. Keys, quota or an outage of the provider.',
          queries: [{ expr: `max(${share('bucket')})` }],
          decimals: 1,
          empty: EMPTY,
          thresholds: [{ from: FAILED_SHARE, color: 'red' }],
        },
        8,
      ),
      firing,
      which,
      {
        kind: 'table',
        title: 'Jobs',
        description:
          'How long ago each last succeeded. See the limits in the alerts; a job that never succeeded is not here.',
        width: 12,
        height: 8,
        labels: { cronjob: 'Job', namespace: 'Namespace' },
        columns: [
          {
            title: 'Last success',
            expr: `time() - max by (cronjob, namespace) (kube_cronjob_status_last_successful_time{${IN_CLUSTER}, ${JOBS}})`,
            unit: 's',
            decimals: 1,
            thresholds: [{ from: 93_600, color: 'orange' }],
          },
        ],
        sortBy: { column: 'Last success', descending: true },
        empty: 'kube-state-metrics is not scraped, or no backup job has ever succeeded',
      },
      chart({
        title: 'Failed operations by bucket',
        description: 'Which bucket and which operation: get and put fail together when keys or the network do.',
        queries: [
          {
            expr: `${rate('thanos_objstore_bucket_operation_failures_total', 'bucket, operation')} > 0`,
            legend: '{{bucket}} {{operation}}',
          },
        ],
        stack: true,
        empty: 'no operation failed in this time',
      }),
    ],
    rows: [
      {
        title: 'Operations',
        panels: [
          chart({
            title: 'Operations by bucket',
            description: 'Traffic to object storage. None where there should be some: the writer is down.',
            queries: [{ expr: rate('thanos_objstore_bucket_operations_total', 'bucket'), legend: '{{bucket}}' }],
            empty: EMPTY,
          }),
          chart({
            title: 'How long operations take',
            description: '95 of 100 are faster, by operation.',
            queries: [
              {
                expr: `histogram_quantile(0.95, sum by (operation, le) (rate(thanos_objstore_bucket_operation_duration_seconds_bucket{${IN_CLUSTER}}[$__rate_interval])))`,
                legend: '{{operation}}',
              },
            ],
            empty: EMPTY,
          }),
        ],
      },
      { title: 'Alerts over time', panels: [history] },
      { title: 'Logs', panels: [errorLogs('backup.*|restore.*', 'the backup jobs')] },
    ],
    links: [toBoard('Telemetry stack', 'plimsoll-telemetry'), toLogs('{service_name=~"backup.*|restore.*"}')],
  };
};
