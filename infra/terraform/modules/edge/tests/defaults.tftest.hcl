# The CDN, DNS and certificate that every plan has.

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

run "cdn_rules" {
  command = plan

  assert {
    condition     = [for rule in ionoscloud_cdn_distribution.this.routing_rules : rule.prefix] == ["/wp-content/uploads", "/wp-content", "/wp-includes", "/wp-admin", "/wp-login.php", "/xmlrpc.php", "/"]
    error_message = "rules are in this order: the first match wins, / is last"
  }

  assert {
    condition     = alltrue([for rule in ionoscloud_cdn_distribution.this.routing_rules : rule.upstream[0].waf if rule.upstream[0].host == "origin.example.com"])
    error_message = "the firewall stands before everything that the origin answers"
  }

  assert {
    condition     = [for rule in ionoscloud_cdn_distribution.this.routing_rules : rule.prefix if rule.upstream[0].caching] == ["/wp-content/uploads", "/wp-content", "/wp-includes"]
    error_message = "only files are cached, never pages"
  }

  assert {
    condition     = ionoscloud_cdn_distribution.this.routing_rules[0].upstream[0].host == var.media_bucket_host && ionoscloud_cdn_distribution.this.routing_rules[0].upstream[0].sni_mode == "origin"
    error_message = "uploads come from the bucket, under its own name"
  }

  assert {
    condition     = ionoscloud_cdn_distribution.this.routing_rules[3].upstream[0].rate_limit_class == "R5" && ionoscloud_cdn_distribution.this.routing_rules[4].upstream[0].rate_limit_class == "R5" && ionoscloud_cdn_distribution.this.routing_rules[5].upstream[0].rate_limit_class == "R1"
    error_message = "admin, login and xmlrpc are slow"
  }

  assert {
    condition     = alltrue([for rule in ionoscloud_cdn_distribution.this.routing_rules : length(rule.upstream[0].geo_restrictions) == 0])
    error_message = "no country is turned away"
  }

  assert {
    condition     = ionoscloud_cdn_distribution.this.domain == "wordpress.example.com"
    error_message = "the distribution is for the name that visitors ask"
  }
}

run "dns" {
  command = plan

  assert {
    condition     = ionoscloud_dns_record.wordpress["A"].content == "198.51.100.20" && ionoscloud_dns_record.wordpress["AAAA"].content == "2001:db8::20"
    error_message = "the public name points at the CDN"
  }

  assert {
    condition     = ionoscloud_dns_record.wordpress["A"].name == "wordpress"
    error_message = "names are relative to the zone"
  }

  assert {
    condition     = keys(ionoscloud_dns_record.origin) == ["primary"] && ionoscloud_dns_record.origin["primary"].enabled
    error_message = "the primary origin is in use"
  }

  assert {
    condition     = ionoscloud_dns_record.origin["primary"].content == "198.51.100.10" && ionoscloud_dns_record.origin["primary"].ttl == 60
    error_message = "at the load balancer, for a minute"
  }

  assert {
    condition     = alltrue([for record in ionoscloud_dns_record.caa : record.type == "CAA" && record.content == "0 issue \"letsencrypt.org\""]) && length(ionoscloud_dns_record.caa) == 2
    error_message = "only the named authority issues certificates"
  }
}

run "certificate" {
  command = plan

  assert {
    condition     = ionoscloud_auto_certificate.this["automatic"].common_name == "wordpress.example.com" && ionoscloud_auto_certificate.this["automatic"].subject_alternative_names == tolist(["origin.example.com"])
    error_message = "the certificate has both names"
  }

  assert {
    condition     = alltrue([for name in concat([ionoscloud_auto_certificate.this["automatic"].common_name], ionoscloud_auto_certificate.this["automatic"].subject_alternative_names) : endswith(name, ".${ionoscloud_dns_zone.this.name}")])
    error_message = "all of them in the zone"
  }

  assert {
    condition     = ionoscloud_auto_certificate.this["automatic"].location == "de/fra" && ionoscloud_auto_certificate_provider.this["automatic"].location == "de/fra"
    error_message = "both have the location"
  }

  assert {
    condition     = ionoscloud_cdn_distribution.this.certificate_id == ionoscloud_auto_certificate.this["automatic"].last_issued_certificate_id
    error_message = "the CDN serves the newest one"
  }

  assert {
    condition     = output.certificate_id == "00000000-0000-4000-8000-000000000010"
    error_message = "and says which"
  }
}
