{{/* What a schema cannot say, or not so that a person knows what to do. Never shows a value that may be a secret. */}}
{{- define "plimsoll.checks" -}}
{{- if and (not .Values.spec) (not .Values.specs) -}}
{{- fail "there is no spec: give one as text (--set-file spec=plimsoll.yaml), or name the ConfigMaps that hold them in specs" -}}
{{- end -}}
{{- $names := list -}}
{{- range .Values.specs -}}
{{- if or (has .configMap $names) (and $.Values.spec (eq .configMap "plimsoll")) -}}
{{- fail (printf "specs: the file %s.yaml would be there twice; put both specs into one ConfigMap key, or name another ConfigMap" .configMap) -}}
{{- end -}}
{{- $names = append $names .configMap -}}
{{- end -}}
{{- $paths := list -}}
{{- range .Values.secretMounts -}}
{{- if has .path $paths -}}
{{- fail (printf "secretMounts: path %s is there twice; each secret needs a path of its own" .path) -}}
{{- end -}}
{{- $paths = append $paths .path -}}
{{- end -}}
{{- include "plimsoll.checkSecrets" .Values.spec -}}
{{- if and .Values.mimir.enabled (not .Values.mimir.url) -}}
{{- fail "mimir.enabled is true, but mimir.url is empty: write the URL of Mimir without a path, for example http://mimir-gateway.observability:80" -}}
{{- end -}}
{{- if and .Values.realUsers.enabled (not (and .Values.realUsers.hosts .Values.realUsers.gateway.name)) -}}
{{- fail "realUsers.enabled is true, but realUsers.hosts or realUsers.gateway.name is empty: name the hosts of the sites and the Gateway that they hang below" -}}
{{- end -}}
{{- if and .Values.serviceMonitor.tokenSecret (not .Values.serviceMonitor.enabled) -}}
{{- fail "serviceMonitor.tokenSecret is set, but serviceMonitor.enabled is false: nothing would use it" -}}
{{- end -}}
{{- end -}}

{{/* The keys and the form of URLs that `plimsoll check` calls inline-secret. */}}
{{- define "plimsoll.checkSecrets" -}}
{{- $key := `(?im)(^|[\s{,])["']?(password|healthToken|authorization|x-api-key|cookie)["']?[ \t]*:[ \t]*["']?[^\s"'$#]` -}}
{{- $url := `(?i)[a-z][a-z0-9+.-]*://[^/@\s:$]*:[^/@\s$]+@` -}}
{{- if or (regexMatch $key .) (regexMatch $url .) -}}
{{- fail "spec holds a secret in plain text, which anybody who may read ConfigMaps or releases would see: put it into a Secret, mount that with secretMounts, write ${file:/run/secrets/plimsoll/PATH/KEY} in its place, and change the secret" -}}
{{- end -}}
{{- end -}}
