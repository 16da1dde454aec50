# Who may come in and go out with the defaults.

mock_provider "ionoscloud" {
  source          = "../../testing/mocks"
  override_during = plan
}

variables {
  name          = "plimsoll-test"
  location      = "de/fra"
  datacenter_id = "00000000-0000-4000-8000-000000000001"
  admin_cidrs   = ["203.0.113.0/24", "198.51.100.7/32"]
}

run "groups" {
  command = plan

  assert {
    condition     = toset(keys(ionoscloud_nsg.this)) == toset(["bastion", "default"])
    error_message = "there are two groups"
  }

  assert {
    condition     = alltrue([for group in ionoscloud_nsg.this : group.location == "de/fra"])
    error_message = "each group has the location"
  }

  assert {
    condition     = length(ionoscloud_datacenter_nsg_selection.this) == 0
    error_message = "the whole data center is opted in by hand only"
  }
}

run "ingress" {
  command = plan

  assert {
    condition     = toset([for key, rule in ionoscloud_nsg_firewallrule.this : rule.source_ip if rule.type == "INGRESS" && startswith(key, "bastion-ssh")]) == toset(["203.0.113.0/24", "198.51.100.7/32"])
    error_message = "only the administrators' ranges reach the bastion"
  }

  assert {
    condition     = alltrue([for key, rule in ionoscloud_nsg_firewallrule.this : rule.protocol == "TCP" && rule.port_range_start == 22 && rule.port_range_end == 22 if rule.type == "INGRESS" && startswith(key, "bastion-ssh")])
    error_message = "and only by SSH"
  }

  assert {
    condition     = alltrue([for rule in output.ingress_rules : rule.source != null && rule.source != "0.0.0.0/0"])
    error_message = "no rule lets everybody in"
  }

  assert {
    condition     = length(output.ingress_rules) == 4
    error_message = "two ranges for SSH, the own LANs, and metrics for them"
  }

  assert {
    condition     = { for key, rule in ionoscloud_nsg_firewallrule.this : rule.source_ip => rule.port_range_start if rule.type == "INGRESS" && startswith(key, "bastion-metrics") } == { "10.0.0.0/8" = 9100 }
    error_message = "the own LANs, and nobody else, read the metrics of the bastion"
  }
}

run "egress" {
  command = plan

  assert {
    condition     = length([for key, rule in ionoscloud_nsg_firewallrule.this : key if rule.type == "EGRESS" && startswith(key, "bastion")]) == 8
    error_message = "the bastion reaches eight kinds of destination"
  }

  assert {
    condition     = alltrue([for key, rule in ionoscloud_nsg_firewallrule.this : rule.port_range_start != null if rule.type == "EGRESS" && startswith(key, "bastion")])
    error_message = "each with a port"
  }

  assert {
    condition     = alltrue([for rule in ionoscloud_nsg_firewallrule.this : rule.location == "de/fra"])
    error_message = "each rule has the location"
  }
}
