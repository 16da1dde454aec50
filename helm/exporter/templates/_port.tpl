{{/* The port of a URL: as it says, or that of its scheme. */}}
{{- define "plimsoll.port" -}}
{{- $host := (urlParse .).host -}}
{{- if regexMatch `:[0-9]+$` $host -}}
{{- regexFind `[0-9]+$` $host -}}
{{- else -}}
{{- ternary "443" "80" (hasPrefix "https:" .) -}}
{{- end -}}
{{- end -}}
