#!/bin/sh
# Writes what nginx must know of the environment, then becomes the program that was asked for. Writes to /run and /var/cache/nginx alone.
set -eu
run=${RUN_FOLDER:-/run}
if [ "${1-}" = nginx ]; then
  [ -n "${TRUSTED_PROXIES-}" ] || { echo 'nginx cannot start: TRUSTED_PROXIES is missing: the networks whose X-Forwarded-For is believed, with commas between' >&2; exit 1; }
  case $TRUSTED_PROXIES in
    *[!0-9a-fA-F.:/,]*) echo "nginx cannot start: TRUSTED_PROXIES must be networks with commas between, and is: $TRUSTED_PROXIES" >&2; exit 1 ;;
  esac
  case ${VISITOR_HEADER:=X-Forwarded-For} in
    *[!A-Za-z-]*) echo "nginx cannot start: VISITOR_HEADER must be the name of a header, and is: $VISITOR_HEADER" >&2; exit 1 ;;
  esac
  echo "real_ip_header $VISITOR_HEADER;" >"$run/trusted-proxies.conf"
  : >"$run/from-proxy.conf"
  for network in $(echo "$TRUSTED_PROXIES" | tr ',' ' '); do
    echo "set_real_ip_from $network;" >>"$run/trusted-proxies.conf"
    echo "$network 1;" >>"$run/from-proxy.conf"
  done
fi
exec "$@"
