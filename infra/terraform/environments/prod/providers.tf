# The token comes from IONOS_TOKEN, keys of Object Storage from IONOS_S3_ACCESS_KEY and IONOS_S3_SECRET_KEY.
# Leave IONOS_S3_REGION unset: it would overrule both regions below.
provider "ionoscloud" {
  s3_region = local.regions.primary
}

# One configuration talks to one region: copies of backups are in another city.
provider "ionoscloud" {
  alias     = "copy"
  s3_region = local.regions.copy
}
