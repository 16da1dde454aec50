#!/usr/bin/env bash
# image.sh NAME:TAG: builds the exporter's image, pushes it with SBOM and provenance, and signs its digest.
# REGISTRY, REGISTRY_USER and REGISTRY_PASSWORD say where to. With DRY_RUN=1 it prints the commands.
set -euo pipefail
cd "$(dirname "$0")/../.."
image="${1:?write image.sh NAME:TAG, for example plimsoll:1.2.3}"
registry="${REGISTRY:?is the host of the registry: terraform output -raw registry_host}"
reference="$registry/$image"

run() {
  if [[ "${DRY_RUN:-}" == 1 ]]; then printf '%q ' "$@" && echo; else "$@"; fi
}

if [[ "$image" == *:latest || "$image" != *:* ]]; then
  echo "image.sh: $image needs a tag that never moves, for example plimsoll:1.2.3" >&2
  exit 2
fi
run docker login --username "${REGISTRY_USER:?}" --password-stdin "$registry" <<<"${REGISTRY_PASSWORD:?}"
metadata="$(mktemp)"
trap 'rm -f "$metadata"' EXIT
run docker buildx build --platform linux/amd64 --sbom=true --provenance=mode=max --push \
  --tag "$reference" --metadata-file "$metadata" .
if [[ "${DRY_RUN:-}" == 1 ]]; then
  digest=sha256:dry-run
else
  digest="$(node --print 'JSON.parse(fs.readFileSync(process.argv[1]))["containerimage.digest"]' "$metadata")"
fi
# Without a key: the signature is bound to the workflow that ran, and stands in a public log.
run cosign sign --yes "$registry/${image%:*}@$digest"
echo "$registry/${image%:*}@$digest"
