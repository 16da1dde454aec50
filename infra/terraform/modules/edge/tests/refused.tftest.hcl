# Every value that the module refuses, one run each.

mock_provider "ionoscloud" {
  source          = "../../testing/mocks"
  override_during = plan
}

variables {
  name              = "plimsoll-test"
  location          = "de/fra"
  datacenter_id     = "00000000-0000-4000-8000-000000000001"
  lan_ids           = { frontend = "1", balancers = "2", nodes = "3" }
  lan_cidrs         = { balancers = "10.7.221.0/24", nodes = "10.7.222.0/24" }
  edge_ips          = ["198.51.100.10"]
  node_private_ips  = { fra-1 = ["10.7.222.21"], fra-2 = ["10.7.222.22"], fra-3 = ["10.7.222.23"] }
  zone_name         = "example.com"
  hosts             = { wordpress = "wordpress.example.com", origin = "origin.example.com" }
  media_bucket_host = "plimsoll-test-media.s3.eu-central-3.ionoscloud.com"
  flow_log_bucket   = "plimsoll-test-flow-logs"
  certificate       = { email = "ops@example.com" }
}

run "name_too_short" {
  command = plan

  variables {
    name = "a"
  }

  expect_failures = [var.name]
}

run "name_capitals" {
  command = plan

  variables {
    name = "Plimsoll"
  }

  expect_failures = [var.name]
}

run "name_ends_with_a_dash" {
  command = plan

  variables {
    name = "plimsoll-"
  }

  expect_failures = [var.name]
}

run "location_without_a_slash" {
  command = plan

  variables {
    location = "fra"
  }

  expect_failures = [var.location]
}

run "datacenter_id_not_a_uuid" {
  command = plan

  variables {
    datacenter_id = "main"
  }

  expect_failures = [var.datacenter_id]
}

run "exposure_unknown" {
  command = plan

  variables {
    exposure = "ingress"
  }

  expect_failures = [var.exposure]
}

run "lan_ids_not_a_number" {
  command = plan

  variables {
    lan_ids = { frontend = "public", balancers = "2", nodes = "3" }
  }

  expect_failures = [var.lan_ids]
}

run "lan_cidrs_not_a_range" {
  command = plan

  variables {
    lan_cidrs = { balancers = "10.7.221.0", nodes = "10.7.222.0/24" }
  }

  expect_failures = [var.lan_cidrs]
}

run "lan_cidrs_too_narrow" {
  command = plan

  variables {
    lan_cidrs = { balancers = "10.7.221.0/28", nodes = "10.7.222.0/24" }
  }

  expect_failures = [var.lan_cidrs]
}

run "edge_ips_empty" {
  command = plan

  variables {
    edge_ips = []
  }

  expect_failures = [var.edge_ips]
}

run "node_private_ips_not_an_address" {
  command = plan

  variables {
    node_private_ips = { fra-1 = ["node-1"] }
  }

  expect_failures = [var.node_private_ips]
}

run "node_port_http" {
  command = plan

  variables {
    node_port = 80
  }

  expect_failures = [var.node_port]
}

run "health_path_url" {
  command = plan

  variables {
    health_path = "https://example.com/healthz"
  }

  expect_failures = [var.health_path]
}

run "zone_name_dot_at_the_end" {
  command = plan

  variables {
    zone_name = "example.com."
  }

  expect_failures = [var.zone_name]
}

run "hosts_outside_the_zone" {
  command = plan

  variables {
    hosts = { wordpress = "wordpress.example.org", origin = "origin.example.com" }
  }

  expect_failures = [var.hosts]
}

run "hosts_apex" {
  command = plan

  variables {
    hosts = { wordpress = "example.com", origin = "origin.example.com" }
  }

  expect_failures = [var.hosts]
}

run "hosts_the_same" {
  command = plan

  variables {
    hosts = { wordpress = "wordpress.example.com", origin = "wordpress.example.com" }
  }

  expect_failures = [var.hosts]
}

run "media_bucket_host_url" {
  command = plan

  variables {
    media_bucket_host = "https://media.example.com/"
  }

  expect_failures = [var.media_bucket_host]
}

run "flow_log_bucket_capitals" {
  command = plan

  variables {
    flow_log_bucket = "FlowLogs"
  }

  expect_failures = [var.flow_log_bucket]
}

run "active_origin_unknown" {
  command = plan

  variables {
    active_origin = "secondary"
  }

  expect_failures = [var.active_origin]
}

run "standby_address_name" {
  command = plan

  variables {
    standby_address = "standby.example.com"
  }

  expect_failures = [var.standby_address]
}

run "dns_ttl_too_short" {
  command = plan

  variables {
    dns_ttl = 5
  }

  expect_failures = [var.dns_ttl]
}

run "certificate_email" {
  command = plan

  variables {
    certificate = { email = "ops" }
  }

  expect_failures = [var.certificate]
}

run "certificate_server" {
  command = plan

  variables {
    certificate = { email = "ops@example.com", server = "http://acme.example.com" }
  }

  expect_failures = [var.certificate]
}

run "certificate_ca_domain" {
  command = plan

  variables {
    certificate = { email = "ops@example.com", ca_domain = "https://letsencrypt.org" }
  }

  expect_failures = [var.certificate]
}

run "certificate_key_algorithm" {
  command = plan

  variables {
    certificate = { email = "ops@example.com", key_algorithm = "rsa1024" }
  }

  expect_failures = [var.certificate]
}

run "certificate_id_not_a_uuid" {
  command = plan

  variables {
    certificate_id = "latest"
  }

  expect_failures = [var.certificate_id]
}

run "rate_limits_unknown" {
  command = plan

  variables {
    rate_limits = { static = "R1000" }
  }

  expect_failures = [var.rate_limits]
}

run "rate_limits_fast_admin" {
  command = plan

  variables {
    rate_limits = { admin = "R100" }
  }

  expect_failures = [var.rate_limits]
}

run "geo_block_lower_case" {
  command = plan

  variables {
    geo_block = ["kp"]
  }

  expect_failures = [var.geo_block]
}

run "standby_without_an_address" {
  command = plan

  variables {
    active_origin = "standby"
  }

  expect_failures = [ionoscloud_dns_record.origin]
}

run "chain_without_nodes" {
  command = plan

  variables {
    node_private_ips = { fra-1 = [] }
  }

  expect_failures = [check.nodes_behind_the_load_balancer]
}
