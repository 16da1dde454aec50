# What differs between the environments: everything else in this folder is the same in dev and prod.
locals {
  name = "plimsoll-dev"

  regions = {
    primary = "eu-central-4" # Frankfurt
    copy    = "eu-central-3" # Berlin
  }

  # IONOS has two compute zones: the third pool may stand in one of them. The label platform.ionos/az keeps the three apart.
  node_pools = {
    fra-1 = { availability_zone = "ZONE_1", min = 1, max = 2, cores = 2, ram_gb = 8, server_type = "VCPU" }
    fra-2 = { availability_zone = "ZONE_2", min = 1, max = 2, cores = 2, ram_gb = 8, server_type = "VCPU" }
    fra-3 = { availability_zone = "AUTO", min = 1, max = 2, cores = 2, ram_gb = 8, server_type = "VCPU" }
  }

  # The restore drill needs room for the database twice on the bastion.
  database = { instances = 3, cores = 2, ram_gb = 4, storage_gb = 20 }
  cache    = { instances = 3, cores = 1, ram_gb = 4 }
  bastion  = { cores = 1, ram_gb = 2, disk_gb = 50 }

  log_retention_days = 7
  backup_lock_days   = 7
  backup_keep_days   = 30
  media_old_versions = 7
  audit_keep_days    = 90
  flow_log_keep_days = 14
  # Raise it by one to replace the tokens of the registry, before they expire.
  registry_token_generation = 1
  rate_limit_of_pages       = "R50"
}
