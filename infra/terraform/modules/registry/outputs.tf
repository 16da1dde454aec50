output "hostname" {
  description = "Host of the registry, the first part of every image's name."
  value       = ionoscloud_container_registry.this.hostname
}

output "registry_id" {
  description = "Id of the registry, for the exporter."
  value       = ionoscloud_container_registry.this.id
}

output "pull_username" {
  description = "User name of the token that pulls, for the cluster's imagePullSecret."
  value       = try(ionoscloud_container_registry_token.this["pull"].credentials[0].username, null)
  sensitive   = true
}

output "pull_password" {
  description = "Password of the token that pulls. IONOS shows it once; it is in the state."
  value       = try(ionoscloud_container_registry_token.this["pull"].credentials[0].password, null)
  sensitive   = true
}

output "push_username" {
  description = "User name of the token that pushes, for the image build."
  value       = try(ionoscloud_container_registry_token.this["push"].credentials[0].username, null)
  sensitive   = true
}

output "push_password" {
  description = "Password of the token that pushes. IONOS shows it once; it is in the state."
  value       = try(ionoscloud_container_registry_token.this["push"].credentials[0].password, null)
  sensitive   = true
}

output "tokens_expire" {
  description = "When both tokens stop working, in RFC 3339, for the alert on expiry."
  value       = ionoscloud_container_registry_token.this["pull"].expiry_date
}
