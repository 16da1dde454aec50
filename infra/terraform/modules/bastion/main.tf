# The one machine with SSH: the way to the private API server and the databases, and the place of the restore drill.

resource "ionoscloud_vcpu_server" "this" {
  name              = "${var.name}-bastion"
  hostname          = "${var.name}-bastion"
  datacenter_id     = var.datacenter_id
  location          = var.location
  availability_zone = var.size.availability_zone
  cores             = var.size.cores
  ram               = var.size.ram_gb * 1024
  image_name        = var.image
  ssh_keys          = var.ssh_keys

  volume {
    name           = "${var.name}-bastion"
    size           = var.size.disk_gb
    disk_type      = "SSD Standard"
    backup_unit_id = var.backup_unit_id
  }

  nic {
    name                = "${var.name}-bastion-frontend"
    lan                 = var.lan_ids.frontend
    ips                 = [var.ip]
    dhcp                = true
    firewall_active     = true
    firewall_type       = "BIDIRECTIONAL"
    security_groups_ids = [var.nsg_id]
  }
}

# A server takes one NIC inline; the private ones are resources of their own.
resource "ionoscloud_nic" "this" {
  for_each = var.lan_cidrs

  datacenter_id       = var.datacenter_id
  server_id           = ionoscloud_vcpu_server.this.id
  location            = var.location
  name                = "${var.name}-bastion-${each.key}"
  lan                 = var.lan_ids[each.key]
  ips                 = [cidrhost(each.value, var.host_number)]
  dhcp                = true
  firewall_active     = true
  firewall_type       = "BIDIRECTIONAL"
  security_groups_ids = [var.nsg_id]
}
