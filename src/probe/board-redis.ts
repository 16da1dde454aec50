// Redis' part of the series for boards: the answer to INFO as redis_exporter names it. Never opens a connection.
import { type BoardKey, type BoardReading, boardKey, isLabel, keysOf, ReadingSoFar } from './board-reading.ts';

/** Fields of INFO that are one value each, in the order in which they come: each is looked for behind the one before. */
const FIELDS: Readonly<Record<string, string>> = {
  uptime_in_seconds: 'uptime_in_seconds',
  connected_clients: 'connected_clients',
  maxclients: 'config_maxclients',
  blocked_clients: 'blocked_clients',
  used_memory: 'memory_used_bytes',
  used_memory_rss: 'memory_used_rss_bytes',
  used_memory_peak: 'memory_used_peak_bytes',
  total_system_memory: 'total_system_memory_bytes',
  maxmemory: 'memory_max_bytes',
  mem_fragmentation_ratio: 'mem_fragmentation_ratio',
  loading: 'loading_dump_file',
  rdb_last_save_time: 'rdb_last_save_timestamp_seconds',
  rdb_last_bgsave_status: 'rdb_last_bgsave_status',
  aof_last_write_status: 'aof_last_write_status',
  total_connections_received: 'connections_received_total',
  total_commands_processed: 'commands_processed_total',
  total_net_input_bytes: 'net_input_bytes_total',
  total_net_output_bytes: 'net_output_bytes_total',
  rejected_connections: 'rejected_connections_total',
  expired_keys: 'expired_keys_total',
  evicted_keys: 'evicted_keys_total',
  keyspace_hits: 'keyspace_hits_total',
  keyspace_misses: 'keyspace_misses_total',
  connected_slaves: 'connected_slaves',
};
/** Labels of redis_instance_info: in the order in which INFO tells them, and in theirs. */
const INSTANCE_AS_TOLD =
  'redis_version redis_build_id redis_mode os process_id run_id tcp_port maxmemory_policy role'.split(' ');
const INSTANCE = INSTANCE_AS_TOLD.toSorted();

const sought = (field: string): string => `\r\n${field}:`;
const NUMBERS = Object.entries(FIELDS).map(([field, name]) => ({
  sought: sought(field),
  key: boardKey(`redis_${name}`),
}));
const UPTIME = sought('uptime_in_seconds');
const LINK = sought('master_link_status');
const AGO = sought('master_last_io_seconds_ago');
const TEXTS = new Map(
  [...INSTANCE_AS_TOLD, 'master_host', 'master_port', 'slave_read_only'].map((field) => [field, sought(field)]),
);
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

/** The answer to INFO while it is read. What we want is looked for: to take every line apart would cost three times as much. */
class InfoReading extends ReadingSoFar {
  readonly #info: string;
  /** Fields are asked for about in the order in which they come. */
  #at = 0;

  constructor(info: string) {
    super();
    this.#info = info;
  }

  /** The text of a field, as sought() writes it; undefined if it is not there. */
  text(field: string): string | undefined {
    let from = this.#info.indexOf(field, this.#at);
    if (from < 0) from = this.#info.indexOf(field);
    if (from < 0) return undefined;
    this.#at = from;
    from += field.length;
    const to = this.#info.indexOf('\r\n', from);
    return this.#info.slice(from, to < 0 ? undefined : to);
  }

  /** Fields are looked for from the beginning again. */
  again(): void {
    this.#at = 0;
  }

  /** Field and text of each line of a section whose field begins with `prefix`. */
  *members(section: string, prefix: string): Generator<readonly [field: string, text: string]> {
    const info = this.#info;
    const title = `# ${section}\r\n`;
    const begin = info.indexOf(title);
    if (begin < 0) return;
    const next = info.indexOf('\r\n#', begin + title.length - 2);
    const end = next < 0 ? info.length : next;
    for (let from = begin + title.length; from < end; ) {
      const found = info.indexOf('\r\n', from);
      const to = found < 0 ? end : found;
      if (info.startsWith(prefix, from)) {
        // In the line only: a search up to the next colon would go through all that follows, for each line that has none.
        const line = info.slice(from + prefix.length, to);
        const colon = line.indexOf(':');
        if (colon >= 0) yield [line.slice(0, colon), line.slice(colon + 1)];
      }
      from = to + 2;
    }
  }
}

/** Values of the answer to `INFO all`. What is not on the list is left out, what is no number is counted. `nowMs`: since 1970. */
export function redisReading(info: string, nowMs: number): BoardReading {
  const reading = new InfoReading(`\r\n${info}`);
  readInstance(reading);
  for (const { sought: field, key } of NUMBERS) {
    const text = reading.text(field);
    if (text !== undefined) reading.take(key, text);
  }
  const uptime = reading.text(UPTIME);
  if (uptime !== undefined) reading.take(START, String(Math.floor(nowMs / 1000) - Number(uptime)));
  readMembers(reading);
  return { values: reading.values, unreadable: reading.unreadable };
}

/** Commands, errors, databases and replicas: those that are there have a line. */
function readMembers(reading: InfoReading): void {
  for (const [command, text] of reading.members('Commandstats', 'cmdstat_')) {
    reading.take(callsKey(command), partOf(text, 'calls'));
    reading.take(secondsKey(command), partOf(text, 'usec'), 1e6);
  }
  for (const [error, text] of reading.members('Errorstats', 'errorstat_'))
    reading.take(errorKey(error), partOf(text, 'count'));
  for (const [number, text] of reading.members('Keyspace', 'db')) {
    if (!/^\d+$/.test(number)) continue;
    reading.take(DATABASE.keys(`db${number}`), partOf(text, 'keys'));
    reading.take(DATABASE.expires(`db${number}`), partOf(text, 'expires'));
    const ttl = partOf(text, 'avg_ttl');
    if (ttl !== undefined) reading.take(DATABASE.avg_ttl(`db${number}`), ttl, 1000);
  }
  for (const [number, text] of reading.members('Replication', 'slave')) {
    if (!/^\d+$/.test(number)) continue;
    const replica = ['ip', 'port', 'state'].map((part) => partOf(text, part) ?? '');
    const lag = partOf(text, 'lag');
    if (replica.every(isLabel) && lag !== undefined)
      reading.take(boardKey('redis_connected_slave_lag_seconds', ...replica), lag);
  }
}

/** Which server it is, and whose replica. */
function readInstance(reading: InfoReading): void {
  const told = (field: string): string => reading.text(TEXTS.get(field)!) ?? '';
  const texts = new Map(INSTANCE_AS_TOLD.map((field) => [field, told(field)]));
  const instance = INSTANCE.map((field) => texts.get(field)!);
  if (instance.every((text) => text === '' || isLabel(text))) reading.take(instanceKey(instance), '1');
  reading.again();
  if (texts.get('role') !== 'slave') return;
  const primary = [told('master_host'), told('master_port')];
  if (!primary.every(isLabel)) return;
  for (const [metric, field] of [
    ['redis_master_link_up', LINK],
    ['redis_master_last_io_seconds_ago', AGO],
  ] as const) {
    const text = reading.text(field);
    if (text !== undefined) reading.take(boardKey(metric, ...primary), text);
  }
  const readOnly = told('slave_read_only');
  if (isLabel(readOnly)) reading.take(boardKey('redis_slave_info', ...primary, readOnly), '1');
}
