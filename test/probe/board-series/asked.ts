// Names that the queries of well-known boards and their alerts ask for. Facts about them, none of their code.
// mysqld-mixin ("MySQL Overview", grafana.com 14057) of prometheus/mysqld_exporter at 55c0976;
// contrib/grafana_prometheus_redis_dashboard.json (grafana.com 763) and contrib/redis-mixin of oliver006/redis_exporter at cd5941f;
// blackbox-exporter-mixin of adinhodovic at ebfda88, with grafana.com 7587, 13659 and 14928 for probe_ip_protocol.

const names = (prefix: string, text: string): string[] =>
  text
    .trim()
    .split(/\s+/)
    .map((name) => prefix + name);

export const ASKED: Readonly<Record<string, readonly string[]>> = {
  'MySQL Overview and its alerts': [
    'mysql_up',
    ...names(
      'mysql_global_status_',
      `aborted_clients aborted_connects buffer_pool_pages bytes_received bytes_sent commands_total created_tmp_disk_tables
      created_tmp_files created_tmp_tables handlers_total innodb_log_waits innodb_mem_adaptive_hash innodb_mem_dictionary
      innodb_num_open_files innodb_page_size max_used_connections open_files open_table_definitions open_tables opened_files
      opened_table_definitions opened_tables qcache_free_memory qcache_hits qcache_inserts qcache_lowmem_prunes qcache_not_cached
      qcache_queries_in_cache queries questions select_full_join select_full_range_join select_range select_range_check
      select_scan slow_queries sort_merge_passes sort_range sort_rows sort_scan table_locks_immediate table_locks_waited
      table_open_cache_hits table_open_cache_misses table_open_cache_overflows threads_cached threads_connected threads_created
      threads_running uptime wsrep_local_recv_queue wsrep_local_state wsrep_ready`,
    ),
    ...names(
      'mysql_global_variables_',
      `innodb_additional_mem_pool_size innodb_buffer_pool_size innodb_log_buffer_size key_buffer_size max_connections
      open_files_limit query_cache_size table_definition_cache table_open_cache thread_cache_size tokudb_cache_size wsrep_desync`,
    ),
    ...names('mysql_heartbeat_', 'now_timestamp_seconds stored_timestamp_seconds'),
    ...names('mysql_slave_status_', 'seconds_behind_master slave_io_running slave_sql_running sql_delay'),
    'mysql_info_schema_processlist_threads',
  ],
  'Redis Dashboard for Prometheus Redis Exporter': names(
    'redis_',
    `blocked_clients command_calls_total commands_duration_seconds_total commands_total connected_clients db_keys
    db_keys_expiring evicted_keys_total expired_keys_total keyspace_hits_total keyspace_misses_total memory_max_bytes
    memory_used_bytes net_input_bytes_total net_output_bytes_total up uptime_in_seconds`,
  ),
  'redis-mixin and its alerts': names(
    'redis_',
    `blocked_clients cluster_slots_fail cluster_slots_pfail cluster_state command_calls_total commands_duration_seconds_total
    commands_total connected_clients connected_slaves db_keys db_keys_expiring evicted_keys_total keyspace_hits_total
    keyspace_misses_total master_last_io_seconds_ago memory_fragmentation_ratio memory_max_bytes memory_used_bytes
    memory_used_rss_bytes total_system_memory_bytes up`,
  ),
  'blackbox-exporter-mixin and boards of grafana.com': names(
    'probe_',
    `dns_lookup_time_seconds duration_seconds http_duration_seconds http_redirects http_ssl http_status_code http_version
    icmp_duration_seconds ip_protocol ssl_earliest_cert_expiry success tls_version_info`,
  ),
};

/** What we do not serve, and why not. */
export const NOT_SERVED: Readonly<Record<string, string>> = {
  mysql_global_variables_innodb_additional_mem_pool_size: 'gone from MariaDB since 10.2',
  mysql_global_variables_tokudb_cache_size: 'an engine that MariaDB 10.6 dropped',
  mysql_heartbeat_now_timestamp_seconds: 'pt-heartbeat, off by default; probe_replica_lag_seconds has the lag',
  mysql_heartbeat_stored_timestamp_seconds: 'pt-heartbeat, off by default; probe_replica_lag_seconds has the lag',
  mysql_slave_status_seconds_behind_master: 'SHOW SLAVE STATUS of a replica: the step replica has it',
  mysql_slave_status_slave_io_running: 'SHOW SLAVE STATUS of a replica: the step replica has it',
  mysql_slave_status_slave_sql_running: 'SHOW SLAVE STATUS of a replica: the step replica has it',
  mysql_slave_status_sql_delay: 'SHOW SLAVE STATUS of a replica: the step replica has it',
  mysql_info_schema_processlist_threads: 'off by default in mysqld_exporter; needs the grant PROCESS',
  redis_command_calls_total: 'older name of redis_commands_total; the queries ask for either',
  redis_memory_fragmentation_ratio: 'no exporter has that name; it is redis_mem_fragmentation_ratio',
  redis_cluster_slots_fail: 'Redis Cluster',
  redis_cluster_slots_pfail: 'Redis Cluster',
  redis_cluster_state: 'Redis Cluster',
  probe_icmp_duration_seconds: 'there is no target of kind icmp',
};
