// Series of other exporters that well-known boards ask for: names, types and labels as mysqld_exporter, redis_exporter and
// blackbox_exporter have them, served with exporter.boardSeries. Our own names are in names.ts; the two never share one.

export interface BoardMetric {
  readonly name: string;
  /** As the original says; untyped ones are levels if `isLevel`, else they count up. */
  readonly type: 'counter' | 'gauge' | 'untyped';
  readonly isLevel: boolean;
  /** Labels of the original. On /metrics `target` comes first. */
  readonly labels: readonly string[];
  readonly help: string;
}

const words = (text: string): string[] => text.trim().split(/\s+/);

/** Rows of SHOW GLOBAL STATUS, in lower case, as "MySQL Overview" and the alerts of mysqld-mixin use them. */
const STATUS_LEVELS = words(`
  innodb_buffer_pool_bytes_data innodb_mem_adaptive_hash innodb_mem_dictionary innodb_num_open_files innodb_page_size
  max_used_connections open_files
  open_table_definitions open_tables qcache_free_memory qcache_queries_in_cache threads_cached threads_connected threads_running
  uptime wsrep_cluster_size wsrep_cluster_status wsrep_connected wsrep_flow_control_paused wsrep_local_recv_queue
  wsrep_local_send_queue_avg wsrep_local_state wsrep_ready`);
const STATUS_COUNTERS = words(`
  aborted_clients aborted_connects bytes_received bytes_sent created_tmp_disk_tables created_tmp_files created_tmp_tables
  innodb_buffer_pool_read_requests innodb_buffer_pool_reads innodb_deadlocks innodb_log_waits innodb_row_lock_time
  innodb_row_lock_waits opened_files opened_table_definitions opened_tables qcache_hits qcache_inserts qcache_lowmem_prunes
  qcache_not_cached queries questions select_full_join select_full_range_join select_range select_range_check select_scan
  slow_queries sort_merge_passes sort_range sort_rows sort_scan table_locks_immediate table_locks_waited table_open_cache_hits
  table_open_cache_misses table_open_cache_overflows threads_created`);
const VARIABLES = words(`
  innodb_buffer_pool_size innodb_log_buffer_size key_buffer_size max_connections open_files_limit query_cache_size read_only
  server_id table_definition_cache table_open_cache thread_cache_size wsrep_desync`);

/** `TYPE NAME{LABELS} HELP`, one a line. */
const OTHERS = `
gauge mysql_up Whether the server let us in.
gauge mysql_version_info{innodb_version, version, version_comment} Version of the server.
counter mysql_global_status_commands_total{command} Statements by command.
counter mysql_global_status_handlers_total{handler} Calls of handlers.
counter mysql_global_status_connection_errors_total{error} Errors of connections.
gauge mysql_global_status_buffer_pool_pages{state} Pages of the buffer pool by state.
gauge mysql_global_status_buffer_pool_dirty_pages Dirty pages of the buffer pool.
counter mysql_global_status_buffer_pool_page_changes_total{operation} Changes of pages of the buffer pool.
counter mysql_global_status_innodb_row_ops_total{operation} Row operations of InnoDB.
gauge redis_up Whether the server let us in.
gauge redis_instance_info{maxmemory_policy, os, process_id, redis_build_id, redis_mode, redis_version, role, run_id, tcp_port} The server.
gauge redis_uptime_in_seconds Time since the start.
gauge redis_start_time_seconds Time of the start, since 1970.
gauge redis_connected_clients Connections of clients.
gauge redis_config_maxclients Most connections of clients.
gauge redis_blocked_clients Clients that wait in a blocking command.
gauge redis_memory_used_bytes Memory in use.
gauge redis_memory_used_rss_bytes Resident memory.
gauge redis_memory_used_peak_bytes Most memory that was in use.
gauge redis_memory_max_bytes maxmemory; 0 without a limit.
gauge redis_mem_fragmentation_ratio Resident memory over memory in use.
gauge redis_total_system_memory_bytes Memory of the host.
counter redis_connections_received_total Connections taken.
counter redis_rejected_connections_total Connections refused by maxclients.
counter redis_commands_processed_total Commands processed.
counter redis_commands_total{cmd} Calls by command.
counter redis_commands_duration_seconds_total{cmd} Time by command.
counter redis_errors_total{err} Errors by their first word.
counter redis_keyspace_hits_total Reads that found their key.
counter redis_keyspace_misses_total Reads that did not.
counter redis_evicted_keys_total Keys evicted by maxmemory.
counter redis_expired_keys_total Keys that reached their time to live.
counter redis_net_input_bytes_total Bytes received.
counter redis_net_output_bytes_total Bytes sent.
gauge redis_db_keys{db} Keys by database; a database without keys has no series.
gauge redis_db_keys_expiring{db} Keys with a time to live.
gauge redis_db_avg_ttl_seconds{db} Mean time to live.
gauge redis_connected_slaves Replicas connected.
gauge redis_connected_slave_lag_seconds{slave_ip, slave_port, slave_state} Time since a replica acknowledged.
gauge redis_master_link_up{master_host, master_port} Whether a replica has its primary.
gauge redis_master_last_io_seconds_ago{master_host, master_port} Time since a replica heard from its primary.
gauge redis_slave_info{master_host, master_port, read_only} The primary of a replica.
gauge redis_loading_dump_file Whether a dump is being loaded.
gauge redis_rdb_last_bgsave_status Whether the last background save went well.
gauge redis_rdb_last_save_timestamp_seconds Time of the last save, since 1970.
gauge redis_aof_last_write_status Whether the last write of the log went well.
gauge probe_success Whether every step was good.
gauge probe_duration_seconds How long the run took.
gauge probe_dns_lookup_time_seconds Time of name resolution.
gauge probe_ip_protocol IP version that was used, 4 or 6.
gauge probe_http_duration_seconds{phase} Time per phase, all steps.
gauge probe_http_status_code Status of the first step; 0 without a response.
gauge probe_http_ssl Whether TLS was used.
gauge probe_http_version HTTP version of the answer.
gauge probe_http_redirects Redirects followed.
gauge probe_tls_version_info{version} TLS version that was used.
gauge probe_ssl_earliest_cert_expiry Earliest notAfter, also when verification fails.
`;

function read(line: string): BoardMetric {
  const [, type, name, labels = '', help] = /^(counter|gauge) (\w+)(?:\{([\w, ]+)\})? (.+)$/.exec(line)!;
  return {
    name: name!,
    type: type as 'counter' | 'gauge',
    isLevel: type === 'gauge',
    labels: labels.split(', ').filter(Boolean),
    help: help!,
  };
}

const generic = (of: 'status' | 'variables', rows: readonly string[], isLevel: boolean): BoardMetric[] =>
  rows.map((row) => ({
    name: `mysql_global_${of}_${row}`,
    type: of === 'status' ? 'untyped' : 'gauge',
    isLevel,
    labels: [],
    help: `${row} of SHOW GLOBAL ${of.toUpperCase()}.`,
  }));

/** All of them; series of one metric are written together, in this order. */
export const BOARD_METRICS: readonly BoardMetric[] = [
  ...generic('status', STATUS_LEVELS, true),
  ...generic('status', STATUS_COUNTERS, false),
  ...generic('variables', VARIABLES, true),
  ...OTHERS.trim().split('\n').map(read),
];

const byName = new Map(BOARD_METRICS.map((metric) => [metric.name, metric]));
/** The metric of that name, if boards ask for it. */
export const boardMetric = (name: string): BoardMetric | undefined => byName.get(name);

/** Names of SHOW GLOBAL STATUS and SHOW GLOBAL VARIABLES that have a metric of their own. */
export const STATUS_ROWS: readonly string[] = [...STATUS_LEVELS, ...STATUS_COUNTERS];
export const VARIABLE_ROWS: readonly string[] = VARIABLES;

/** Kinds whose runs are shown as blackbox_exporter would. */
export const BLACKBOX_KINDS: ReadonlySet<string> = new Set(['http', 'wordpress', 'cdn', 'tls', 'tcp', 'dns']);
