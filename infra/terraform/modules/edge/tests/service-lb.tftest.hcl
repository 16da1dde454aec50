# Public clusters: the address goes into a Service, no load balancer of its own.

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
  exposure          = "service-lb"
}

run "no_load_balancers" {
  command = plan

  variables {
    node_private_ips = {}
  }

  assert {
    condition     = length(ionoscloud_application_loadbalancer.this) == 0 && length(ionoscloud_networkloadbalancer.this) == 0 && length(ionoscloud_target_group.this) == 0
    error_message = "there is no load balancer"
  }

  assert {
    condition     = length(ionoscloud_application_loadbalancer_forwardingrule.https) == 0 && length(ionoscloud_application_loadbalancer_forwardingrule.http) == 0 && length(ionoscloud_networkloadbalancer_forwardingrule.this) == 0
    error_message = "and no rule"
  }

  assert {
    condition     = output.load_balancer_ip == "198.51.100.10" && output.exposure == "service-lb"
    error_message = "the Service gets the reserved address"
  }

  assert {
    condition     = ionoscloud_dns_record.origin["primary"].content == "198.51.100.10"
    error_message = "which is the origin too"
  }
}
