#!/usr/bin/env bash
# push.sh: loads the committed boards into Grafana, and rules and routing into Mimir; what is on a server already stays untouched.
# GRAFANA_URL and GRAFANA_TOKEN, MIMIR_URL, MIMIR_TENANT and MIMIR_TOKEN say where to; without a URL that part is left out, and said.
set -euo pipefail
cd "$(dirname "$0")/../.."
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
plimsoll=(node src/main.ts)

if [[ -n "${GRAFANA_URL:-}" ]]; then
  (umask 077 && printf '%s' "${GRAFANA_TOKEN:?}" >"$folder/grafana")
  "${plimsoll[@]}" push dashboards "$GRAFANA_URL" --token-file "$folder/grafana" --yes
else
  echo "GRAFANA_URL is not set: no boards are pushed (the sidecar of the chart may load them)"
fi
if [[ -n "${MIMIR_URL:-}" ]]; then
  (umask 077 && printf '%s' "${MIMIR_TOKEN:?}" >"$folder/mimir")
  mimir=("$MIMIR_URL" --tenant "${MIMIR_TENANT:?}" --token-file "$folder/mimir" --yes)
  "${plimsoll[@]}" push rules "${mimir[@]}"
  "${plimsoll[@]}" push alertmanager "${mimir[@]}"
else
  echo "MIMIR_URL is not set: no rules are pushed (the operator may load them as PrometheusRule)"
fi
