{{/*
The containers of a page. `args` and no `command`, so that an entrypoint of the image may make its configuration first.
The image listens on fixed ports, which its configuration knows: 8080 pages and probes, 8081 metrics of WordPress, 127.0.0.1:9000 PHP,
127.0.0.1:9001 status of PHP-FPM in a pool of its own, which answers when all workers are busy.
*/}}
{{- define "wordpress.php" -}}
- name: php-fpm
  image: {{ include "wordpress.imageOf" (list "image" .Values.image) }}
  args: [php-fpm, --nodaemonize]
  env:
    {{- include "wordpress.env" . | nindent 4 }}
    - { name: PHP_FPM_MAX_CHILDREN, value: {{ .Values.php.workers | quote }} }
    {{- with include "wordpress.traceEnv" . | trim }}
    {{- . | nindent 4 }}
    {{- end }}
  # Through nginx to PHP-FPM, without the database: its failure must not restart pods. A port by name would have to be this container's.
  startupProbe:
    httpGet: { path: /healthz, port: 8080 }
    periodSeconds: 2
    timeoutSeconds: 2
    failureThreshold: 60
  # Slow to judge: a pod that is restarted under load leaves its load to the others.
  livenessProbe:
    httpGet: { path: /healthz, port: 8080 }
    periodSeconds: 20
    timeoutSeconds: 10
    failureThreshold: 6
  # Longer than nginx sleeps: it still has requests for PHP.
  lifecycle:
    preStop:
      sleep: { seconds: {{ add .Values.shutdown.drainSeconds 5 }} }
  {{- include "wordpress.resources" .Values.php | nindent 2 }}
  {{- include "wordpress.containerSecurity" . | nindent 2 }}
  volumeMounts:
    - { name: php-tmp, mountPath: /tmp }
    - { name: php-run, mountPath: /run }
{{- end -}}

{{- define "wordpress.nginx" -}}
- name: nginx
  {{- if .Values.nginx.image.repository }}
  image: {{ include "wordpress.imageOf" (list "nginx.image" .Values.nginx.image) }}
  {{- else }}
  image: {{ include "wordpress.imageOf" (list "image" .Values.image) }}
  {{- end }}
  # The variables without the secrets.
  args: [nginx, -g, daemon off;]
  env:
    {{- include "wordpress.settings" . | nindent 4 }}
  ports:
    - { name: http, containerPort: 8080 }
    - { name: wp-metrics, containerPort: 8081 }
  # The database must answer; the cache need not. With it down all pods are unready, and the gateway answers 503 at once.
  readinessProbe:
    httpGet: { path: /readyz, port: http }
    periodSeconds: 10
    timeoutSeconds: 5
    failureThreshold: 3
  # Only whether nginx itself is there: PHP has a probe of its own.
  livenessProbe:
    tcpSocket: { port: http }
    periodSeconds: 20
    timeoutSeconds: 5
    failureThreshold: 3
  # Until the gateway knows that the pod goes, requests still come.
  lifecycle:
    preStop:
      sleep: { seconds: {{ .Values.shutdown.drainSeconds }} }
  {{- include "wordpress.resources" .Values.nginx | nindent 2 }}
  {{- include "wordpress.containerSecurity" . | nindent 2 }}
  volumeMounts:
    - { name: nginx-tmp, mountPath: /tmp }
    - { name: nginx-run, mountPath: /run }
    - { name: nginx-cache, mountPath: /var/cache/nginx }
{{- end -}}

{{/* Series phpfpm_* of the pool. It has neither the Secret nor a volume. */}}
{{- define "wordpress.fpmExporter" -}}
- name: fpm-exporter
  image: {{ include "wordpress.imageOf" (list "fpmExporter.image" .Values.fpmExporter.image) }}
  env:
    - { name: PHP_FPM_SCRAPE_URI, value: "tcp://127.0.0.1:9001/status" }
    - { name: PHP_FPM_WEB_LISTEN_ADDRESS, value: ":9253" }
  ports:
    - { name: fpm-metrics, containerPort: 9253 }
  {{- include "wordpress.resources" (dict "cpu" "10m" "memory" "32Mi") | nindent 2 }}
  {{- include "wordpress.containerSecurity" . | nindent 2 }}
{{- end -}}
