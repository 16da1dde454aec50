# Without the NAT gateway, and with other numbers of addresses.

mock_provider "ionoscloud" {
  source          = "../../testing/mocks"
  override_during = plan
}

variables {
  name     = "plimsoll-test"
  location = "de/fra"
}

run "without_nat" {
  command = plan

  variables {
    nat          = false
    reserved_ips = { nat = 1 }
  }

  assert {
    condition     = length(ionoscloud_natgateway.this) == 0 && length(ionoscloud_natgateway_rule.this) == 0
    error_message = "no gateway and no rules"
  }

  assert {
    condition     = output.cluster_nat_ip == output.nat_ips[0]
    error_message = "the only address is the cluster's"
  }
}

run "no_address_for_the_cluster" {
  command = plan

  variables {
    reserved_ips = { nat = 1 }
  }

  assert {
    condition     = output.cluster_nat_ip == null
    error_message = "one address is the own gateway's, none is left for a cluster"
  }
}

run "nothing_reserved" {
  command = plan

  variables {
    nat          = false
    reserved_ips = { edge = 0, nat = 0, bastion = 0 }
  }

  assert {
    condition     = length(ionoscloud_ipblock.this) == 0
    error_message = "0 reserves nothing"
  }

  assert {
    condition     = length(output.edge_ips) == 0 && length(output.bastion_ips) == 0
    error_message = "outputs are empty, not an error"
  }
}

run "rule_without_ports" {
  command = plan

  variables {
    nat_rules = { ping = { protocol = "ICMP" } }
  }

  assert {
    condition     = length(ionoscloud_natgateway_rule.this["ping"].target_port_range) == 0
    error_message = "ICMP has no ports"
  }
}
