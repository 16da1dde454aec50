# Network security groups. IONOS attaches them to machines and NICs; node pools, load balancers and the CDN
# have no such argument. Nothing but SSH from the named ranges and traffic of the own LANs comes in.

locals {
  groups = {
    bastion = "Bastion: SSH from the administrators' ranges, listed destinations out"
    default = "Machines of the data center: traffic of the own LANs in, everything out"
  }

  bastion_rules = merge(
    { for cidr in toset(var.admin_cidrs) : "bastion-ssh-${replace(cidr, "/", "-")}" => {
      group = "bastion", type = "INGRESS", protocol = "TCP", port = 22, source = cidr
    } },
    # node_exporter of the bastion, which Prometheus asks from the own LANs: the restore drill is seen through it.
    { for cidr in toset(var.internal_cidrs) : "bastion-metrics-${replace(cidr, "/", "-")}" => {
      group = "bastion", type = "INGRESS", protocol = "TCP", port = 9100, source = cidr
    } },
    { for name, rule in var.bastion_egress : "bastion-out-${name}" => {
      group = "bastion", type = "EGRESS", protocol = rule.protocol, port = rule.port, source = null
    } },
  )

  default_rules = merge(
    { for cidr in toset(var.internal_cidrs) : "default-in-${replace(cidr, "/", "-")}" => {
      group = "default", type = "INGRESS", protocol = "ANY", port = null, source = cidr
    } },
    { default-out = { group = "default", type = "EGRESS", protocol = "ANY", port = null, source = null } },
  )

  rules = merge(local.bastion_rules, local.default_rules)
}

resource "ionoscloud_nsg" "this" {
  for_each = local.groups

  datacenter_id = var.datacenter_id
  location      = var.location
  name          = "${var.name}-${each.key}"
  description   = each.value
}

resource "ionoscloud_nsg_firewallrule" "this" {
  for_each = local.rules

  datacenter_id    = var.datacenter_id
  nsg_id           = ionoscloud_nsg.this[each.value.group].id
  location         = var.location
  name             = "${var.name}-${each.key}"
  type             = each.value.type
  protocol         = each.value.protocol
  source_ip        = each.value.source
  port_range_start = each.value.port
  port_range_end   = each.value.port
}

resource "ionoscloud_datacenter_nsg_selection" "this" {
  for_each = var.protect_datacenter ? toset(["default"]) : toset([])

  datacenter_id = var.datacenter_id
  nsg_id        = ionoscloud_nsg.this[each.key].id
  location      = var.location
}
