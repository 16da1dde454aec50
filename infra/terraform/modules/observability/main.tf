# Intake of the Monitoring Service (metrics) and of the Logging Service (log lines), each with a Grafana of its own.
# It never sends anything: Prometheus and the log shipper in the cluster do.

resource "ionoscloud_monitoring_pipeline" "this" {
  name     = "${var.name}-metrics"
  location = var.location
}

resource "ionoscloud_logging_pipeline" "this" {
  name     = "${var.name}-logs"
  location = var.location

  dynamic "log" {
    for_each = var.logs

    content {
      tag      = log.key
      source   = log.value.source
      protocol = log.value.protocol

      destinations {
        type              = "loki"
        retention_in_days = log.value.retention_days
      }
    }
  }
}
