# The machine and its three network cards.

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

run "machine" {
  command = plan

  assert {
    condition     = ionoscloud_vcpu_server.this.name == "plimsoll-test-bastion" && ionoscloud_vcpu_server.this.image_name == "debian:12"
    error_message = "a Debian machine with the prefix"
  }

  assert {
    condition     = ionoscloud_vcpu_server.this.cores == 1 && ionoscloud_vcpu_server.this.ram == 2048 && ionoscloud_vcpu_server.this.volume[0].size == 20 && ionoscloud_vcpu_server.this.volume[0].disk_type == "SSD Standard"
    error_message = "1 core, 2 GB in MB, 20 GB"
  }

  assert {
    condition     = length(ionoscloud_vcpu_server.this.ssh_keys) == 1
    error_message = "one administrator key"
  }
}

run "networks" {
  command = plan

  assert {
    condition     = tolist(ionoscloud_vcpu_server.this.nic[0].ips) == tolist(["198.51.100.12"]) && ionoscloud_vcpu_server.this.nic[0].lan == 1
    error_message = "the public address is on the frontend LAN"
  }

  assert {
    condition     = ionoscloud_vcpu_server.this.nic[0].firewall_active && tolist(ionoscloud_vcpu_server.this.nic[0].security_groups_ids) == tolist([var.nsg_id])
    error_message = "behind the security group"
  }

  assert {
    condition     = { for key, nic in ionoscloud_nic.this : key => nic.lan } == { nodes = 3, data = 4 }
    error_message = "it reaches nodes and databases"
  }

  assert {
    condition     = tolist(ionoscloud_nic.this["nodes"].ips) == tolist(["10.7.222.10"]) && tolist(ionoscloud_nic.this["data"].ips) == tolist(["10.7.223.10"])
    error_message = "with addresses that are known beforehand"
  }

  assert {
    condition     = alltrue([for nic in ionoscloud_nic.this : nic.firewall_active && tolist(nic.security_groups_ids) == tolist([var.nsg_id]) && nic.location == "de/fra"])
    error_message = "behind the group, with the location"
  }

  assert {
    condition     = output.address == "198.51.100.12" && output.private_ip == "10.7.222.10" && output.data_ip == "10.7.223.10"
    error_message = "outputs say so"
  }
}
