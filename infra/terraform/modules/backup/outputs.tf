output "backup_unit_id" {
  description = "Id of the backup unit, for the volume of a virtual machine. It takes effect only when the volume is made from a public image."
  value       = ionoscloud_backup_unit.this.id
}

output "backup_unit_login" {
  description = "Login of the backup unit for the agent: the unit's name and the contract number."
  value       = ionoscloud_backup_unit.this.login
}

output "copy_bucket" {
  description = "Name of the bucket with the copies."
  value       = ionoscloud_s3_bucket.copy.name
}

output "copy_region" {
  description = "Object Storage region of the copies."
  value       = var.copy_region
}

output "copy_endpoint" {
  description = "Address of the S3 API in the region of the copies, always with TLS."
  value       = "https://s3.${var.copy_region}.ionoscloud.com"
}
