output "address" {
  description = "Public IPv4 address for SSH."
  value       = var.ip
}

output "private_ip" {
  description = "IPv4 address in the nodes LAN."
  value       = cidrhost(var.lan_cidrs.nodes, var.host_number)
}

output "data_ip" {
  description = "IPv4 address in the data LAN, from which the databases see the bastion."
  value       = cidrhost(var.lan_cidrs.data, var.host_number)
}

output "server_id" {
  description = "UUID of the machine."
  value       = ionoscloud_vcpu_server.this.id
}
