# Private clusters: the chain of two load balancers.

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

run "application_load_balancer" {
  command = plan

  assert {
    condition     = ionoscloud_application_loadbalancer.this["chain"].listener_lan == 1 && ionoscloud_application_loadbalancer.this["chain"].target_lan == 2
    error_message = "it stands between frontend and balancers"
  }

  assert {
    condition     = tolist(ionoscloud_application_loadbalancer.this["chain"].ips) == tolist(["198.51.100.10"]) && tolist(ionoscloud_application_loadbalancer.this["chain"].lb_private_ips) == tolist(["10.7.221.200/24"])
    error_message = "with the reserved address outside and one of the LAN inside"
  }

  assert {
    condition     = ionoscloud_application_loadbalancer.this["chain"].flowlog[0].bucket == "plimsoll-test-flow-logs" && ionoscloud_application_loadbalancer.this["chain"].flowlog[0].action == "ALL"
    error_message = "flow logs go to the bucket"
  }

  assert {
    condition     = ionoscloud_application_loadbalancer.this["chain"].location == "de/fra" && ionoscloud_application_loadbalancer_forwardingrule.https["chain"].location == "de/fra" && ionoscloud_application_loadbalancer_forwardingrule.http["chain"].location == "de/fra"
    error_message = "everything has the location"
  }
}

run "https_only" {
  command = plan

  assert {
    condition     = ionoscloud_application_loadbalancer_forwardingrule.https["chain"].listener_port == 443 && tolist(ionoscloud_application_loadbalancer_forwardingrule.https["chain"].server_certificates) == tolist([output.certificate_id])
    error_message = "443 serves the certificate"
  }

  assert {
    condition     = [for rule in ionoscloud_application_loadbalancer_forwardingrule.https["chain"].http_rules : rule.type] == ["FORWARD", "FORWARD", "STATIC"]
    error_message = "known hosts are forwarded, the rest is refused"
  }

  assert {
    condition     = toset([for rule in ionoscloud_application_loadbalancer_forwardingrule.https["chain"].http_rules : rule.conditions[0].value if rule.type == "FORWARD"]) == toset(["wordpress.example.com", "origin.example.com"])
    error_message = "the known hosts are the two names"
  }

  assert {
    condition     = ionoscloud_application_loadbalancer_forwardingrule.http["chain"].listener_port == 80 && [for rule in ionoscloud_application_loadbalancer_forwardingrule.http["chain"].http_rules : rule.type] == ["REDIRECT"]
    error_message = "80 does nothing but redirect"
  }

  assert {
    condition     = ionoscloud_application_loadbalancer_forwardingrule.http["chain"].http_rules[0].location == "https://wordpress.example.com" && ionoscloud_application_loadbalancer_forwardingrule.http["chain"].http_rules[0].status_code == 301
    error_message = "to https, for good"
  }
}

run "network_load_balancer" {
  command = plan

  assert {
    condition     = ionoscloud_networkloadbalancer.this["chain"].listener_lan == 2 && ionoscloud_networkloadbalancer.this["chain"].target_lan == 3
    error_message = "it stands between balancers and nodes"
  }

  assert {
    condition     = ionoscloud_target_group.this["chain"].targets[0].ip == ionoscloud_networkloadbalancer.this["chain"].ips[0]
    error_message = "it is the only target of the first one"
  }

  assert {
    condition     = ionoscloud_target_group.this["chain"].http_health_check[0].path == "/healthz" && ionoscloud_target_group.this["chain"].http_health_check[0].response == "200"
    error_message = "which asks for health by HTTP"
  }

  assert {
    condition     = toset([for target in ionoscloud_networkloadbalancer_forwardingrule.this["chain"].targets : target.ip]) == toset(["10.7.222.21", "10.7.222.22", "10.7.222.23"])
    error_message = "its targets are the nodes of all pools"
  }

  assert {
    condition     = alltrue([for target in ionoscloud_networkloadbalancer_forwardingrule.this["chain"].targets : target.port == 30080 && target.health_check[0].check && !target.health_check[0].maintenance])
    error_message = "at the node port, with checks"
  }

  assert {
    condition     = ionoscloud_networkloadbalancer.this["chain"].flowlog[0].bucket == "plimsoll-test-flow-logs"
    error_message = "flow logs go to the bucket"
  }

  assert {
    condition     = ionoscloud_networkloadbalancer.this["chain"].location == "de/fra" && ionoscloud_networkloadbalancer_forwardingrule.this["chain"].location == "de/fra"
    error_message = "both have the location"
  }
}

run "without_nodes" {
  command = plan

  variables {
    node_private_ips = {}
  }

  expect_failures = [check.nodes_behind_the_load_balancer]

  assert {
    condition     = [for target in ionoscloud_networkloadbalancer_forwardingrule.this["chain"].targets : target.health_check[0].maintenance] == [true]
    error_message = "the placeholder gets no traffic"
  }
}
