# The failover switch, an own certificate, other limits and turned-away countries.

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

run "standby_ready" {
  command = plan

  variables {
    standby_address = "203.0.113.80"
  }

  assert {
    condition     = ionoscloud_dns_record.origin["primary"].enabled && !ionoscloud_dns_record.origin["standby"].enabled
    error_message = "the standby record waits, disabled"
  }

  assert {
    condition     = ionoscloud_dns_record.origin["primary"].name == ionoscloud_dns_record.origin["standby"].name
    error_message = "under the same name"
  }
}

run "failed_over" {
  command = plan

  variables {
    standby_address = "203.0.113.80"
    active_origin   = "standby"
  }

  assert {
    condition     = !ionoscloud_dns_record.origin["primary"].enabled && ionoscloud_dns_record.origin["standby"].enabled
    error_message = "the switch changes the two flags"
  }

  assert {
    condition     = ionoscloud_dns_record.origin["standby"].content == "203.0.113.80" && output.active_origin == "standby"
    error_message = "the origin is the standby"
  }

  assert {
    condition     = alltrue([for rule in ionoscloud_cdn_distribution.this.routing_rules : rule.upstream[0].host == "origin.example.com" if rule.prefix != "/wp-content/uploads"])
    error_message = "the CDN keeps asking the same name"
  }
}

run "own_certificate" {
  command = plan

  variables {
    certificate_id = "00000000-0000-4000-8000-0000000000aa"
  }

  assert {
    condition     = length(ionoscloud_auto_certificate.this) == 0 && length(ionoscloud_auto_certificate_provider.this) == 0
    error_message = "nothing is issued"
  }

  assert {
    condition     = ionoscloud_cdn_distribution.this.certificate_id == "00000000-0000-4000-8000-0000000000aa" && tolist(ionoscloud_application_loadbalancer_forwardingrule.https["chain"].server_certificates) == tolist(["00000000-0000-4000-8000-0000000000aa"])
    error_message = "both serve the given one"
  }
}

run "limits_and_countries" {
  command = plan

  variables {
    rate_limits = { dynamic = "R100" }
    geo_block   = ["KP"]
  }

  assert {
    condition     = ionoscloud_cdn_distribution.this.routing_rules[6].upstream[0].rate_limit_class == "R100" && ionoscloud_cdn_distribution.this.routing_rules[3].upstream[0].rate_limit_class == "R5"
    error_message = "one limit changes, the others stay"
  }

  assert {
    condition     = alltrue([for rule in ionoscloud_cdn_distribution.this.routing_rules : rule.upstream[0].geo_restrictions[0].block_list == tolist(["KP"])])
    error_message = "the country is turned away at every rule"
  }
}

run "uploads_from_wordpress" {
  command = plan

  variables {
    media_bucket_host = null
  }

  assert {
    condition     = ionoscloud_cdn_distribution.this.routing_rules[0].prefix == "/wp-content" && ionoscloud_cdn_distribution.this.routing_rules[0].upstream[0].host == var.hosts.origin
    error_message = "while the bucket is shut, uploads come from WordPress with the other files"
  }
}
