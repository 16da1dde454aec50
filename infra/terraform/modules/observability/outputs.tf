output "metrics_endpoint" {
  description = "Address for Prometheus' remote_write. The key goes into the header APIKEY."
  value       = "https://${trimprefix(ionoscloud_monitoring_pipeline.this.http_endpoint, "https://")}/api/v1/push"
}

output "metrics_key" {
  description = "Key of the monitoring pipeline. It is in the state."
  value       = ionoscloud_monitoring_pipeline.this.key
  sensitive   = true
}

output "metrics_grafana" {
  description = "Address of the Monitoring Service's Grafana."
  value       = ionoscloud_monitoring_pipeline.this.grafana_endpoint
}

output "logs_tcp_endpoint" {
  description = "Address for shippers with the forward protocol over TLS. The key is the shared key."
  value       = ionoscloud_logging_pipeline.this.tcp_address
}

output "logs_http_endpoint" {
  description = "URL for shippers over HTTP, authenticated by the key; the tag of a stream is its path."
  value       = "https://${trimprefix(ionoscloud_logging_pipeline.this.http_address, "https://")}"
}

output "logs_key" {
  description = "Key of the logging pipeline. IONOS shows it once; it is in the state."
  value       = ionoscloud_logging_pipeline.this.key
  sensitive   = true
}

output "logs_grafana" {
  description = "Address of the Logging Service's Grafana."
  value       = ionoscloud_logging_pipeline.this.grafana_address
}

output "log_tags" {
  description = "Tags of the streams that shippers must use."
  value       = keys(var.logs)
}
