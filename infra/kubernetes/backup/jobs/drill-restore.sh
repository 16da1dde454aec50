#!/usr/bin/env bash
# Takes the newest dump from the other region, decrypts it, and restores it into a MariaDB of its own in this pod, without a network. So what is
# proven is what would be needed: copy, key, dump and server. Never writes to a bucket or to the site's database.
set -euo pipefail
export LC_ALL=C

fail() {
  echo "drill-restore: $*" >&2
  exit 1
}
for name in DATABASE_NAME AGE_IDENTITY_FILE COPY_BUCKET MAX_AGE_HOURS ROOM; do
  [[ -n "${!name:-}" ]] || fail "the variable $name is missing"
done
umask 077
work="$(mktemp -d "$ROOM/drill.XXXXXX")"
server=""
finish() {
  if [[ -n "$server" ]]; then
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  rm -rf "$work"
}
trap finish EXIT

folder="copy:$COPY_BUCKET/backups/mariadb/$DATABASE_NAME"
newest="$(rclone lsf --recursive --files-only --include '*.sql.gz.age' "$folder" | sort | tail --lines=1)" || fail "cannot list $folder"
[[ -n "$newest" ]] || fail "there is no dump in $folder"
name="$(basename "$newest" .sql.gz.age)"
made="$(date --utc --date="${name:0:10} ${name:11:2}:${name:13:2}:${name:15:2}" +%s)" || fail "$newest has no time in its name"
hours=$((($(date +%s) - made) / 3600))
((hours <= MAX_AGE_HOURS)) || fail "the newest dump, $newest, is $hours hours old"

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
sql() { mariadb --no-defaults --socket="$work/socket" --user=root --batch --raw --skip-column-names "$@"; }
sql --execute="CREATE DATABASE \`$DATABASE_NAME\`"

# The client's messages hold rows: those of customers do not belong into a log.
rclone cat "$folder/$newest" | age --decrypt --identity "$AGE_IDENTITY_FILE" 2>"$work/age.log" | gunzip 2>"$work/gunzip.log" |
  tee >(tail --lines=1 >"$work/last") | sql "$DATABASE_NAME" 2>"$work/errors" ||
  fail "$newest cannot be restored: $(head --lines=1 "$work/age.log") $(head --lines=1 "$work/gunzip.log") $(grep --only-matching --max-count=1 '^ERROR [0-9]* ([0-9A-Z]*) at line [0-9]*' "$work/errors")"
for _ in {1..50}; do
  if [[ -s "$work/last" ]]; then break; fi
  sleep 0.1
done
[[ "$(<"$work/last")" == "-- Dump completed"* ]] || fail "$newest is not whole: its last line does not say so"

tables="$(sql --execute="SELECT table_name FROM information_schema.tables WHERE table_schema = '$DATABASE_NAME' AND table_type = 'BASE TABLE'")"
options="$(grep --max-count=1 'options$' <<<"$tables")" || fail "$newest has no table of WordPress' options"
site="$(sql "$DATABASE_NAME" --execute="SELECT option_value FROM \`$options\` WHERE option_name = 'siteurl'")"
[[ -n "$site" ]] || fail "$newest was restored, and has no site in it"
bad="$(mariadb-check --no-defaults --socket="$work/socket" --user=root --silent "$DATABASE_NAME" | head --lines=3)"
[[ -z "$bad" ]] || fail "$newest was restored, and tables are damaged: $bad"
echo "restored $newest, $hours hours old: $(wc --lines <<<"$tables") tables of $site in $SECONDS s"
