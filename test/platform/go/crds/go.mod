// Only for the files of the CRDs in these modules: nothing here is built. go.sum holds what they must be.
module plimsoll/test/platform/go/crds

go 1.26.6

require (
	github.com/cert-manager/cert-manager v1.21.0
	github.com/envoyproxy/gateway v1.9.0
	github.com/fluxcd/helm-controller v1.6.3
	github.com/fluxcd/kustomize-controller v1.9.4
	github.com/fluxcd/notification-controller v1.9.3
	github.com/fluxcd/source-controller v1.9.4
	github.com/prometheus-operator/prometheus-operator v0.93.1
	github.com/vmware-tanzu/velero v1.18.3
	sigs.k8s.io/gateway-api v1.6.1
)
