output "group_ids" {
  description = "Ids of the groups by actor."
  value       = { for actor, group in ionoscloud_group.this : actor => group.id }
}

output "group_privileges" {
  description = "Rights of each group, for a review without the provider."
  value       = { for actor, privileges in local.privileges : actor => sort(privileges) }
}

output "object_storage_keys" {
  description = "Object Storage keys by what uses them. They are in the state, and the provider's schema does not mark them as secret: only this output is."
  value = {
    for purpose, key in ionoscloud_s3_key.this : purpose => {
      access_key = key.id
      secret_key = key.secret_key
    }
  }
  sensitive = true
}
