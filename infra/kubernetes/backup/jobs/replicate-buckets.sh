#!/usr/bin/env bash
# Copies the buckets into the other region. It adds and replaces, and never deletes: what is deleted by mistake stays in the copy until the
# copy's own rules end it. Then it compares both sides: a copy that is not whole is a failure.
set -euo pipefail
export LC_ALL=C

fail() {
  echo "replicate-buckets: $*" >&2
  exit 1
}
for name in BUCKETS COPY_BUCKET; do
  [[ -n "${!name:-}" ]] || fail "the variable $name is missing"
done

for pair in $BUCKETS; do
  name="${pair%%=*}"
  from="primary:${pair#*=}"
  to="copy:$COPY_BUCKET/$name"
  found="$(rclone size --json "$from" | sed -E 's/.*"count":([0-9]+).*/\1/')" || fail "cannot list the bucket ${pair#*=}"
  # A new site has no uploads; a bucket that was full yesterday has some.
  if ((found == 0)); then
    before="$(rclone size --json "$to" 2>/dev/null | sed -E 's/.*"count":([0-9]+).*/\1/')" || before=0
    ((before == 0)) || fail "the bucket ${pair#*=} is empty, and its copy has $before objects: nothing is copied"
    echo "$name: empty"
    continue
  fi
  rclone copy --s3-no-check-bucket --checksum --transfers 8 --retries 3 "$from" "$to" || fail "cannot copy ${pair#*=} to $COPY_BUCKET/$name"
  # What was written since the copy began is the next run's.
  rclone check --one-way --size-only --min-age "$((SECONDS + 60))s" "$from" "$to" || fail "the copy of ${pair#*=} is not whole"
  echo "$name: $found objects"
done
