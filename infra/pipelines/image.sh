#!/usr/bin/env bash
# image.sh TAG: builds the image that a tag of Git stands for, pushes it with SBOM and provenance, and signs its digest:
# v1.2.3 the exporter, wordpress-7.0.1-1 WordPress, backup-0.1.0 the tools of the backup jobs.
# REGISTRY, REGISTRY_USER and REGISTRY_PASSWORD say where to. With DRY_RUN=1 it prints the commands.
set -euo pipefail
cd "$(dirname "$0")/../.."
tag="${1:?write image.sh TAG, for example v1.2.3}"
registry="${REGISTRY:?is the host of the registry: terraform output -raw registry_host}"

run() {
  if [[ "${DRY_RUN:-}" == 1 ]]; then printf '%q ' "$@" && echo; else "$@"; fi
}

case "$tag" in
  v[0-9]*) name=plimsoll version="${tag#v}" folder=. ;;
  wordpress-[0-9]*) name=wordpress version="${tag#wordpress-}" folder=helm/wordpress/image ;;
  backup-[0-9]*) name=backup version="${tag#backup-}" folder=infra/kubernetes/backup/image ;;
  *)
    echo "image.sh: no image is called $tag: write v1.2.3, wordpress-7.0.1-1 or backup-0.1.0" >&2
    exit 2
    ;;
esac
run docker login --username "${REGISTRY_USER:?}" --password-stdin "$registry" <<<"${REGISTRY_PASSWORD:?}"
metadata="$(mktemp)"
trap 'rm -f "$metadata"' EXIT
run docker buildx build --platform linux/amd64 --sbom=true --provenance=mode=max --push \
  --tag "$registry/$name:$version" --metadata-file "$metadata" "$folder"
if [[ "${DRY_RUN:-}" == 1 ]]; then
  digest=sha256:dry-run
else
  digest="$(node --print 'JSON.parse(fs.readFileSync(process.argv[1]))["containerimage.digest"]' "$metadata")"
fi
# Without a key: the signature is bound to the workflow that ran, and stands in a public log.
run cosign sign --yes "$registry/$name@$digest"
echo "$registry/$name@$digest"
