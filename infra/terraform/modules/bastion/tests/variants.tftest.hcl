# With a backup unit and another size.

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

run "with_backup" {
  command = plan

  variables {
    backup_unit_id = "00000000-0000-4000-8000-0000000000bb"
  }

  assert {
    condition     = ionoscloud_vcpu_server.this.volume[0].backup_unit_id == "00000000-0000-4000-8000-0000000000bb"
    error_message = "the disk registers with the backup unit"
  }
}

run "larger" {
  command = plan

  variables {
    size        = { cores = 2, ram_gb = 4, disk_gb = 50, availability_zone = "ZONE_2" }
    host_number = 20
  }

  assert {
    condition     = ionoscloud_vcpu_server.this.cores == 2 && ionoscloud_vcpu_server.this.ram == 4096 && ionoscloud_vcpu_server.this.volume[0].size == 50 && ionoscloud_vcpu_server.this.availability_zone == "ZONE_2"
    error_message = "sizes are taken over"
  }

  assert {
    condition     = output.private_ip == "10.7.222.20"
    error_message = "and the host number"
  }
}
