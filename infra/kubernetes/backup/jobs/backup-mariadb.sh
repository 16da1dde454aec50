#!/usr/bin/env bash
# Dumps the database in one transaction, encrypts the dump, and puts it into the bucket. Plain text never touches a disk, and a dump that is
# not whole never reaches the bucket. That it worked, Prometheus sees by the end of the CronJob.
set -euo pipefail
export LC_ALL=C

fail() {
  echo "backup-mariadb: $*" >&2
  exit 1
}
for name in DATABASE_SERVER DATABASE_NAME DATABASE_USER DATABASE_PASSWORD AGE_RECIPIENT AGE_IDENTITY_FILE BUCKET ROOM; do
  [[ -n "${!name:-}" ]] || fail "the variable $name is missing"
done
umask 077
work="$(mktemp -d "$ROOM/dump.XXXXXX")"
trap 'rm -rf "$work"' EXIT

# In a file, because arguments can be read by everybody.
quoted() {
  local value="${1//\\/\\\\}"
  printf '"%s"' "${value//\"/\\\"}"
}
cat >"$work/source.cnf" <<CNF
[client]
host=$(quoted "${DATABASE_SERVER%:*}")
port=${DATABASE_SERVER##*:}
protocol=tcp
user=$(quoted "$DATABASE_USER")
password=$(quoted "$DATABASE_PASSWORD")
CNF

began="$(date --utc +%Y-%m-%dT%H%M%SZ)"
dump="$work/$began.sql.gz.age"
# The last line of the dump passes by here; everything else goes on to be packed and encrypted.
mkfifo "$work/passing"
tail --lines=1 <"$work/passing" >"$work/last" &
watcher=$!
# For two keys: that of people, which is nowhere here, and that of the drill, which reads the database anyway.
mariadb-dump --defaults-file="$work/source.cnf" --single-transaction --quick --skip-lock-tables --routines --triggers --hex-blob \
  "$DATABASE_NAME" | tee "$work/passing" | gzip | age --encrypt --recipient "$AGE_RECIPIENT" --identity "$AGE_IDENTITY_FILE" >"$dump" ||
  fail "cannot dump $DATABASE_NAME on $DATABASE_SERVER"
wait "$watcher"
[[ "$(<"$work/last")" == "-- Dump completed"* ]] || fail "the dump is not whole: its last line does not say so"

to="primary:$BUCKET/mariadb/$DATABASE_NAME/${began:0:4}/${began:5:2}/$began.sql.gz.age"
# rclone compares the checksum after the upload.
rclone copyto --s3-no-check-bucket --retries 3 "$dump" "$to" || fail "cannot write to the bucket $BUCKET"
size="$(stat --format=%s "$dump")"
[[ "$(rclone size --json "$to" | sed -E 's/.*"bytes":([0-9]+).*/\1/')" == "$size" ]] || fail "what is in the bucket is not $size bytes long"
echo "$to: $size bytes, encrypted"
