# What both ways of exposure share. The CDN, DNS, certificates and load balancers are in files of those names.

locals {
  # Private cluster: two load balancers in a chain. Public cluster: IONOS gives the address to a node by itself.
  chain = var.exposure == "alb-nlb" ? toset(["chain"]) : toset([])

  load_balancer_ip = var.edge_ips[0]

  # High host numbers: IONOS' DHCP hands out low ones, and the databases of the data LAN use 250.
  alb_private_ip  = cidrhost(var.lan_cidrs.balancers, 200)
  nlb_listener_ip = cidrhost(var.lan_cidrs.balancers, 210)
  nlb_private_ip  = cidrhost(var.lan_cidrs.nodes, 210)
  nodes_prefix    = split("/", var.lan_cidrs.nodes)[1]
  balancer_prefix = split("/", var.lan_cidrs.balancers)[1]

  automatic      = var.certificate_id == null ? toset(["automatic"]) : toset([])
  certificate_id = var.certificate_id == null ? ionoscloud_auto_certificate.this["automatic"].last_issued_certificate_id : var.certificate_id
}
