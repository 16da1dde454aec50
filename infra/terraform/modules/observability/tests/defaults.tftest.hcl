# What a plan with the least input has.

mock_provider "ionoscloud" {
  source          = "../../testing/mocks"
  override_during = plan
}

variables {
  name     = "plimsoll-dev"
  location = "de/fra"
}

run "both_pipelines_in_the_location" {
  command = plan

  assert {
    condition     = ionoscloud_monitoring_pipeline.this.location == "de/fra" && ionoscloud_logging_pipeline.this.location == "de/fra"
    error_message = "The location must be set on both: IONOS would take different ones."
  }

  assert {
    condition     = ionoscloud_monitoring_pipeline.this.name == "plimsoll-dev-metrics" && ionoscloud_logging_pipeline.this.name == "plimsoll-dev-logs"
    error_message = "Both names must begin with the prefix."
  }
}

run "streams_for_cluster_platform_and_bastion" {
  command = plan

  assert {
    condition     = { for log in ionoscloud_logging_pipeline.this.log : log.tag => "${log.source}/${log.protocol}" } == { kubernetes = "kubernetes/tcp", platform = "generic/http", bastion = "systemd/tcp" }
    error_message = "Three streams are expected, each with its source and protocol."
  }

  assert {
    condition     = alltrue([for log in ionoscloud_logging_pipeline.this.log : log.destinations[0].type == "loki" && log.destinations[0].retention_in_days == 30])
    error_message = "Lines go to Loki and stay for 30 days."
  }

  assert {
    condition     = output.log_tags == tolist(["bastion", "kubernetes", "platform"])
    error_message = "The tags must be in the outputs."
  }
}

run "outputs_for_prometheus_and_shippers" {
  command = plan

  assert {
    condition     = output.metrics_endpoint == "https://metrics.example.com/api/v1/push"
    error_message = "The address must be ready for remote_write."
  }

  assert {
    condition     = output.logs_tcp_endpoint == "logs-tcp.example.com:9000" && output.logs_http_endpoint == "https://logs-http.example.com"
    error_message = "Both intakes of the logging pipeline must be in the outputs."
  }

  assert {
    condition     = nonsensitive(output.metrics_key == "mock-metrics-key" && output.logs_key == "mock-logs-key")
    error_message = "Each pipeline has its own key."
  }

  assert {
    condition     = output.metrics_grafana == "https://grafana-metrics.example.com" && output.logs_grafana == "grafana-logs.example.com"
    error_message = "Both Grafana addresses must be in the outputs."
  }
}

run "an_endpoint_with_its_scheme" {
  command = plan

  override_resource {
    target          = ionoscloud_monitoring_pipeline.this
    override_during = plan
    values = {
      http_endpoint = "https://metrics.example.com"
    }
  }

  assert {
    condition     = output.metrics_endpoint == "https://metrics.example.com/api/v1/push"
    error_message = "The scheme must not be doubled."
  }
}
