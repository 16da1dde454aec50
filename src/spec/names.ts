// Every metric and label name, once. README tables, exposition and (later) rules and boards take them from here.

type MetricType = 'counter' | 'gauge' | 'histogram';
interface Metric {
  readonly type: MetricType;
  readonly labels: readonly string[];
  readonly help: string;
}

/** All series the exporter serves on /metrics, but for the process metrics of prom-client. */
export const METRICS = {
  slo_events_total: {
    type: 'counter',
    labels: ['slo', 'result', 'location'],
    help: 'Events per result (good, bad, unmeasured, excluded). Acknowledged by the store, so it survives restarts and never falls.',
  },
  slo_objective_ratio: { type: 'gauge', labels: ['slo'], help: 'Objective, 0 to 1.' },
  slo_budget_remaining_ratio: {
    type: 'gauge',
    labels: ['slo'],
    help: 'Error budget left in the period: 1 untouched, 0 used up, negative overspent. NaN without events.',
  },
  slo_created_timestamp_seconds: { type: 'gauge', labels: ['slo'], help: 'When the SLO was first seen by this store.' },
  slo_maintenance_active: {
    type: 'gauge',
    labels: ['slo'],
    help: '1 while a maintenance window excludes events of this SLO.',
  },
  slo_info: {
    type: 'gauge',
    labels: ['slo', 'service', 'team', 'target', 'window'],
    help: 'Always 1; the metadata of the SLO.',
  },
  slo_burn_rate: {
    type: 'gauge',
    labels: ['slo', 'window'],
    help: 'Burn rate over the window: 1 spends the budget exactly over the period. NaN without events.',
  },
  slo_coverage_ratio: {
    type: 'gauge',
    labels: ['slo', 'window'],
    help: 'Share of the steps of the window that are known (good, bad or excluded).',
  },
  change_events_total: {
    type: 'counter',
    labels: ['kind', 'service'],
    help: 'Changes of the platform: told by POST /api/v1/events or seen by the exporter. At 0 for every kind and service from the start; acknowledged by the store, so it survives restarts and never falls.',
  },
  probe_runs_total: {
    type: 'counter',
    labels: ['target', 'kind', 'step', 'outcome', 'blame', 'location'],
    help: 'Finished probe steps by outcome and blame.',
  },
  probe_phase_duration_seconds: {
    type: 'histogram',
    labels: ['target', 'phase', 'location'],
    help: 'Time per phase of a probe step, failed steps included; a timeout counts up to the deadline.',
  },
  probe_step_duration_seconds: {
    type: 'histogram',
    labels: ['target', 'step', 'location'],
    help: 'Time per probe step, failed steps included.',
  },
  probe_interval_seconds: {
    type: 'gauge',
    labels: ['target', 'location'],
    help: 'Time between two runs of the target: the step of its SLOs.',
  },
  probe_last_run_timestamp_seconds: { type: 'gauge', labels: ['target', 'location'], help: 'End of the last run.' },
  probe_cert_not_after_timestamp_seconds: {
    type: 'gauge',
    labels: ['target', 'location'],
    help: 'Earliest notAfter of the certificates served, also when verification fails.',
  },
  probe_replica_lag_seconds: {
    type: 'gauge',
    labels: ['target', 'location'],
    help: 'Age of the newest heartbeat on the slowest replica; absent when unknown.',
  },
  probe_cron_lag_seconds: {
    type: 'gauge',
    labels: ['target', 'location'],
    help: 'How late the oldest due WP-Cron event is; absent when unknown.',
  },
  probe_cache_age_seconds: {
    type: 'gauge',
    labels: ['target', 'location'],
    help: 'Age of the cached copy that the edge served; absent when unknown.',
  },
  probe_cache_status_total: {
    type: 'counter',
    labels: ['target', 'status', 'location'],
    help: 'Normalised cache status of the second request.',
  },
  rum_lcp_seconds: {
    type: 'histogram',
    labels: ['site', 'page', 'device', 'navigation'],
    help: 'Largest contentful paint of real users.',
  },
  rum_inp_seconds: {
    type: 'histogram',
    labels: ['site', 'page', 'device', 'navigation'],
    help: 'Interaction to next paint; a view without interaction has none.',
  },
  rum_cls_score: {
    type: 'histogram',
    labels: ['site', 'page', 'device', 'navigation'],
    help: 'Cumulative layout shift, without unit.',
  },
  rum_fcp_seconds: {
    type: 'histogram',
    labels: ['site', 'page', 'device', 'navigation'],
    help: 'First contentful paint of real users.',
  },
  rum_ttfb_seconds: {
    type: 'histogram',
    labels: ['site', 'page', 'device', 'navigation'],
    help: 'Time to the first byte, redirects and connection included.',
  },
  rum_server_timing_seconds: {
    type: 'histogram',
    labels: ['site', 'page', 'name'],
    help: 'What Server-Timing said in the browser; of a copy from a cache, what the first request took.',
  },
  rum_views_total: {
    type: 'counter',
    labels: ['site', 'page', 'device', 'navigation'],
    help: 'Page views with a beacon; samples, not estimates of all views.',
  },
  rum_error_views_total: {
    type: 'counter',
    labels: ['site', 'page', 'device', 'navigation'],
    help: 'Page views in which a script failed.',
  },
  rum_engine_values_total: {
    type: 'counter',
    labels: ['site', 'engine', 'vital'],
    help: 'Values by engine of the browser (chromium, gecko, webkit, other): not every engine reports every vital.',
  },
  rum_beacons_total: {
    type: 'counter',
    labels: ['site', 'result'],
    help: 'Beacons by what became of them: accepted, replayed, robot, synthetic, over_share, rate_limited, too_large, not_json, wrong_type, wrong_origin.',
  },
  rum_items_dropped_total: {
    type: 'counter',
    labels: ['site', 'reason'],
    help: 'Items of accepted beacons that were not counted: implausible, unknown, late, foreign_script, pending_full.',
  },
  rum_ingest_lag_seconds: {
    type: 'gauge',
    labels: ['site'],
    help: 'How long ago the newest beacon says that its oldest item was measured; at most a day.',
  },
  rum_sample_ratio: { type: 'gauge', labels: ['site'], help: 'Share of page views that is measured.' },
  rum_site_present: { type: 'gauge', labels: ['site'], help: '1 if a beacon was taken within `quiet` of the site.' },
  rum_series_dropped_total: {
    type: 'counter',
    labels: ['site'],
    help: 'Samples refused because the site has maxSeries series already.',
  },
  rum_forward_queue_beacons: { type: 'gauge', labels: ['site'], help: 'Beacons that wait to be forwarded.' },
  rum_forwarded_total: {
    type: 'counter',
    labels: ['site', 'result'],
    help: 'Forwarded beacons: sent, failed, or dropped because the queue was full.',
  },
  plimsoll_build_info: { type: 'gauge', labels: ['version', 'node'], help: 'Always 1.' },
  plimsoll_rules_info: {
    type: 'gauge',
    labels: ['version'],
    help: 'Always 1; version of the SLO rules that belong to the loaded spec. Rules record theirs as slo:rules:info.',
  },
  plimsoll_config_last_reload_successful: {
    type: 'gauge',
    labels: [],
    help: '1 if the last load of the spec was valid.',
  },
  plimsoll_config_last_reload_success_timestamp_seconds: {
    type: 'gauge',
    labels: [],
    help: 'Last valid load of the spec.',
  },
  plimsoll_missed_runs_total: {
    type: 'counter',
    labels: ['target', 'reason'],
    help: 'Slots without a run: overlap (the last run still went on), concurrency (no free place), backoff (target overloaded), late (the prober was blocked), changed (the target was changed during the run), fault (a bug of ours).',
  },
  plimsoll_run_start_delay_seconds: {
    type: 'histogram',
    labels: [],
    help: 'How much later than its slot a run started.',
  },
  plimsoll_runs_in_flight: { type: 'gauge', labels: [], help: 'Probe runs going on.' },
  plimsoll_event_loop_delay_seconds: {
    type: 'gauge',
    labels: [],
    help: 'Longest delay of the event loop since the tick before the last, less up to 0.1 s.',
  },
  plimsoll_store_up: { type: 'gauge', labels: [], help: '1 if the last commit to the store succeeded.' },
  plimsoll_store_errors_total: { type: 'counter', labels: [], help: 'Failed commits to the store.' },
  plimsoll_store_pending_ticks: {
    type: 'gauge',
    labels: [],
    help: 'Ticks in memory that the store has not acknowledged.',
  },
  plimsoll_store_damaged_records_total: {
    type: 'counter',
    labels: [],
    help: 'Records whose checksum did not match when the store was read.',
  },
  plimsoll_store_last_commit_timestamp_seconds: { type: 'gauge', labels: [], help: 'Last acknowledged tick.' },
  plimsoll_store_commit_duration_seconds: { type: 'gauge', labels: [], help: 'Duration of the last commit.' },
  plimsoll_clock_offset_seconds: {
    type: 'gauge',
    labels: [],
    help: 'System clock minus the clock that the history uses; other than 0 after the system clock jumped.',
  },
  plimsoll_series: { type: 'gauge', labels: [], help: 'Probe series held in memory.' },
  plimsoll_series_dropped_total: {
    type: 'counter',
    labels: ['target'],
    help: 'Samples refused because the target has exporter.seriesPerTarget series already; each one that comes counts.',
  },
  plimsoll_board_faults_total: {
    type: 'counter',
    labels: ['target', 'reason'],
    help: 'Series for boards (exporter.boardSeries) that are absent: failed (the server refused, or the connection broke), timeout (nothing was left of the deadline), unreadable (one value is no number).',
  },
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof METRICS;
/** Label names of a metric. */
export type LabelsOf<M extends MetricName> = (typeof METRICS)[M]['labels'][number];

/** Results of slo_events_total. */
export const RESULTS = ['good', 'bad', 'unmeasured', 'excluded'] as const;

/** Kinds of change_events_total. */
export const CHANGE_KINDS = [
  'deploy',
  'core_update',
  'plugin_update',
  'purge',
  'config_reload',
  'certificate_renewed',
  'node_drain',
  'failover',
] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** Buckets of the probe histograms, seconds: 5 ms to 30 s. */
export const DURATION_BUCKETS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.5, 3, 5, 10, 30] as const;
