// Series of what carries alerts, logs and traces: Prometheus, Alertmanager, Mimir, Loki, Tempo, Alloy, the Collector.
import { type CatalogueEntry, entriesOf } from './entry.ts';

export const TELEMETRY: readonly CatalogueEntry[] = [
  ...entriesOf(
    'prometheus 2.42',
    `
    gauge prometheus_remote_storage_queue_highest_sent_timestamp_seconds{remote_name, url} seconds
    counter prometheus_remote_storage_samples_total{remote_name, url} samples
    counter prometheus_remote_storage_samples_failed_total{remote_name, url} samples
    counter prometheus_remote_storage_samples_dropped_total{remote_name, url} samples
    counter prometheus_remote_storage_samples_retried_total{remote_name, url} samples
    gauge prometheus_remote_storage_samples_pending{remote_name, url} samples
    gauge prometheus_remote_storage_shards{remote_name, url} shards
    gauge prometheus_remote_storage_shards_max{remote_name, url} shards
    counter prometheus_tsdb_head_samples_appended_total{type} samples
    gauge prometheus_tsdb_head_series series
    counter prometheus_target_scrapes_exceeded_sample_limit_total scrapes
    counter prometheus_target_scrapes_sample_out_of_order_total samples
    counter prometheus_target_scrapes_sample_duplicate_timestamp_total samples
    histogram prometheus_http_request_duration_seconds{handler} seconds
    counter prometheus_notifications_sent_total{alertmanager} alerts
    counter prometheus_notifications_errors_total{alertmanager} alerts
    counter prometheus_notifications_dropped_total alerts
    gauge prometheus_notifications_alertmanagers_discovered alertmanagers
    counter prometheus_rule_evaluations_total{rule_group} evaluations
    counter prometheus_rule_evaluation_failures_total{rule_group} evaluations
    counter prometheus_rule_group_iterations_missed_total{rule_group} evaluations
    gauge prometheus_rule_group_rules{rule_group} rules
    gauge prometheus_rule_group_interval_seconds{rule_group} seconds
    gauge prometheus_rule_group_last_duration_seconds{rule_group} seconds
    gauge prometheus_rule_group_last_evaluation_timestamp_seconds{rule_group} seconds`,
  ),
  ...entriesOf(
    'alertmanager 0.25; the label reason since 0.26',
    `
    counter alertmanager_notifications_total{integration} notifications
    counter alertmanager_notifications_failed_total{integration, reason} notifications
    counter alertmanager_alerts_received_total{status, version} alerts
    histogram alertmanager_notification_latency_seconds{integration} seconds
    gauge alertmanager_config_last_reload_successful boolean
    gauge alertmanager_silences{state} silences
    gauge alertmanager_alerts{state} alerts`,
  ),
  ...entriesOf(
    'mimir',
    `
    counter cortex_prometheus_rule_evaluations_total{user, rule_group} evaluations
    counter cortex_prometheus_rule_evaluation_failures_total{user, rule_group} evaluations
    counter cortex_prometheus_rule_group_iterations_missed_total{user, rule_group} evaluations
    gauge cortex_prometheus_rule_group_last_evaluation_timestamp_seconds{user, rule_group} seconds
    gauge cortex_prometheus_rule_group_interval_seconds{user, rule_group} seconds
    counter cortex_prometheus_notifications_dropped_total{user} alerts
    counter cortex_distributor_received_samples_total{user} samples
    counter cortex_discarded_samples_total{user, reason} samples
    gauge cortex_ingester_active_series{user} series
    histogram cortex_request_duration_seconds{route, method, status_code} seconds`,
  ),
  ...entriesOf(
    'loki 3',
    `
    counter loki_discarded_samples_total{tenant, reason} lines
    counter loki_distributor_lines_received_total{tenant} lines
    histogram loki_request_duration_seconds{route, method, status_code} seconds`,
  ),
  ...entriesOf(
    'tempo 2',
    `
    counter tempo_discarded_spans_total{tenant, reason} spans
    counter tempo_distributor_spans_received_total{tenant} spans
    histogram tempo_request_duration_seconds{route, method, status_code} seconds`,
  ),
  ...entriesOf(
    'alloy 1',
    `
    gauge alloy_component_controller_running_components{controller_id, controller_path, health_type} components
    histogram loki_write_request_duration_seconds{component_id, host, tenant, status_code} seconds
    counter loki_write_batch_retries_total{component_id, host, tenant} batches
    counter loki_write_sent_entries_total{component_id, host, tenant} lines
    counter loki_write_dropped_entries_total{component_id, host, tenant, reason} lines`,
  ),
  ...entriesOf(
    'OpenTelemetry Collector',
    `
    counter otelcol_receiver_accepted_spans_total{receiver, transport} spans
    counter otelcol_receiver_refused_spans_total{receiver, transport} spans
    counter otelcol_exporter_sent_spans_total{exporter} spans
    counter otelcol_exporter_send_failed_spans_total{exporter} spans
    counter otelcol_exporter_enqueue_failed_spans_total{exporter} spans
    counter otelcol_receiver_accepted_log_records_total{receiver, transport} lines
    counter otelcol_receiver_refused_log_records_total{receiver, transport} lines
    counter otelcol_exporter_sent_log_records_total{exporter} lines
    counter otelcol_exporter_send_failed_log_records_total{exporter} lines
    counter otelcol_exporter_enqueue_failed_log_records_total{exporter} lines
    counter otelcol_receiver_accepted_metric_points_total{receiver, transport} points
    counter otelcol_receiver_refused_metric_points_total{receiver, transport} points
    counter otelcol_exporter_sent_metric_points_total{exporter} points
    counter otelcol_exporter_send_failed_metric_points_total{exporter} points
    counter otelcol_exporter_enqueue_failed_metric_points_total{exporter} points
    gauge otelcol_exporter_queue_size{exporter} batches
    gauge otelcol_exporter_queue_capacity{exporter} batches`,
  ),
];
