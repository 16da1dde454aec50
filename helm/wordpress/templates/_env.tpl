{{/*
What WordPress reads, here and not in a ConfigMap: the Job before an upgrade must see the new values, and at that time the cluster still
has the old ConfigMap. Keys of the Secret are the names of the variables.
*/}}
{{- define "wordpress.settings" -}}
- { name: WP_HOME, value: {{ printf "https://%s" .Values.host | quote }} }
- { name: DB_HOST, value: {{ .Values.database.host | quote }} }
- { name: DB_PORT, value: {{ .Values.database.port | quote }} }
- { name: DB_NAME, value: {{ .Values.database.name | quote }} }
- { name: DB_USER, value: {{ .Values.database.user | quote }} }
- { name: CACHE_HOST, value: {{ .Values.cache.host | quote }} }
- { name: CACHE_PORT, value: {{ .Values.cache.port | quote }} }
- { name: CACHE_USER, value: {{ .Values.cache.user | quote }} }
- { name: S3_ENDPOINT, value: {{ .Values.objectStorage.endpoint | quote }} }
- { name: S3_REGION, value: {{ .Values.objectStorage.region | quote }} }
- { name: S3_BUCKET, value: {{ .Values.objectStorage.bucket | quote }} }
- { name: CDN_URL, value: {{ .Values.cdnUrl | default (printf "https://%s/wp-content/uploads" .Values.host) | quote }} }
- { name: TRUSTED_PROXIES, value: {{ join "," .Values.trustedProxies | quote }} }
- { name: VISITOR_HEADER, value: {{ .Values.visitorHeader | quote }} }
{{- with .Values.realUsers.site }}
- { name: RUM_SITE, value: {{ . | quote }} }
{{- end }}
# The root is read-only: wp-cli keeps its files here.
- { name: HOME, value: /tmp }
{{- end -}}

{{- define "wordpress.env" -}}
{{ include "wordpress.settings" . }}
{{- range include "wordpress.secretKeys" . | fromYamlArray }}
- { name: {{ . }}, valueFrom: { secretKeyRef: { name: {{ $.Values.existingSecret | quote }}, key: {{ . }} } } }
{{- end }}
# Only the exporter's steps `cron` and `objectcache` need it: without the key they are closed, and pages are served.
- name: PLIMSOLL_HEALTH_TOKEN
  valueFrom: { secretKeyRef: { name: {{ .Values.existingSecret | quote }}, key: PLIMSOLL_HEALTH_TOKEN, optional: true } }
{{- end -}}

{{- define "wordpress.secretKeys" -}}
- DB_PASSWORD
- CACHE_PASSWORD
- S3_ACCESS_KEY
- S3_SECRET_KEY
- AUTH_KEY
- SECURE_AUTH_KEY
- LOGGED_IN_KEY
- NONCE_KEY
- AUTH_SALT
- SECURE_AUTH_SALT
- LOGGED_IN_SALT
- NONCE_SALT
{{- end -}}

{{/* Traces of requests, by the extension of PHP. Jobs send none: a span of each minute's cron would drown the pages'. */}}
{{- define "wordpress.traceEnv" -}}
{{- with .Values.traces }}
{{- if .endpoint }}
- { name: OTEL_PHP_AUTOLOAD_ENABLED, value: "true" }
- { name: OTEL_SERVICE_NAME, value: {{ include "wordpress.name" $ | quote }} }
- { name: OTEL_EXPORTER_OTLP_ENDPOINT, value: {{ .endpoint | quote }} }
- { name: OTEL_EXPORTER_OTLP_PROTOCOL, value: http/protobuf }
- { name: OTEL_TRACES_SAMPLER, value: parentbased_traceidratio }
- { name: OTEL_TRACES_SAMPLER_ARG, value: {{ .ratio | quote }} }
- { name: OTEL_METRICS_EXPORTER, value: none }
- { name: OTEL_LOGS_EXPORTER, value: none }
- { name: POD_NAME, valueFrom: { fieldRef: { fieldPath: metadata.name } } }
- { name: OTEL_RESOURCE_ATTRIBUTES, value: {{ printf "k8s.namespace.name=%s,k8s.pod.name=$(POD_NAME)" $.Release.Namespace | quote }} }
{{- end }}
{{- end }}
{{- end -}}
