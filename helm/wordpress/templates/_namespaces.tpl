{{/* Peers of a network policy: all pods of these namespaces. */}}
{{- define "wordpress.namespaces" -}}
{{- $peers := list -}}
{{- range . -}}
{{- $peers = append $peers (dict "namespaceSelector" (dict "matchLabels" (dict "kubernetes.io/metadata.name" .))) -}}
{{- end -}}
{{- toYaml $peers -}}
{{- end -}}
