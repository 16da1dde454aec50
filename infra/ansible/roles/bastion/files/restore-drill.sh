#!/usr/bin/env bash
# restore-drill SETTINGS [--begin]: dumps a database, restores the dump into a server of its own on this machine, compares both, and
# writes for node_exporter when that last worked and how long it took. Never writes to the source, and no metric after a fault: exit 1.
set -euo pipefail
export LC_ALL=C

fail() {
  echo "restore-drill: $*" >&2
  exit 1
}

settings="${1:?write restore-drill SETTINGS [--begin]}"
[[ -r "$settings" ]] || fail "cannot read $settings"
# shellcheck source=/dev/null
source "$settings"
for name in SOURCE_HOST SOURCE_PORT SOURCE_USER SOURCE_PASSWORD SOURCE_DATABASE TEXTFILES; do
  [[ -n "${!name:-}" ]] || fail "$name is missing in $settings"
done

# write_metrics NAME: from standard input; node_exporter never sees half of it.
write_metrics() {
  local part="$TEXTFILES/$1.$$"
  cat >"$part" || fail "cannot write to $TEXTFILES"
  chmod 644 "$part"
  mv "$part" "$TEXTFILES/$1"
}

if [[ "${2:-}" == --begin ]]; then
  write_metrics restore_drill_begin.prom <<METRICS
# HELP restore_drill_begin_timestamp_seconds Since when this machine is to restore backups for trial.
# TYPE restore_drill_begin_timestamp_seconds gauge
restore_drill_begin_timestamp_seconds $(date +%s)
METRICS
  echo "no drill yet: the alert waits from now on"
  exit 0
fi

umask 077
work="$(mktemp -d)"
server=""
finish() {
  if [[ -n "$server" ]]; then
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  rm -rf "$work"
}
trap finish EXIT

# In a file, because arguments can be read by everybody on this machine.
quoted() {
  local value="${1//\\/\\\\}"
  printf '"%s"' "${value//\"/\\\"}"
}
cat >"$work/source.cnf" <<CNF
[client]
host=$(quoted "$SOURCE_HOST")
port=$SOURCE_PORT
protocol=tcp
user=$(quoted "$SOURCE_USER")
password=$(quoted "$SOURCE_PASSWORD")
[mariadb-client]
connect-timeout=10
CNF
source_sql() { mariadb --defaults-file="$work/source.cnf" --batch --raw --skip-column-names "$SOURCE_DATABASE"; }
restored_sql() { mariadb --no-defaults --socket="$work/socket" --user=root --batch --raw --skip-column-names "$SOURCE_DATABASE"; }

# Each takes source_sql or restored_sql, and prints sorted lines.
structure() {
  "$1" <<SQL | sort
    SELECT 'table', table_name, table_type, COALESCE(engine, ''), COALESCE(table_collation, '')
      FROM information_schema.tables WHERE table_schema = DATABASE()
    UNION ALL SELECT 'column', CONCAT(c.table_name, '.', c.column_name), c.column_type, c.is_nullable, COALESCE(c.collation_name, '')
      FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
      WHERE c.table_schema = DATABASE() AND t.table_type = 'BASE TABLE'
    UNION ALL SELECT 'index', CONCAT(table_name, '.', index_name), seq_in_index, column_name, COALESCE(sub_part, '')
      FROM information_schema.statistics WHERE table_schema = DATABASE()
    UNION ALL SELECT 'trigger', CONCAT(event_object_table, '.', trigger_name), action_timing, event_manipulation, ''
      FROM information_schema.triggers WHERE trigger_schema = DATABASE();
SQL
}
# statements VERB: one statement for each table.
statements() {
  cat <<SQL
    SELECT CONCAT('$1 \`', REPLACE(table_name, '\`', '\`\`'), '\`;') FROM information_schema.tables
      WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE';
SQL
}
checksums() { statements 'CHECKSUM TABLE' | "$1" | "$1" | sort; }
rows() { statements 'SELECT COUNT(*) FROM' | "$1" | "$1" | awk '{ sum += $1 } END { print sum + 0 }'; }

started=$SECONDS
structure source_sql >"$work/structure.source" || fail "cannot read $SOURCE_DATABASE on $SOURCE_HOST:$SOURCE_PORT as $SOURCE_USER"
grep --quiet '^table' "$work/structure.source" || fail "$SOURCE_DATABASE on $SOURCE_HOST:$SOURCE_PORT has no tables that $SOURCE_USER may see"
checksums source_sql >"$work/sums.before" || fail "cannot read the tables of $SOURCE_DATABASE on $SOURCE_HOST:$SOURCE_PORT"

# One transaction: the dump is of one moment, and WordPress goes on.
mariadb-dump --defaults-file="$work/source.cnf" --single-transaction --quick --skip-lock-tables --triggers --hex-blob \
  "$SOURCE_DATABASE" >"$work/dump.sql" || fail "cannot dump $SOURCE_DATABASE on $SOURCE_HOST:$SOURCE_PORT"
[[ "$(tail --lines=1 "$work/dump.sql")" == "-- Dump completed"* ]] || fail "the dump is not whole: its last line does not say so"
checksums source_sql >"$work/sums.after" || fail "cannot read the tables of $SOURCE_DATABASE on $SOURCE_HOST:$SOURCE_PORT"

mkdir "$work/data"
mariadb-install-db --no-defaults --datadir="$work/data" --user="$(id --user --name)" --skip-test-db \
  --auth-root-authentication-method=normal >"$work/install.log" 2>&1 || fail "no server of its own: $(tail --lines=3 "$work/install.log")"
mariadbd --no-defaults --datadir="$work/data" --user="$(id --user --name)" --socket="$work/socket" --pid-file="$work/pid" \
  --skip-networking --skip-log-bin >"$work/server.log" 2>&1 &
server=$!
launched=$SECONDS
until mariadb-admin --no-defaults --socket="$work/socket" --user=root ping >/dev/null 2>&1; do
  kill -0 "$server" 2>/dev/null || fail "the server of its own ended: $(tail --lines=3 "$work/server.log")"
  ((SECONDS - launched < 120)) || fail "the server of its own does not start: $(tail --lines=3 "$work/server.log")"
  sleep 0.2
done
mariadb-admin --no-defaults --socket="$work/socket" --user=root create "$SOURCE_DATABASE"
# Beyond the place, the client's message holds rows: those of customers do not belong into a log.
restored_sql <"$work/dump.sql" 2>"$work/errors" ||
  fail "the dump cannot be restored: $(grep --only-matching --max-count=1 '^ERROR [0-9]* ([0-9A-Z]*) at line [0-9]*' "$work/errors")"

structure restored_sql >"$work/structure.restored"
diff "$work/structure.source" "$work/structure.restored" >&2 || fail "tables, columns, indexes or triggers differ (< source, > restored)"
checksums restored_sql >"$work/sums.restored"
if grep --line-regexp '.*[[:space:]]NULL' "$work"/sums.* >&2; then fail "a table has no checksum: it cannot be read"; fi

# WordPress may have written meanwhile. A table with the same checksum before and after the dump is as it was in the dump.
comm -12 "$work/sums.before" "$work/sums.after" >"$work/sums.same"
changed="$(comm -13 "$work/sums.before" "$work/sums.after" | cut --fields=1 | paste --serial --delimiters=' ')"
[[ -s "$work/sums.same" ]] || fail "every table was written to during the dump, so none can be compared: run it when less goes on"
differ="$(comm -23 "$work/sums.same" "$work/sums.restored" | cut --fields=1 | paste --serial --delimiters=' ')"
[[ -z "$differ" ]] || fail "not the same as the source: $differ"
count="$(rows restored_sql)"
((count > 0)) || fail "$SOURCE_DATABASE has tables, but no rows: is it the right database?"

took=$((SECONDS - started))
write_metrics restore_drill.prom <<METRICS
# HELP restore_drill_last_success_timestamp_seconds When a backup was last restored and was the same as the original.
# TYPE restore_drill_last_success_timestamp_seconds gauge
restore_drill_last_success_timestamp_seconds $(date +%s)
# HELP restore_drill_duration_seconds How long the last restore that succeeded took, from the dump to the comparison.
# TYPE restore_drill_duration_seconds gauge
restore_drill_duration_seconds $took
METRICS
tables="$(wc --lines <"$work/sums.restored")"
echo "restored $tables tables with $count rows in $took s; compared $(wc --lines <"$work/sums.same"), written to meanwhile: ${changed:-none}"
