# Every value that the module refuses, one run each.

mock_provider "ionoscloud" {
  source          = "../../testing/mocks"
  override_during = plan
}

variables {
  name          = "plimsoll-test"
  location      = "de/fra"
  datacenter_id = "00000000-0000-4000-8000-000000000001"
  lan_ids       = { frontend = "1", nodes = "3", data = "4" }
  lan_cidrs     = { nodes = "10.7.222.0/24", data = "10.7.223.0/24" }
  nsg_id        = "00000000-0000-4000-8000-000000000005"
  ip            = "198.51.100.12"
  ssh_keys      = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExampleExampleExampleExampleExampleExample ops"]
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
    lan_ids = { frontend = "public", nodes = "3", data = "4" }
  }

  expect_failures = [var.lan_ids]
}

run "lan_cidrs_not_a_range" {
  command = plan

  variables {
    lan_cidrs = { nodes = "10.7.222.0", data = "10.7.223.0/24" }
  }

  expect_failures = [var.lan_cidrs]
}

run "host_number_of_a_load_balancer" {
  command = plan

  variables {
    host_number = 210
  }

  expect_failures = [var.host_number]
}

run "nsg_id_not_a_uuid" {
  command = plan

  variables {
    nsg_id = "bastion"
  }

  expect_failures = [var.nsg_id]
}

run "ip_not_an_address" {
  command = plan

  variables {
    ip = "bastion.example.com"
  }

  expect_failures = [var.ip]
}

run "ssh_keys_none" {
  command = plan

  variables {
    ssh_keys = []
  }

  expect_failures = [var.ssh_keys]
}

run "ssh_keys_path" {
  command = plan

  variables {
    ssh_keys = ["~/.ssh/id_ed25519.pub"]
  }

  expect_failures = [var.ssh_keys]
}

run "image_url" {
  command = plan

  variables {
    image = "https://example.com/image.qcow2"
  }

  expect_failures = [var.image]
}

run "size_cores" {
  command = plan

  variables {
    size = { cores = 0 }
  }

  expect_failures = [var.size]
}

run "size_ram" {
  command = plan

  variables {
    size = { ram_gb = 0.5 }
  }

  expect_failures = [var.size]
}

run "size_disk" {
  command = plan

  variables {
    size = { disk_gb = 5 }
  }

  expect_failures = [var.size]
}

run "size_zone" {
  command = plan

  variables {
    size = { availability_zone = "ZONE_3" }
  }

  expect_failures = [var.size]
}

run "backup_unit_id_not_a_uuid" {
  command = plan

  variables {
    backup_unit_id = "backup"
  }

  expect_failures = [var.backup_unit_id]
}
