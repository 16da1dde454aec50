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

run "a_name_that_ends_with_a_hyphen" {
  command = plan

  variables {
    name = "plimsoll-"
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

run "a_location_without_mariadb" {
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

run "a_range_without_a_prefix" {
  command = plan

  variables {
    lan_cidr = "10.7.224.0"
  }

  expect_failures = [var.lan_cidr]
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
    lan_cidr = "10.233.114.0/28"
  }

  expect_failures = [var.lan_cidr]
}

run "a_range_around_one_that_ionos_keeps" {
  command = plan

  variables {
    lan_cidr = "10.233.0.0/16"
  }

  expect_failures = [var.lan_cidr]
}

run "the_gateway_as_host" {
  command = plan

  variables {
    host_number = 1
  }

  expect_failures = [var.host_number]
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
    mariadb_version = "10.6.18"
  }

  expect_failures = [var.mariadb_version]
}

run "no_instance" {
  command = plan

  variables {
    instances = 0
  }

  expect_failures = [var.instances]
}

run "six_instances" {
  command = plan

  variables {
    instances = 6
  }

  expect_failures = [var.instances]
}

run "half_a_core" {
  command = plan

  variables {
    cores = 0.5
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

run "too_little_storage" {
  command = plan

  variables {
    storage_gb = 5
  }

  expect_failures = [var.storage_gb]
}

run "too_much_storage" {
  command = plan

  variables {
    storage_gb = 2001
  }

  expect_failures = [var.storage_gb]
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
    username = "admin"
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

run "a_password_with_a_blank" {
  command = plan

  variables {
    password = "not a real password 0000"
  }

  expect_failures = [var.password]
}

run "a_backup_region_that_does_not_exist" {
  command = plan

  variables {
    backup_location = "eu-central-9"
  }

  expect_failures = [var.backup_location]
}

run "backups_in_the_same_city" {
  command = plan

  variables {
    backup_location = "eu-central-4"
  }

  expect_failures = [var.backup_location]
}

run "backups_in_the_same_city_for_berlin" {
  command = plan

  variables {
    location        = "de/txl"
    backup_location = "eu-central-3"
  }

  expect_failures = [var.backup_location]
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
