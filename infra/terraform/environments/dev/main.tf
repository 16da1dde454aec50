# The platform, layer by layer. The same in dev and prod: sizes.tf and terraform.tfvars are what differs.

module "network" {
  source = "../../modules/network"

  name     = local.name
  location = var.location
}

module "security" {
  source = "../../modules/security"

  name          = local.name
  location      = var.location
  datacenter_id = module.network.datacenter_id
  admin_cidrs   = var.admin_cidrs
}

module "storage" {
  source = "../../modules/storage"

  name               = local.name
  name_suffix        = var.name_suffix
  region             = local.regions.primary
  media_reader_cidrs = var.media_reader_cidrs

  buckets = {
    media                = { noncurrent_days = local.media_old_versions }
    backups              = { expire_after_days = local.backup_keep_days, noncurrent_days = local.backup_lock_days + 1, object_lock = { days = local.backup_lock_days } }
    audit                = { expire_after_days = local.audit_keep_days, noncurrent_days = local.audit_keep_days, object_lock = { days = local.audit_keep_days - 1 } }
    flow-logs            = { expire_after_days = local.flow_log_keep_days, noncurrent_days = 3 }
    logs                 = { noncurrent_days = 3 }
    logs-ruler           = { noncurrent_days = 3 }
    traces               = { noncurrent_days = 3 }
    metrics              = { noncurrent_days = 3 }
    metrics-ruler        = { noncurrent_days = 3 }
    metrics-alertmanager = { noncurrent_days = 3 }
  }
}

module "backup" {
  source    = "../../modules/backup"
  providers = { ionoscloud = ionoscloud.copy }

  name           = local.name
  name_suffix    = var.name_suffix
  email          = var.contact_email
  password       = var.backup_password
  primary_region = module.storage.region
  copy_region    = local.regions.copy
  lock_days      = local.backup_lock_days
  keep_days      = local.backup_keep_days
}

module "kubernetes" {
  source = "../../modules/kubernetes"

  name          = local.name
  location      = var.location
  datacenter_id = module.network.datacenter_id
  lan_ids       = { nodes = module.network.lan_ids["nodes"], data = module.network.lan_ids["data"] }
  public        = var.exposure == "service-lb"
  nat_ip        = var.exposure == "service-lb" ? null : module.network.cluster_nat_ip
  k8s_version   = var.k8s_version
  audit_bucket  = module.storage.bucket_names["audit"]
  node_pools    = local.node_pools

  api_subnet_allow_list = concat(var.admin_cidrs, ["${module.network.bastion_ips[0]}/32"])
}

module "database" {
  source = "../../modules/database"

  name            = local.name
  location        = var.location
  datacenter_id   = module.network.datacenter_id
  lan_id          = module.network.lan_ids["data"]
  lan_cidr        = module.network.lan_cidrs["data"]
  instances       = local.database.instances
  cores           = local.database.cores
  ram_gb          = local.database.ram_gb
  storage_gb      = local.database.storage_gb
  password        = var.database_password
  backup_location = local.regions.copy
}

module "cache" {
  source = "../../modules/cache"

  name          = local.name
  location      = var.location
  datacenter_id = module.network.datacenter_id
  lan_id        = module.network.lan_ids["data"]
  lan_cidr      = module.network.lan_cidrs["data"]
  instances     = local.cache.instances
  cores         = local.cache.cores
  ram_gb        = local.cache.ram_gb
  password      = var.cache_password
  snapshot      = { location = local.regions.copy }
}

module "edge" {
  source = "../../modules/edge"

  name              = local.name
  location          = var.location
  datacenter_id     = module.network.datacenter_id
  exposure          = var.exposure
  lan_ids           = { for purpose in ["frontend", "balancers", "nodes"] : purpose => module.network.lan_ids[purpose] }
  lan_cidrs         = { for purpose in ["balancers", "nodes"] : purpose => module.network.lan_cidrs[purpose] }
  edge_ips          = module.network.edge_ips
  node_private_ips  = module.kubernetes.node_private_ips
  zone_name         = var.zone_name
  hosts             = var.hosts
  media_bucket_host = module.storage.media_open ? module.storage.media_host : null
  flow_log_bucket   = module.storage.bucket_names["flow-logs"]
  active_origin     = var.active_origin
  standby_address   = var.standby_address
  dns_ttl           = local.dns_ttl
  certificate       = { email = var.contact_email }
  certificate_id    = var.certificate_id
  rate_limits       = { dynamic = local.rate_limit_of_pages }
}

module "bastion" {
  source = "../../modules/bastion"

  name           = local.name
  location       = var.location
  datacenter_id  = module.network.datacenter_id
  lan_ids        = { for purpose in ["frontend", "nodes", "data"] : purpose => module.network.lan_ids[purpose] }
  lan_cidrs      = { for purpose in ["nodes", "data"] : purpose => module.network.lan_cidrs[purpose] }
  nsg_id         = module.security.bastion_nsg_id
  ip             = module.network.bastion_ips[0]
  ssh_keys       = var.ssh_keys
  size           = local.bastion
  backup_unit_id = module.backup.backup_unit_id
}

module "registry" {
  source = "../../modules/registry"

  name                   = local.name
  name_suffix            = var.name_suffix
  location               = var.location
  vulnerability_scanning = var.vulnerability_scanning
  token_generation       = local.registry_token_generation
}

module "observability" {
  source = "../../modules/observability"

  name     = local.name
  location = var.location

  logs = {
    kubernetes = { source = "kubernetes", retention_days = local.log_retention_days }
    platform   = { source = "generic", protocol = "http", retention_days = local.log_retention_days }
    bastion    = { source = "systemd", retention_days = local.log_retention_days }
  }
}

module "iam" {
  source = "../../modules/iam"

  name                 = local.name
  members              = var.members
  object_storage_users = var.object_storage_users
  shared_resources     = { datacenter = module.network.datacenter_id, kubernetes = module.kubernetes.cluster_id }
}

locals {
  # How long a failover takes at most, in seconds: what resolvers may keep of the origin.
  dns_ttl = 60
}
