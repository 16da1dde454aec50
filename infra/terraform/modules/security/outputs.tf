output "bastion_nsg_id" {
  description = "UUID of the bastion's security group."
  value       = ionoscloud_nsg.this["bastion"].id
}

output "default_nsg_id" {
  description = "UUID of the security group for machines of the data center."
  value       = ionoscloud_nsg.this["default"].id
}

output "ingress_rules" {
  description = "Who may come in, by rule: group, protocol, port and source; for policy checks and the record."
  value       = { for key, rule in local.rules : key => rule if rule.type == "INGRESS" }
}
