// Redis' part of the series for boards: the answer to INFO as redis_exporter names it. Never opens a connection.
import {
  type BoardKey,
  type BoardReading,
  type BoardValue,
  boardKey,
  isLabel,
  keysOf,
  valueIn,
} from './board-reading.ts';

/** Fields of INFO that are one value each. */
const FIELDS: Readonly<Record<string, string>> = {
  uptime_in_seconds: 'uptime_in_seconds',
  connected_clients: 'connected_clients',
  maxclients: 'config_maxclients',
  blocked_clients: 'blocked_clients',
  used_memory: 'memory_used_bytes',
  used_memory_rss: 'memory_used_rss_bytes',
  used_memory_peak: 'memory_used_peak_bytes',
  maxmemory: 'memory_max_bytes',
  mem_fragmentation_ratio: 'mem_fragmentation_ratio',
  total_system_memory: 'total_system_memory_bytes',
  total_connections_received: 'connections_received_total',
  rejected_connections: 'rejected_connections_total',
  total_commands_processed: 'commands_processed_total',
  keyspace_hits: 'keyspace_hits_total',
  keyspace_misses: 'keyspace_misses_total',
  evicted_keys: 'evicted_keys_total',
  expired_keys: 'expired_keys_total',
  total_net_input_bytes: 'net_input_bytes_total',
  total_net_output_bytes: 'net_output_bytes_total',
  connected_slaves: 'connected_slaves',
  loading: 'loading_dump_file',
  rdb_last_bgsave_status: 'rdb_last_bgsave_status',
  rdb_last_save_time: 'rdb_last_save_timestamp_seconds',
  aof_last_write_status: 'aof_last_write_status',
};
const INSTANCE = 'maxmemory_policy os process_id redis_build_id redis_mode redis_version role run_id tcp_port'.split(
  ' ',
);
const PRIMARY = 'master_host master_port master_link_status master_last_io_seconds_ago slave_read_only'.split(' ');

/** What a field is for: a value, or a text that other lines need. */
const USES: ReadonlyMap<string, BoardKey | 'kept'> = new Map<string, BoardKey | 'kept'>([
  ...Object.entries(FIELDS).map(([field, name]) => [field, boardKey(`redis_${name}`)] as const),
  ...[...INSTANCE, ...PRIMARY].map((field) => [field, 'kept'] as const),
]);
/** Sections with nothing for us, which are passed over: the longest has a line per command. */
const OTHER_SECTIONS: ReadonlySet<string> = new Set(['CPU', 'Modules', 'Latencystats', 'Cluster']);
const HASH = 0x23;

const labelled = (metric: string) => keysOf((label) => (isLabel(label) ? boardKey(metric, label) : undefined));
const callsKey = labelled('redis_commands_total');
const secondsKey = labelled('redis_commands_duration_seconds_total');
const errorKey = labelled('redis_errors_total');
const DATABASE = {
  keys: labelled('redis_db_keys'),
  expires: labelled('redis_db_keys_expiring'),
  avg_ttl: labelled('redis_db_avg_ttl_seconds'),
};
/** Nine texts that stay: made once for as long as they do. */
const instanceKeys = keysOf((texts) => boardKey('redis_instance_info', ...(JSON.parse(texts) as string[])));
const instanceKey = (texts: readonly string[]): BoardKey | undefined => instanceKeys(JSON.stringify(texts));
const START = boardKey('redis_start_time_seconds');

/** The part `name` of `a=1,b=2`; undefined if it is not there. */
function partOf(text: string, name: string): string | undefined {
  let from = text.startsWith(`${name}=`) ? 0 : text.indexOf(`,${name}=`) + 1;
  if (from === 0 && !text.startsWith(`${name}=`)) return undefined;
  from += name.length + 1;
  const to = text.indexOf(',', from);
  return to < 0 ? text.slice(from) : text.slice(from, to);
}

/** The answer to INFO while it is read, line by line. */
class Reading {
  readonly values: BoardValue[] = [];
  readonly #texts = new Map<string, string>();
  readonly #nowMs: number;
  unreadable = 0;

  constructor(nowMs: number) {
    this.#nowMs = nowMs;
  }

  /** One line without its end; `colon`: where its field ends. Most lines are none of ours, so their text is not even cut out. */
  line(info: string, from: number, colon: number, to: number): void {
    if (info.startsWith('cmdstat_', from)) {
      const command = info.slice(from + 'cmdstat_'.length, colon);
      const text = info.slice(colon + 1, to);
      this.#take(callsKey(command), partOf(text, 'calls'));
      this.#take(secondsKey(command), partOf(text, 'usec'), 1e6);
      return;
    }
    const field = info.slice(from, colon);
    const use = USES.get(field);
    if (use === 'kept') this.#texts.set(field, info.slice(colon + 1, to));
    else if (use !== undefined) {
      const text = info.slice(colon + 1, to);
      this.#take(use, text);
      if (field === 'uptime_in_seconds') this.#take(START, String(Math.floor(this.#nowMs / 1000) - Number(text)));
    } else this.#member(field, info.slice(colon + 1, to));
  }

  /** What needs several lines. */
  end(): BoardReading {
    const told = (field: string): string => this.#texts.get(field) ?? '';
    const place = [told('master_host'), told('master_port')];
    if (place.every(isLabel)) {
      const link = this.#texts.get('master_link_status');
      const ago = this.#texts.get('master_last_io_seconds_ago');
      if (link !== undefined) this.#take(boardKey('redis_master_link_up', ...place), link);
      if (ago !== undefined) this.#take(boardKey('redis_master_last_io_seconds_ago', ...place), ago);
      const readOnly = told('slave_read_only');
      if (told('role') === 'slave' && isLabel(readOnly))
        this.#take(boardKey('redis_slave_info', ...place, readOnly), '1');
    }
    const instance = INSTANCE.map(told);
    if (instance.every((text) => text === '' || isLabel(text))) this.#take(instanceKey(instance), '1');
    return { values: this.values, unreadable: this.unreadable };
  }

  /** A database, a replica or a kind of error: those that are there have a line. */
  #member(field: string, text: string): void {
    if (field.startsWith('errorstat_')) {
      this.#take(errorKey(field.slice('errorstat_'.length)), partOf(text, 'count'));
      return;
    }
    if (!/^(db|slave)\d+$/.test(field)) return;
    if (field.startsWith('db')) {
      this.#take(DATABASE.keys(field), partOf(text, 'keys'));
      this.#take(DATABASE.expires(field), partOf(text, 'expires'));
      const ttl = partOf(text, 'avg_ttl');
      if (ttl !== undefined) this.#take(DATABASE.avg_ttl(field), ttl, 1000);
      return;
    }
    const replica = ['ip', 'port', 'state'].map((part) => partOf(text, part) ?? '');
    const lag = partOf(text, 'lag');
    if (replica.every(isLabel) && lag !== undefined)
      this.#take(boardKey('redis_connected_slave_lag_seconds', ...replica), lag);
  }

  #take(key: BoardKey | undefined, text: string | undefined, scale = 1): void {
    if (key === undefined) return;
    const value = valueIn(text);
    if (value === undefined) this.unreadable += 1;
    else this.values.push({ key, value: value / scale });
  }
}

/** Values of the answer to `INFO all`. What is not on the list is left out, what is no number is counted. `nowMs`: since 1970. */
export function redisReading(info: string, nowMs: number): BoardReading {
  const reading = new Reading(nowMs);
  for (let from = 0; from < info.length; ) {
    const end = info.indexOf('\r\n', from);
    const to = end < 0 ? info.length : end;
    if (info.charCodeAt(from) === HASH && OTHER_SECTIONS.has(info.slice(from + 2, to))) {
      const next = info.indexOf('\r\n#', to);
      from = next < 0 ? info.length : next + 2;
      continue;
    }
    const colon = info.indexOf(':', from);
    if (colon > from && colon < to) reading.line(info, from, colon, to);
    from = to + 2;
  }
  return reading.end();
}
