// Series of what serves the site: PHP-FPM, WordPress, MariaDB, Redis, the gateway.
import { type CatalogueEntry, entriesOf } from './entry.ts';

export const SITE: readonly CatalogueEntry[] = [
  ...entriesOf(
    'php-fpm_exporter (hipages)',
    `
    gauge phpfpm_up{pool, scrape_uri} pools
    gauge phpfpm_active_processes{pool, scrape_uri} processes
    gauge phpfpm_idle_processes{pool, scrape_uri} processes
    gauge phpfpm_total_processes{pool, scrape_uri} processes
    counter phpfpm_max_children_reached{pool, scrape_uri} times
    gauge phpfpm_listen_queue{pool, scrape_uri} connections
    counter phpfpm_accepted_connections{pool, scrape_uri} connections
    counter phpfpm_slow_requests{pool, scrape_uri} requests`,
  ),
  ...entriesOf(
    'mu-plugin of the WordPress image',
    `
    info wordpress_info{version, php_version}
    gauge wordpress_cron_lag_seconds seconds
    gauge wordpress_cron_overdue_events events
    gauge wordpress_updates_pending{type} updates
    gauge wordpress_updates_checked_timestamp_seconds{type} seconds
    gauge wordpress_object_cache_up pods
    gauge wordpress_database_update_required sites
    counter wordpress_database_slow_queries_total queries`,
  ),
  ...entriesOf(
    'mysqld_exporter 0.14 (which calls most of them untyped)',
    `
    gauge mysql_up servers
    gauge mysql_global_status_uptime seconds
    gauge mysql_global_status_threads_connected connections
    gauge mysql_global_status_threads_running threads
    counter mysql_global_status_queries queries
    counter mysql_global_status_slow_queries queries
    counter mysql_global_status_aborted_connects connections
    counter mysql_global_status_commands_total{command} commands
    counter mysql_global_status_created_tmp_disk_tables tables
    counter mysql_global_status_innodb_row_lock_waits waits
    counter mysql_global_status_innodb_buffer_pool_read_requests reads
    counter mysql_global_status_innodb_buffer_pool_reads reads
    gauge mysql_global_status_max_used_connections connections
    gauge mysql_global_status_innodb_buffer_pool_bytes_data bytes
    gauge mysql_global_variables_max_connections connections
    gauge mysql_global_variables_innodb_buffer_pool_size bytes
    gauge mysql_global_variables_server_id id`,
  ),
  ...entriesOf(
    'redis_exporter',
    `
    gauge redis_up servers
    gauge redis_memory_used_bytes bytes
    gauge redis_memory_max_bytes bytes
    gauge redis_memory_used_rss_bytes bytes
    gauge redis_connected_clients clients
    gauge redis_blocked_clients clients
    gauge redis_config_maxclients clients
    counter redis_rejected_connections_total connections
    gauge redis_connected_slaves replicas
    gauge redis_connected_slave_lag_seconds{slave_ip, slave_port, slave_state} seconds
    gauge redis_start_time_seconds seconds
    gauge redis_db_keys{db} keys
    counter redis_evicted_keys_total keys
    counter redis_expired_keys_total keys
    counter redis_keyspace_hits_total look-ups
    counter redis_keyspace_misses_total look-ups
    counter redis_commands_processed_total commands
    counter redis_commands_total{cmd} commands
    counter redis_commands_duration_seconds_total{cmd} seconds
    info redis_instance_info{role, redis_version, redis_mode, maxmemory_policy}`,
  ),
  ...entriesOf(
    'Envoy Gateway 1 (its Envoy proxies); listeners are http-PORT and https-PORT, backends httproute/…',
    `
    counter envoy_http_downstream_rq_xx{envoy_http_conn_manager_prefix, envoy_response_code_class} requests
    histogram envoy_http_downstream_rq_time{envoy_http_conn_manager_prefix} milliseconds
    gauge envoy_http_downstream_rq_active{envoy_http_conn_manager_prefix} requests
    gauge envoy_http_downstream_cx_active{envoy_http_conn_manager_prefix} connections
    counter envoy_http_downstream_cx_total{envoy_http_conn_manager_prefix} connections
    counter envoy_http_downstream_cx_destroy_remote_active_rq{envoy_http_conn_manager_prefix} connections
    counter envoy_cluster_upstream_rq{envoy_cluster_name, envoy_response_code} requests
    counter envoy_cluster_upstream_rq_xx{envoy_cluster_name, envoy_response_code_class} requests
    histogram envoy_cluster_upstream_rq_time{envoy_cluster_name} milliseconds
    gauge envoy_cluster_upstream_rq_active{envoy_cluster_name} requests
    counter envoy_cluster_upstream_rq_timeout{envoy_cluster_name} requests
    counter envoy_cluster_upstream_rq_rx_reset{envoy_cluster_name} requests
    counter envoy_cluster_upstream_rq_pending_overflow{envoy_cluster_name} requests
    counter envoy_cluster_upstream_rq_retry{envoy_cluster_name} requests
    counter envoy_cluster_upstream_rq_retry_success{envoy_cluster_name} requests
    counter envoy_cluster_upstream_rq_retry_overflow{envoy_cluster_name} requests
    gauge envoy_cluster_upstream_cx_active{envoy_cluster_name} connections
    counter envoy_cluster_upstream_cx_total{envoy_cluster_name} connections
    counter envoy_cluster_upstream_cx_connect_fail{envoy_cluster_name} connections
    counter envoy_cluster_upstream_cx_none_healthy{envoy_cluster_name} connections
    gauge envoy_cluster_membership_healthy{envoy_cluster_name} endpoints
    gauge envoy_cluster_membership_total{envoy_cluster_name} endpoints
    gauge envoy_server_uptime seconds
    gauge envoy_server_memory_allocated bytes`,
  ),
];
