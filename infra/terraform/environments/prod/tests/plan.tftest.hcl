# The environment as it is written, with a cloud that is made up.
mock_provider "ionoscloud" {
  source          = "../../testing/mocks"
  override_during = plan
}

mock_provider "ionoscloud" {
  alias           = "copy"
  source          = "../../testing/mocks"
  override_during = plan
}

# Its data sources are read after an apply only, and a check that is not known counts as failed. The module has tests of its own.
override_module {
  target = module.kubernetes

  outputs = {
    cluster_id       = "00000000-0000-4000-8000-000000000003"
    kubeconfig       = "made-up"
    node_private_ips = { fra-1 = ["10.7.222.11"], fra-2 = ["10.7.222.12"], fra-3 = ["10.7.222.13"] }
    node_pool_names  = { fra-1 = "fra-1-g1", fra-2 = "fra-2-g1", fra-3 = "fra-3-g1" }
    version          = "1.33.5"
  }
}

variables {
  database_password = "made-up-for-the-tests-of-database"
  cache_password    = "made-up-for-the-tests-of-cache"
  backup_password   = "made-up-for-the-tests-of-backup"
}

run "as_written" {
  command = plan

  assert {
    condition     = output.plimsoll.url == "https://${var.hosts.wordpress}/" && output.plimsoll.origin_url == "https://${var.hosts.origin}/"
    error_message = "plimsoll init must get the names that visitors and the CDN ask."
  }

  assert {
    condition     = output.plimsoll.dns_ttl == module.edge.wordpress_ttl && output.active_origin == "primary"
    error_message = "Names must lead to the primary, and the spec must know how long resolvers keep them."
  }

  assert {
    condition     = output.platform_values.exposure == var.exposure && output.platform_values.bucket_logs != output.platform_values.bucket_traces
    error_message = "The Kubernetes part must get the exposure, and a bucket for each purpose."
  }

  assert {
    condition     = output.origins.primary.address == module.edge.load_balancer_ip && output.origins.standby.address == var.standby_address
    error_message = "The failover must know where both origins are."
  }

  assert {
    condition     = module.database.cidr != module.cache.cidr
    error_message = "Database and cache must have addresses of their own."
  }

  assert {
    condition     = module.storage.region != module.backup.copy_region && module.database.backup_location == module.backup.copy_region
    error_message = "Copies and backups must be in another city."
  }
}

run "one_service_load_balancer" {
  command = plan

  variables {
    exposure = "service-lb"
  }

  assert {
    condition     = output.platform_values.exposure == "service-lb" && module.edge.load_balancer_ip == module.network.edge_ips[0]
    error_message = "The Service must get the reserved address."
  }
}

run "the_other_side" {
  command = plan

  variables {
    standby_address = "198.51.100.80"
    active_origin   = "standby"
  }

  assert {
    condition     = output.active_origin == "standby"
    error_message = "The output must say which side is active: pipelines keep it."
  }
}

run "uploads_from_the_bucket" {
  command = plan

  variables {
    media_reader_cidrs = ["0.0.0.0/0"]
  }

  assert {
    condition     = module.storage.media_open
    error_message = "The CDN must be able to read uploads."
  }
}
