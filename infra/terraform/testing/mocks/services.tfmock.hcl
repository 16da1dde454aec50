# What IONOS would answer for databases, storage, registry, pipelines and groups, for terraform test.
# Literal values only: Terraform refuses function calls in mocks. Ids are UUIDs where the provider demands them.

mock_resource "ionoscloud_mariadb_cluster" {
  defaults = {
    id       = "00000000-0000-4000-8000-000000000101"
    dns_name = "mariadb.example.com"
  }
}

mock_resource "ionoscloud_inmemorydb_cluster_v2" {
  defaults = {
    id       = "00000000-0000-4000-8000-000000000102"
    dns_name = "cache.example.com"
  }
}

mock_resource "ionoscloud_s3_bucket" {
  defaults = {
    id = "mock-bucket"
  }
}

mock_resource "ionoscloud_backup_unit" {
  defaults = {
    id    = "00000000-0000-4000-8000-000000000103"
    login = "plimsolldev-00000001"
  }
}

mock_resource "ionoscloud_container_registry" {
  defaults = {
    id       = "00000000-0000-4000-8000-000000000104"
    hostname = "plimsoll-dev.cr.de-fra.example.com"
  }
}

mock_resource "ionoscloud_container_registry_token" {
  defaults = {
    id = "00000000-0000-4000-8000-000000000105"
    credentials = [{
      username = "mock-token-user"
      password = "mock-token-password"
    }]
  }
}

mock_resource "ionoscloud_monitoring_pipeline" {
  defaults = {
    id               = "00000000-0000-4000-8000-000000000106"
    http_endpoint    = "metrics.example.com"
    grafana_endpoint = "https://grafana-metrics.example.com"
    key              = "mock-metrics-key"
  }
}

mock_resource "ionoscloud_logging_pipeline" {
  defaults = {
    id              = "00000000-0000-4000-8000-000000000107"
    tcp_address     = "logs-tcp.example.com:9000"
    http_address    = "logs-http.example.com"
    grafana_address = "grafana-logs.example.com"
    key             = "mock-logs-key"
  }
}

mock_resource "ionoscloud_group" {
  defaults = {
    id = "00000000-0000-4000-8000-000000000108"
  }
}

mock_resource "ionoscloud_share" {
  defaults = {
    id = "00000000-0000-4000-8000-000000000109"
  }
}

mock_resource "ionoscloud_s3_key" {
  defaults = {
    id         = "mock-access-key"
    secret_key = "mock-secret-key"
  }
}
