# Every value that the module refuses, one run each.

mock_provider "ionoscloud" {
  source          = "../../testing/mocks"
  override_during = plan
}

variables {
  name                  = "plimsoll-test"
  location              = "de/fra"
  datacenter_id         = "00000000-0000-4000-8000-000000000001"
  lan_ids               = { nodes = "2", data = "3" }
  nat_ip                = "198.51.100.11"
  k8s_version           = "1.33.5"
  api_subnet_allow_list = ["203.0.113.0/24"]
  audit_bucket          = "plimsoll-test-audit"
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

run "lan_ids_not_a_number" {
  command = plan

  variables {
    lan_ids = { nodes = "nodes", data = "3" }
  }

  expect_failures = [var.lan_ids]
}

run "nat_ip_not_an_address" {
  command = plan

  variables {
    nat_ip = "gateway"
  }

  expect_failures = [var.nat_ip]
}

run "node_subnet_too_narrow" {
  command = plan

  variables {
    node_subnet = "192.168.0.0/24"
  }

  expect_failures = [var.node_subnet]
}

run "k8s_version_without_patch" {
  command = plan

  variables {
    k8s_version = "1.33"
  }

  expect_failures = [var.k8s_version]
}

run "api_subnet_allow_list_empty" {
  command = plan

  variables {
    api_subnet_allow_list = []
  }

  expect_failures = [var.api_subnet_allow_list]
}

run "api_subnet_allow_list_everybody" {
  command = plan

  variables {
    api_subnet_allow_list = ["0.0.0.0/0"]
  }

  expect_failures = [var.api_subnet_allow_list]
}

run "audit_bucket_capitals" {
  command = plan

  variables {
    audit_bucket = "Audit"
  }

  expect_failures = [var.audit_bucket]
}

run "node_pools_none" {
  command = plan

  variables {
    node_pools = {}
  }

  expect_failures = [var.node_pools]
}

run "node_pools_zone_3" {
  command = plan

  variables {
    node_pools = { fra-3 = { availability_zone = "ZONE_3", min = 1, max = 2 } }
  }

  expect_failures = [var.node_pools]
}

run "node_pools_min_is_max" {
  command = plan

  variables {
    node_pools = { fra-1 = { availability_zone = "ZONE_1", min = 2, max = 2 } }
  }

  expect_failures = [var.node_pools]
}

run "node_pools_min_0" {
  command = plan

  variables {
    node_pools = { fra-1 = { availability_zone = "ZONE_1", min = 0, max = 2 } }
  }

  expect_failures = [var.node_pools]
}

run "node_pools_generation_0" {
  command = plan

  variables {
    node_pools = { fra-1 = { availability_zone = "ZONE_1", min = 1, max = 2, generation = 0 } }
  }

  expect_failures = [var.node_pools]
}

run "node_pools_az_with_a_space" {
  command = plan

  variables {
    node_pools = { fra-1 = { availability_zone = "ZONE_1", min = 1, max = 2, az = "fra 1" } }
  }

  expect_failures = [var.node_pools]
}

run "node_pools_ram_in_mb_fraction" {
  command = plan

  variables {
    node_pools = { fra-1 = { availability_zone = "ZONE_1", min = 1, max = 2, ram_gb = 0.5 } }
  }

  expect_failures = [var.node_pools]
}

run "node_pools_storage_type" {
  command = plan

  variables {
    node_pools = { fra-1 = { availability_zone = "ZONE_1", min = 1, max = 2, storage_type = "NVME" } }
  }

  expect_failures = [var.node_pools]
}

run "node_pools_server_type" {
  command = plan

  variables {
    node_pools = { fra-1 = { availability_zone = "ZONE_1", min = 1, max = 2, server_type = "e1-standard-4" } }
  }

  expect_failures = [var.node_pools]
}

run "maintenance_window_day" {
  command = plan

  variables {
    maintenance_window = { day = "sunday" }
  }

  expect_failures = [var.maintenance_window]
}

run "maintenance_window_time" {
  command = plan

  variables {
    maintenance_window = { time = "25:00:00Z" }
  }

  expect_failures = [var.maintenance_window]
}

run "private_without_nat_ip" {
  command = plan

  variables {
    nat_ip = null
  }

  expect_failures = [ionoscloud_k8s_cluster.this]
}

run "version_that_ionos_does_not_offer" {
  command = plan

  variables {
    k8s_version = "1.29.1"
  }

  expect_failures = [check.node_pool_version]
}
