output "datacenter_id" {
  description = "UUID of the virtual data center."
  value       = ionoscloud_datacenter.this.id
}

output "location" {
  description = "Location of the virtual data center."
  value       = ionoscloud_datacenter.this.location
}

output "lan_ids" {
  description = "LAN numbers (as text) by purpose: frontend, balancers, nodes, data."
  value       = { for purpose, lan in ionoscloud_lan.this : purpose => lan.id }
}

output "lan_cidrs" {
  description = "IPv4 ranges that IONOS gave to the private LANs: balancers, nodes, data."
  value       = { for purpose, lan in ionoscloud_lan.this : purpose => lan.ipv4_cidr_block if !local.lans[purpose].public }
}

output "edge_ips" {
  description = "Reserved public addresses for the load balancer."
  value       = try(ionoscloud_ipblock.this["edge"].ips, [])
}

output "nat_ips" {
  description = "Reserved public addresses for outgoing traffic; the first is the own gateway's when nat is true."
  value       = local.nat_ips
}

output "cluster_nat_ip" {
  description = "Reserved address for the gateway that IONOS runs for a private cluster; null when none is left. It cannot be shared with the own gateway."
  value       = var.reserved_ips.nat > (var.nat ? 1 : 0) ? local.nat_ips[var.nat ? 1 : 0] : null
}

output "bastion_ips" {
  description = "Reserved public addresses for the bastion."
  value       = try(ionoscloud_ipblock.this["bastion"].ips, [])
}
