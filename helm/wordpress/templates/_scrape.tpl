{{- define "wordpress.scrape" -}}
path: /metrics
interval: {{ .Values.podMonitor.interval }}
scrapeTimeout: 10s
{{- with .Values.podMonitor.cluster }}
relabelings:
  - targetLabel: cluster
    replacement: {{ . | quote }}
{{- end }}
{{- end -}}
