# Every value that the module refuses, one run each.

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

run "admin_cidrs_empty" {
  command = plan

  variables {
    admin_cidrs = []
  }

  expect_failures = [var.admin_cidrs]
}

run "admin_cidrs_not_a_range" {
  command = plan

  variables {
    admin_cidrs = ["office/24"]
  }

  expect_failures = [var.admin_cidrs]
}

run "admin_cidrs_everybody" {
  command = plan

  variables {
    admin_cidrs = ["0.0.0.0/0"]
  }

  expect_failures = [var.admin_cidrs]
}

run "admin_cidrs_half_the_internet" {
  command = plan

  variables {
    admin_cidrs = ["128.0.0.0/1"]
  }

  expect_failures = [var.admin_cidrs]
}

run "internal_cidrs_public" {
  command = plan

  variables {
    internal_cidrs = ["203.0.113.0/24"]
  }

  expect_failures = [var.internal_cidrs]
}

run "internal_cidrs_everybody" {
  command = plan

  variables {
    internal_cidrs = ["10.0.0.0/0"]
  }

  expect_failures = [var.internal_cidrs]
}

run "bastion_egress_unknown_protocol" {
  command = plan

  variables {
    bastion_egress = { odd = { protocol = "TLS" } }
  }

  expect_failures = [var.bastion_egress]
}

run "bastion_egress_port_of_any" {
  command = plan

  variables {
    bastion_egress = { odd = { protocol = "ANY", port = 443 } }
  }

  expect_failures = [var.bastion_egress]
}
