# The default group for the whole data center, and another way out.

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

run "protected_data_center" {
  command = plan

  variables {
    protect_datacenter = true
  }

  assert {
    condition     = ionoscloud_datacenter_nsg_selection.this["default"].nsg_id == output.default_nsg_id
    error_message = "the default group is selected for the data center"
  }

  assert {
    condition     = ionoscloud_datacenter_nsg_selection.this["default"].location == "de/fra"
    error_message = "with the location"
  }
}

run "other_egress" {
  command = plan

  variables {
    bastion_egress = { ping = { protocol = "ICMP" } }
  }

  assert {
    condition     = [for key, rule in ionoscloud_nsg_firewallrule.this : rule.protocol if rule.type == "EGRESS" && startswith(key, "bastion")] == ["ICMP"]
    error_message = "only what is listed goes out"
  }
}
