// MariaDB's part of the series for boards: two statements, sent together, and their rows as mysqld_exporter names them.
// Never opens a connection.
import { STATUS_ROWS, VARIABLE_ROWS } from '../spec/board-series.ts';
import { type BoardKey, type BoardReading, boardKey, isLabel, keysOf, ReadingSoFar } from './board-reading.ts';

const quoted = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(',');
/** Families whose members are labels, in mysqld_exporter's collector/global_status.go. */
const PREFIXES = ['Com', 'Handler', 'Connection\\_errors', 'Innodb\\_buffer\\_pool\\_pages', 'Innodb\\_rows'];
const TEXTS = ['version', 'version_comment', 'innodb_version'];

export const STATUS_STATEMENT = `SHOW GLOBAL STATUS WHERE ${PREFIXES.map((prefix) => `Variable_name LIKE '${prefix}\\_%'`).join(' OR ')} OR Variable_name IN (${quoted(STATUS_ROWS)})`;
export const VARIABLES_STATEMENT = `SHOW GLOBAL VARIABLES WHERE Variable_name IN (${quoted([...VARIABLE_ROWS, ...TEXTS])})`;

const STATUS = new Set(STATUS_ROWS);
const VARIABLES = new Set(VARIABLE_ROWS);

const statusKey = keysOf((row): BoardKey | undefined => {
  const name = row.toLowerCase();
  if (STATUS.has(name)) return boardKey(`mysql_global_status_${name}`);
  const [, family, member = ''] =
    /^(com|handler|connection_errors|innodb_buffer_pool_pages|innodb_rows)_(.+)$/.exec(name) ?? [];
  if (family === undefined || !isLabel(member)) return undefined;
  switch (family) {
    case 'com':
      return boardKey('mysql_global_status_commands_total', member);
    case 'handler':
      return boardKey('mysql_global_status_handlers_total', member);
    case 'connection_errors':
      return boardKey('mysql_global_status_connection_errors_total', member);
    case 'innodb_rows':
      return boardKey('mysql_global_status_innodb_row_ops_total', member);
    default:
      return pagesKey(member);
  }
});

function pagesKey(member: string): BoardKey | undefined {
  if (['data', 'free', 'misc', 'old'].includes(member))
    return boardKey('mysql_global_status_buffer_pool_pages', member);
  if (member === 'dirty') return boardKey('mysql_global_status_buffer_pool_dirty_pages');
  // The sum of the others.
  return member === 'total' ? undefined : boardKey('mysql_global_status_buffer_pool_page_changes_total', member);
}

const variableKey = keysOf((row) => (VARIABLES.has(row) ? boardKey(`mysql_global_variables_${row}`) : undefined));

type Rows = readonly (readonly unknown[])[];

/** Values of the rows [name, value] of both statements. What is not on the list is left out, what is no number is counted. */
export function mariadbReading(status: Rows, variables: Rows): BoardReading {
  const reading = new ReadingSoFar();
  for (const [name, text] of status) reading.take(statusKey(String(name)), text);
  const texts = new Map<string, string>();
  for (const [name, text] of variables) {
    const row = String(name).toLowerCase();
    if (TEXTS.includes(row)) texts.set(row, String(text));
    else reading.take(variableKey(row), text);
  }
  const version = ['innodb_version', 'version', 'version_comment'].map((row) => texts.get(row) ?? '');
  if (texts.size > 0 && version.every((text) => text === '' || isLabel(text)))
    reading.take(boardKey('mysql_version_info', ...version), '1');
  return reading;
}
