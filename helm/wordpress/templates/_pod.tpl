{{/* What every pod of this chart has for the level `restricted` of Pod Security. 82 is www-data in Alpine's images. */}}
{{- define "wordpress.podSecurity" -}}
serviceAccountName: {{ include "wordpress.name" . }}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 82
  runAsGroup: 82
  fsGroup: 82
  seccompProfile:
    type: RuntimeDefault
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
{{- end -}}

{{- define "wordpress.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
{{- end -}}

{{/*
Memory is reserved whole: a pod is not killed because its neighbours grew. No CPU limit: throttling looks like a slow site.
Call with an object of cpu and memory.
*/}}
{{- define "wordpress.resources" -}}
resources:
  requests:
    cpu: {{ .cpu | quote }}
    memory: {{ .memory | quote }}
  limits:
    memory: {{ .memory | quote }}
{{- end -}}

{{/* A pod that runs wp-cli once. Call with (list $ component "shell script"). */}}
{{- define "wordpress.jobPod" -}}
{{- $ := index . 0 -}}
metadata:
  labels:
    {{- include "wordpress.release" $ | nindent 4 }}
    app.kubernetes.io/component: {{ index . 1 }}
spec:
  {{- include "wordpress.podSecurity" $ | nindent 2 }}
  restartPolicy: Never
  containers:
    - name: wp-cli
      image: {{ include "wordpress.imageOf" (list "image" $.Values.image) }}
      args:
        - sh
        - -euc
        - |
          {{- index . 2 | nindent 10 }}
      env:
        {{- include "wordpress.env" $ | nindent 8 }}
      {{- include "wordpress.resources" $.Values.jobs | nindent 6 }}
      {{- include "wordpress.containerSecurity" $ | nindent 6 }}
      volumeMounts:
        - { name: tmp, mountPath: /tmp }
        - { name: run, mountPath: /run }
  volumes:
    - name: tmp
      emptyDir: { sizeLimit: 256Mi }
    - name: run
      emptyDir: { sizeLimit: 16Mi }
{{- end -}}
