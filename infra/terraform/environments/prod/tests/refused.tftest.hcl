# Every check of a variable refuses something.
mock_provider "ionoscloud" {
  source          = "../../testing/mocks"
  override_during = plan
}

mock_provider "ionoscloud" {
  alias           = "copy"
  source          = "../../testing/mocks"
  override_during = plan
}

# Its data sources are read after an apply only, and a check that is not known counts as failed. The module has tests of its own.
override_module {
  target = module.kubernetes

  outputs = {
    cluster_id       = "00000000-0000-4000-8000-000000000003"
    kubeconfig       = "made-up"
    node_private_ips = { fra-1 = ["10.7.222.11"], fra-2 = ["10.7.222.12"], fra-3 = ["10.7.222.13"] }
    node_pool_names  = { fra-1 = "fra-1-g1", fra-2 = "fra-2-g1", fra-3 = "fra-3-g1" }
    version          = "1.33.5"
  }
}

variables {
  database_password = "made-up-for-the-tests-of-database"
  cache_password    = "made-up-for-the-tests-of-cache"
  backup_password   = "made-up-for-the-tests-of-backup"
}

run "location" {
  command = plan

  variables {
    location = "de/xxx"
  }

  expect_failures = [var.location]
}

run "name_suffix" {
  command = plan

  variables {
    name_suffix = "a-b"
  }

  expect_failures = [var.name_suffix]
}

run "k8s_version" {
  command = plan

  variables {
    k8s_version = "1.33"
  }

  expect_failures = [var.k8s_version]
}

run "admin_cidrs_of_everybody" {
  command = plan

  variables {
    admin_cidrs = ["0.0.0.0/0"]
  }

  expect_failures = [var.admin_cidrs]
}

run "no_admin_cidrs" {
  command = plan

  variables {
    admin_cidrs = []
  }

  expect_failures = [var.admin_cidrs]
}

run "ssh_key_by_path" {
  command = plan

  variables {
    ssh_keys = ["~/.ssh/id_ed25519.pub"]
  }

  expect_failures = [var.ssh_keys]
}

run "zone_with_dot" {
  command = plan

  variables {
    zone_name = "example.com."
  }

  expect_failures = [var.zone_name]
}

run "host_of_another_zone" {
  command = plan

  variables {
    hosts = { wordpress = "wordpress.example.net", origin = "origin.example.net" }
  }

  expect_failures = [var.hosts]
}

run "contact_email" {
  command = plan

  variables {
    contact_email = "ops"
  }

  expect_failures = [var.contact_email]
}

run "exposure" {
  command = plan

  variables {
    exposure = "both"
  }

  expect_failures = [var.exposure]
}

run "active_origin" {
  command = plan

  variables {
    active_origin = "west"
  }

  expect_failures = [var.active_origin]
}

run "standby_without_address" {
  command = plan

  variables {
    active_origin   = "standby"
    standby_address = null
  }

  expect_failures = [var.active_origin]
}

run "standby_address" {
  command = plan

  variables {
    standby_address = "standby.example.com"
  }

  expect_failures = [var.standby_address]
}

run "certificate_id" {
  command = plan

  variables {
    certificate_id = "wordpress"
  }

  expect_failures = [var.certificate_id]
}

run "media_reader_cidrs" {
  command = plan

  variables {
    media_reader_cidrs = ["cdn"]
  }

  expect_failures = [var.media_reader_cidrs]
}

run "members_by_name" {
  command = plan

  variables {
    members = { operators = ["ada"] }
  }

  expect_failures = [var.members]
}

run "key_without_right" {
  command = plan

  variables {
    object_storage_users = { loki = "00000000-0000-4000-8000-000000000201" }
  }

  expect_failures = [var.object_storage_users]
}

run "short_database_password" {
  command = plan

  variables {
    database_password = "short"
  }

  expect_failures = [var.database_password]
}

run "short_cache_password" {
  command = plan

  variables {
    cache_password = "short"
  }

  expect_failures = [var.cache_password]
}

run "short_backup_password" {
  command = plan

  variables {
    backup_password = "short"
  }

  expect_failures = [var.backup_password]
}
