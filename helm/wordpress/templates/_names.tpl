{{/*
Name of all objects. It begins with "wordpress": the alerts about zones and the board Kubernetes find the pods by it.
35 characters: suffixes fit, and the names of a CronJob's Jobs must.
*/}}
{{- define "wordpress.name" -}}
{{- if or (eq .Release.Name "wordpress") (hasPrefix "wordpress-" .Release.Name) -}}
{{- .Release.Name | trunc 35 | trimSuffix "-" -}}
{{- else -}}
{{- printf "wordpress-%s" .Release.Name | trunc 35 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* All pods of the release: pages, cron and schema updates. */}}
{{- define "wordpress.release" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{/* The pods that serve pages; never changes, as a Deployment cannot change it. */}}
{{- define "wordpress.selector" -}}
{{ include "wordpress.release" . }}
app.kubernetes.io/component: web
{{- end -}}

{{- define "wordpress.labels" -}}
{{ include "wordpress.release" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* Call with (list "values key" image). */}}
{{- define "wordpress.imageOf" -}}
{{- $key := index . 0 -}}
{{- with index . 1 -}}
{{- if not .repository -}}
{{- fail (printf "%s.repository is empty: name the image in your registry, without its tag" $key) -}}
{{- end -}}
{{- if eq .tag "latest" -}}
{{- fail (printf "%s.tag is latest, which is another image tomorrow: name a release, and its digest in production" $key) -}}
{{- end -}}
{{- if not (or .tag .digest) -}}
{{- fail (printf "%s has neither tag nor digest: name a release, and its digest in production" $key) -}}
{{- end -}}
{{- .repository -}}
{{- with .tag }}:{{ . }}{{ end -}}
{{- with .digest }}@{{ . }}{{ end -}}
{{- end -}}
{{- end -}}

{{- define "wordpress.hosts" -}}
{{- prepend .Values.extraHosts .Values.host | uniq | toYaml -}}
{{- end -}}

{{/* The port of a URL: as it says, or that of its scheme. */}}
{{- define "wordpress.port" -}}
{{- $url := urlParse . -}}
{{- regexFind `[0-9]+$` (regexFind `:[0-9]+$` $url.host) | default (ternary "443" "80" (eq $url.scheme "https")) -}}
{{- end -}}
