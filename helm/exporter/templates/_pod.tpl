{{/* What every pod of this chart has for the level `restricted` of Pod Security. 65532 is the user of the image. */}}
{{- define "plimsoll.podSecurity" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  fsGroup: 65532
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile:
    type: RuntimeDefault
{{- end -}}

{{- define "plimsoll.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
{{- end -}}

{{- define "plimsoll.scheduling" -}}
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . | quote }}
  {{- end }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . | quote }}
{{- end }}
{{- end -}}

{{/* Specs as files, flat below /etc/plimsoll: the exporter watches that folder, in which Kubernetes swaps one link for all. */}}
{{- define "plimsoll.specFiles" -}}
{{- if .Values.spec }}
- plimsoll.yaml
{{- end }}
{{- range .Values.specs }}
- {{ .configMap }}.yaml
{{- end }}
{{- end -}}
