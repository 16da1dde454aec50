# Every value that the module refuses, one run each.

mock_provider "ionoscloud" {
  source          = "../../testing/mocks"
  override_during = plan
}

variables {
  name     = "plimsoll-test"
  location = "de/fra"
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

run "description_empty" {
  command = plan

  variables {
    description = ""
  }

  expect_failures = [var.description]
}

run "nat_rules_unknown_protocol" {
  command = plan

  variables {
    nat_rules = { odd = { protocol = "GRE" } }
  }

  expect_failures = [var.nat_rules]
}

run "nat_rules_port_0" {
  command = plan

  variables {
    nat_rules = { odd = { protocol = "TCP", port = 0 } }
  }

  expect_failures = [var.nat_rules]
}

run "nat_rules_port_of_icmp" {
  command = plan

  variables {
    nat_rules = { odd = { protocol = "ICMP", port = 80 } }
  }

  expect_failures = [var.nat_rules]
}

run "reserved_ips_negative" {
  command = plan

  variables {
    reserved_ips = { edge = -1 }
  }

  expect_failures = [var.reserved_ips]
}

run "reserved_ips_fraction" {
  command = plan

  variables {
    reserved_ips = { edge = 1.5 }
  }

  expect_failures = [var.reserved_ips]
}

run "nat_without_an_address" {
  command = plan

  variables {
    reserved_ips = { nat = 0 }
  }

  expect_failures = [ionoscloud_natgateway.this]
}
