# Every validation refuses what it is there for.

mock_provider "ionoscloud" {
  source          = "../../testing/mocks"
  override_during = plan
}

variables {
  name          = "plimsoll-dev"
  location      = "de/fra"
  datacenter_id = "00000000-0000-4000-8000-000000000001"
  lan_id        = "3"
  lan_cidr      = "10.7.224.0/24"
  password      = "not-a-real-password-0000"
}

run "a_name_with_capitals" {
  command = plan

  variables {
    name = "Plimsoll"
  }

  expect_failures = [var.name]
}

run "a_location_without_a_city" {
  command = plan

  variables {
    location = "frankfurt"
  }

  expect_failures = [var.location]
}

run "a_location_without_in_memory_db" {
  command = plan

  variables {
    location = "de/fra/2"
  }

  expect_failures = [var.location]
}

run "a_data_center_by_name" {
  command = plan

  variables {
    datacenter_id = "plimsoll-dev"
  }

  expect_failures = [var.datacenter_id]
}

run "a_lan_by_name" {
  command = plan

  variables {
    lan_id = "data"
  }

  expect_failures = [var.lan_id]
}

run "a_public_range" {
  command = plan

  variables {
    lan_cidr = "198.51.100.0/24"
  }

  expect_failures = [var.lan_cidr]
}

run "a_range_inside_one_that_ionos_keeps" {
  command = plan

  variables {
    lan_cidr = "10.233.64.0/24"
  }

  expect_failures = [var.lan_cidr]
}

run "the_broadcast_address_as_host" {
  command = plan

  variables {
    host_number = 255
  }

  expect_failures = [var.host_number]
}

run "a_version_with_a_patch_level" {
  command = plan

  variables {
    engine_version = "9.0.1"
  }

  expect_failures = [var.engine_version]
}

run "six_instances" {
  command = plan

  variables {
    instances = 6
  }

  expect_failures = [var.instances]
}

run "no_core" {
  command = plan

  variables {
    cores = 0
  }

  expect_failures = [var.cores]
}

run "too_little_memory" {
  command = plan

  variables {
    ram_gb = 2
  }

  expect_failures = [var.ram_gb]
}

run "too_much_memory" {
  command = plan

  variables {
    ram_gb = 241
  }

  expect_failures = [var.ram_gb]
}

run "an_eviction_policy_with_an_underscore" {
  command = plan

  variables {
    eviction_policy = "allkeys_lru"
  }

  expect_failures = [var.eviction_policy]
}

run "a_persistence_mode_in_lower_case" {
  command = plan

  variables {
    persistence_mode = "rdb"
  }

  expect_failures = [var.persistence_mode]
}

run "a_snapshot_region_that_does_not_exist" {
  command = plan

  variables {
    snapshot = { location = "eu-central-9" }
  }

  expect_failures = [var.snapshot]
}

run "snapshots_in_the_same_city" {
  command = plan

  variables {
    snapshot = { location = "eu-central-4" }
  }

  expect_failures = [var.snapshot]
}

run "snapshots_for_more_than_a_year" {
  command = plan

  variables {
    snapshot = { retention_days = 366 }
  }

  expect_failures = [var.snapshot]
}

run "no_snapshot_hour" {
  command = plan

  variables {
    snapshot = { hours = [] }
  }

  expect_failures = [var.snapshot]
}

run "hour_24" {
  command = plan

  variables {
    snapshot = { hours = [24] }
  }

  expect_failures = [var.snapshot]
}

run "a_user_name_of_seventeen_letters" {
  command = plan

  variables {
    username = "wordpressdatabase"
  }

  expect_failures = [var.username]
}

run "a_user_name_that_is_taken" {
  command = plan

  variables {
    username = "default"
  }

  expect_failures = [var.username]
}

run "a_short_password" {
  command = plan

  variables {
    password = "only-twenty-three-chars"
  }

  expect_failures = [var.password]
}

run "a_maintenance_day_in_german" {
  command = plan

  variables {
    maintenance_window = { day = "Sonntag" }
  }

  expect_failures = [var.maintenance_window]
}

run "a_maintenance_time_without_seconds" {
  command = plan

  variables {
    maintenance_window = { time = "02:00" }
  }

  expect_failures = [var.maintenance_window]
}
