# Object Storage keys for the platform's own users. Every key belongs to one user and can be withdrawn alone.
# ionoscloud_object_storage_accesskey is not used: it makes a key of whoever runs Terraform.

resource "ionoscloud_s3_key" "this" {
  for_each = var.object_storage_users

  user_id = each.value
  active  = true

  # The right must be there first. IONOS needs a while to notice it: set IONOS_S3_KEY_CREATION_RETRY=true (provider #881).
  depends_on = [ionoscloud_group.this]
}
