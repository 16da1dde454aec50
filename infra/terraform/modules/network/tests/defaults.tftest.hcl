# What a plan with nothing but a name and a location has.

mock_provider "ionoscloud" {
  source          = "../../testing/mocks"
  override_during = plan
}

variables {
  name     = "plimsoll-test"
  location = "de/fra"
}

run "data_center_and_lans" {
  command = plan

  assert {
    condition     = ionoscloud_datacenter.this.name == "plimsoll-test" && ionoscloud_datacenter.this.location == "de/fra"
    error_message = "the data center has the name and the location that were given"
  }

  assert {
    condition     = toset(keys(ionoscloud_lan.this)) == toset(["frontend", "balancers", "nodes", "data"])
    error_message = "there are four LANs"
  }

  assert {
    condition     = [for purpose, lan in ionoscloud_lan.this : purpose if lan.public] == ["frontend"]
    error_message = "frontend is the only public LAN: databases and nodes are in private ones"
  }

  assert {
    condition     = alltrue([for lan in ionoscloud_lan.this : lan.location == "de/fra"])
    error_message = "each LAN has the location"
  }

  assert {
    condition     = ionoscloud_lan.this["data"].name == "plimsoll-test-data"
    error_message = "LANs carry the prefix"
  }

  assert {
    condition     = toset(keys(output.lan_cidrs)) == toset(["balancers", "nodes", "data"])
    error_message = "only private LANs have a range"
  }
}

run "reserved_addresses" {
  command = plan

  assert {
    condition     = { for purpose, block in ionoscloud_ipblock.this : purpose => block.size } == { edge = 1, nat = 2, bastion = 1 }
    error_message = "one address for the edge, two for NAT, one for the bastion"
  }

  assert {
    condition     = alltrue([for block in ionoscloud_ipblock.this : block.location == "de/fra"])
    error_message = "each block has the location"
  }

  assert {
    condition     = output.cluster_nat_ip != output.nat_ips[0]
    error_message = "the private cluster does not share the gateway's address"
  }

  assert {
    condition     = tolist(ionoscloud_natgateway.this["nodes"].public_ips) == tolist([output.nat_ips[0]])
    error_message = "the gateway uses the first address only"
  }
}

run "way_out" {
  command = plan

  assert {
    condition     = length(ionoscloud_natgateway_rule.this) == 5
    error_message = "five kinds of traffic go out"
  }

  assert {
    condition     = alltrue([for rule in ionoscloud_natgateway_rule.this : rule.type == "SNAT" && rule.location == "de/fra" && rule.source_subnet == "10.7.222.0/24"])
    error_message = "rules hide the nodes LAN and have the location"
  }

  assert {
    condition     = ionoscloud_natgateway_rule.this["https"].target_port_range[0].start == 443 && ionoscloud_natgateway_rule.this["https"].target_port_range[0].end == 443
    error_message = "the https rule is for port 443 only"
  }
}
