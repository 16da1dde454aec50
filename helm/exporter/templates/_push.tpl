{{/* One `plimsoll push` as a container. Call with (list $ WHAT IMAGE); WHAT is rules or alertmanager. */}}
{{- define "plimsoll.push" -}}
{{- $root := index . 0 -}}
{{- $what := index . 1 -}}
- name: {{ $what }}
  image: {{ index . 2 | quote }}
  command:
    - /nodejs/bin/node
    - src/main.ts
    - push
    - {{ $what }}
    - {{ $root.Values.mimir.url | quote }}
    - --from
    - /etc/plimsoll/{{ ternary "rules.mimir.yaml" "mimir.yaml" (eq $what "rules") }}
    - --keep
    - /kept
    {{- with $root.Values.mimir.tenant }}
    - --tenant
    - {{ . | quote }}
    {{- end }}
    {{- if $root.Values.mimir.tokenSecret }}
    - --token-file
    - /run/secrets/token/token
    {{- end }}
    - --yes
  resources:
    requests:
      cpu: 50m
      memory: 512Mi
    limits:
      memory: 512Mi
  {{- include "plimsoll.containerSecurity" $root | nindent 2 }}
  volumeMounts:
    - name: generated
      mountPath: /etc/plimsoll
      readOnly: true
    - name: kept
      mountPath: /kept
    {{- if $root.Values.mimir.tokenSecret }}
    - name: token
      mountPath: /run/secrets/token
      readOnly: true
    {{- end }}
    {{- range $index, $mount := $root.Values.mimir.secretMounts }}
    - name: secret-{{ $index }}
      mountPath: {{ $mount.path | quote }}
      readOnly: true
    {{- end }}
{{- end -}}
