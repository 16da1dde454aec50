// Which scrape brings the series that rules and boards ask for, by who exports them (src/generate/catalogue). A test reads it: each exporter of
// the catalogue is here, and what is named exists. Scrapes nothing itself.

/** Where a scrape is declared. */
export type Scrape =
  /** A release of this folder, and the values that switch it on: paths with dots, and what must stand there. */
  | { readonly release: string; readonly values: Readonly<Record<string, unknown>> }
  /** A monitor of our own, in monitors/: KIND NAME. */
  | { readonly monitor: string }
  /** A chart of ours, and the value of it that makes the monitor. */
  | { readonly chart: 'exporter' | 'wordpress'; readonly value: string }
  /** Written by Prometheus itself. */
  | { readonly by: 'prometheus' };

export interface Entry {
  /** How the catalogue's `exporter` begins. */
  readonly exporter: string;
  readonly scrapes: readonly Scrape[];
  /** What else is to be known of it. */
  readonly note?: string;
}

const KPS = 'kube-prometheus-stack';

export const SCRAPES: readonly Entry[] = [
  { exporter: 'plimsoll rules', scrapes: [{ by: 'prometheus' }] },
  { exporter: 'plimsoll', scrapes: [{ chart: 'exporter', value: 'serviceMonitor.enabled' }] },
  { exporter: 'prometheus (each scrape)', scrapes: [{ by: 'prometheus' }] },
  { exporter: 'every client library', scrapes: [{ by: 'prometheus' }], note: 'with everything that is scraped' },
  {
    // The board asks both replicas; the chart scrapes them, for lack of a word to the contrary.
    exporter: 'prometheus',
    scrapes: [{ release: KPS, values: { 'prometheus.enabled': undefined } }],
  },
  { exporter: 'alertmanager', scrapes: [{ release: KPS, values: { 'alertmanager.enabled': undefined } }] },
  {
    exporter: 'kube-state-metrics',
    scrapes: [
      {
        release: KPS,
        values: {
          'kubeStateMetrics.enabled': undefined,
          'kube-state-metrics.metricLabelsAllowlist': ['nodes=[platform.ionos/az]'],
        },
      },
    ],
  },
  {
    exporter: 'kube-state-metrics with customResourceState',
    scrapes: [{ release: KPS, values: { 'kube-state-metrics.customResourceState.enabled': true } }],
  },
  { exporter: 'kubelet', scrapes: [{ release: KPS, values: { 'kubelet.enabled': undefined } }] },
  { exporter: 'cert-manager', scrapes: [{ monitor: 'PodMonitor cert-manager' }] },
  { exporter: 'node_exporter on the bastion', scrapes: [{ monitor: 'ScrapeConfig bastion' }] },
  {
    exporter: 'object storage clients of Mimir, Loki and Tempo',
    scrapes: [{ release: 'mimir', values: { 'metaMonitoring.serviceMonitor.enabled': true } }],
    note: 'of Mimir alone: Loki and Tempo, as they are set up here, count with names of their own',
  },
  { exporter: 'mimir', scrapes: [{ release: 'mimir', values: { 'metaMonitoring.serviceMonitor.enabled': true } }] },
  { exporter: 'loki', scrapes: [{ release: 'loki', values: { 'monitoring.serviceMonitor.enabled': true } }] },
  { exporter: 'tempo', scrapes: [{ release: 'tempo', values: { 'serviceMonitor.enabled': true } }] },
  { exporter: 'alloy', scrapes: [{ release: 'alloy', values: { 'serviceMonitor.enabled': true } }] },
  {
    exporter: 'OpenTelemetry Collector',
    scrapes: [{ release: 'otel-collector', values: { 'serviceMonitor.enabled': true, 'ports.metrics.enabled': true } }],
  },
  { exporter: 'php-fpm_exporter', scrapes: [{ chart: 'wordpress', value: 'podMonitor.enabled' }] },
  { exporter: 'mu-plugin of the WordPress image', scrapes: [{ chart: 'wordpress', value: 'podMonitor.enabled' }] },
  {
    exporter: 'mysqld_exporter',
    scrapes: [
      {
        release: 'prometheus-mysql-exporter',
        values: {
          'serviceMonitor.enabled': true,
          'collectors.global_status': true,
          'collectors.global_variables': true,
        },
      },
    ],
  },
  {
    exporter: 'redis_exporter',
    scrapes: [{ release: 'prometheus-redis-exporter', values: { 'serviceMonitor.enabled': true } }],
  },
  { exporter: 'Envoy Gateway', scrapes: [{ monitor: 'PodMonitor envoy-proxies' }] },
];

/** The entry of an exporter of the catalogue: the one whose beginning is the longest that fits; undefined if none does. */
export const scrapesOf = (exporter: string): Entry | undefined =>
  SCRAPES.filter((entry) => exporter.startsWith(entry.exporter)).sort(
    (a, b) => b.exporter.length - a.exporter.length,
  )[0];
