{{/* Name of all objects: the release, with the chart's name if it is not in there. 48 characters, so that suffixes fit. */}}
{{- define "plimsoll.name" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 48 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 48 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* What selects the pods of the exporter; never changes, as a StatefulSet cannot change it. */}}
{{- define "plimsoll.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: exporter
{{- end -}}

{{- define "plimsoll.labels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "plimsoll.image" -}}
{{- with .Values.image -}}
{{- $repository := required "image.repository is empty: name the image in your registry, for example --set image.repository=example.cr.de-fra.ionos.com/plimsoll" .repository -}}
{{- if eq .tag "latest" -}}
{{- fail "image.tag is latest, which is another image tomorrow: name a version, or leave it empty for that of the chart" -}}
{{- end -}}
{{- printf "%s:%s" $repository (.tag | default $.Chart.AppVersion) -}}
{{- with .digest }}@{{ . }}{{ end -}}
{{- end -}}
{{- end -}}

{{/* A file that was generated, as an object. Call with (list $ path). */}}
{{- define "plimsoll.generated" -}}
{{- $text := (index . 0).Files.Get (index . 1) -}}
{{- if not $text -}}
{{- fail (printf "%s is not in the chart: write it with `npm run charts` from your spec, then package the chart again" (index . 1)) -}}
{{- end -}}
{{- $text -}}
{{- end -}}
