# The virtual data center, its LANs, the reserved public addresses and the way out for machines that have none.

locals {
  # Four LANs instead of one, so that each hop and the databases have a network of their own.
  # IONOS chooses the range of a private LAN; it cannot be given, only read.
  lans = {
    frontend  = { public = true }  # listener of the Application Load Balancer, bastion
    balancers = { public = false } # between the Application and the Network Load Balancer
    nodes     = { public = false } # Kubernetes nodes, bastion, NAT gateway
    data      = { public = false } # MariaDB and In-Memory DB
  }

  blocks = { for purpose, size in var.reserved_ips : purpose => size if size > 0 }

  nat_ips = try(ionoscloud_ipblock.this["nat"].ips, [])
}

resource "ionoscloud_datacenter" "this" {
  name        = var.name
  location    = var.location
  description = var.description
}

resource "ionoscloud_lan" "this" {
  for_each = local.lans

  datacenter_id = ionoscloud_datacenter.this.id
  location      = var.location
  name          = "${var.name}-${each.key}"
  public        = each.value.public
}

resource "ionoscloud_ipblock" "this" {
  for_each = local.blocks

  location = var.location
  name     = "${var.name}-${each.key}"
  size     = each.value
}

resource "ionoscloud_natgateway" "this" {
  for_each = var.nat ? toset(["nodes"]) : toset([])

  datacenter_id = ionoscloud_datacenter.this.id
  location      = var.location
  name          = "${var.name}-nat"
  public_ips    = slice(local.nat_ips, 0, min(1, length(local.nat_ips)))

  lans {
    id = ionoscloud_lan.this[each.key].id
  }

  lifecycle {
    precondition {
      condition     = var.reserved_ips.nat >= 1
      error_message = "The NAT gateway needs a reserved address: set reserved_ips.nat to 1 or more (2 with a private cluster), or nat = false."
    }
  }
}

# One rule per protocol and port: machines behind the gateway reach what is listed and nothing else.
resource "ionoscloud_natgateway_rule" "this" {
  for_each = var.nat ? var.nat_rules : {}

  datacenter_id = ionoscloud_datacenter.this.id
  natgateway_id = ionoscloud_natgateway.this["nodes"].id
  location      = var.location
  name          = "${var.name}-${each.key}"
  type          = "SNAT"
  protocol      = each.value.protocol
  source_subnet = ionoscloud_lan.this["nodes"].ipv4_cidr_block
  public_ip     = try(local.nat_ips[0], "")

  dynamic "target_port_range" {
    for_each = each.value.port == null ? [] : [each.value.port]

    content {
      start = target_port_range.value
      end   = target_port_range.value
    }
  }
}
