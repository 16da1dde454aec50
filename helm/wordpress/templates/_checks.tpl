{{/* What a schema cannot say, or not so that a person knows what to do. */}}
{{- define "wordpress.checks" -}}
{{- $required := list
  (list "host" .Values.host "the name under which visitors see the site, without https://")
  (list "existingSecret" .Values.existingSecret "the Secret with passwords, keys and salts; README.md of the chart lists its keys")
  (list "database.host" .Values.database.host "Terraform: platform_values.database_host")
  (list "database.user" .Values.database.user "Terraform: platform_values.database_user")
  (list "cache.host" .Values.cache.host "Terraform: platform_values.cache_host")
  (list "objectStorage.endpoint" .Values.objectStorage.endpoint "Terraform: platform_values.s3_endpoint")
  (list "objectStorage.region" .Values.objectStorage.region "Terraform: platform_values.s3_region")
  (list "objectStorage.bucket" .Values.objectStorage.bucket "Terraform: platform_values.bucket_media")
  (list "trustedProxies" .Values.trustedProxies "the networks of the gateway's pods and of the load balancers before it; without them every visitor has the gateway's address, and WordPress thinks that it is not on HTTPS")
-}}
{{- range $required -}}
{{- if not (index . 1) -}}
{{- fail (printf "%s is empty: %s" (index . 0) (index . 2)) -}}
{{- end -}}
{{- end -}}
{{- if .Values.networkPolicy.enabled -}}
{{- if not .Values.database.cidr -}}
{{- fail "database.cidr is empty: the network policy lets pods speak to this network only (Terraform: platform_values.database_cidr)" -}}
{{- end -}}
{{- if not .Values.cache.cidr -}}
{{- fail "cache.cidr is empty: the network policy lets pods speak to this network only (Terraform: platform_values.cache_cidr)" -}}
{{- end -}}
{{- end -}}
{{- include "wordpress.checkRoute" . -}}
{{- include "wordpress.checkScale" . -}}
{{- end -}}

{{- define "wordpress.checkRoute" -}}
{{- if and .Values.route.enabled .Values.ingress.enabled -}}
{{- fail "route.enabled and ingress.enabled are both true: visitors need one way in; switch one off" -}}
{{- end -}}
{{- if and .Values.route.enabled (not .Values.route.gateway.name) -}}
{{- fail "route.gateway.name is empty: name the Gateway that serves the site, or set route.enabled to false" -}}
{{- end -}}
{{- end -}}

{{- define "wordpress.checkScale" -}}
{{- $scale := .Values.autoscaling -}}
{{- $least := int (ternary $scale.minReplicas .Values.replicas $scale.enabled) -}}
{{- if and $scale.enabled (gt $least (int $scale.maxReplicas)) -}}
{{- fail (printf "autoscaling.minReplicas (%d) is above autoscaling.maxReplicas (%d)" $least (int $scale.maxReplicas)) -}}
{{- end -}}
{{- if and $scale.enabled $scale.busyPercent (not .Values.fpmExporter.enabled) -}}
{{- fail "autoscaling.busyPercent needs the metric phpfpm_active_processes of fpmExporter, which is off: switch it on, or set busyPercent to 0" -}}
{{- end -}}
{{- if and $scale.enabled $scale.busyPercent (not .Values.podMonitor.enabled) -}}
{{- fail "autoscaling.busyPercent needs the metric phpfpm_active_processes in Prometheus, but podMonitor.enabled is false: switch it on, or set busyPercent to 0" -}}
{{- end -}}
{{- if and .Values.spread.strict (gt $least 0) (lt $least (int .Values.spread.minZones)) -}}
{{- fail (printf "%d pods cannot stand in %d zones: raise the replicas, or lower spread.minZones, or set spread.strict to false" $least (int .Values.spread.minZones)) -}}
{{- end -}}
{{- end -}}
