# Managed In-Memory DB (Redis protocol) as WordPress's object cache: one primary and standbys on the private data LAN.
# It is a replica set and never a sharded cluster; the standbys serve no reads.

locals {
  # Only the prefix length of the LAN and one address in it: IONOS wants both in one argument.
  primary_address = cidrhost(var.lan_cidr, var.host_number)
  prefix_length   = split("/", var.lan_cidr)[1]

  # Regions and locations have different names for the same place, so "another place" is compared by city.
  region_cities = {
    de           = "frankfurt"
    eu-central-2 = "berlin"
    eu-central-3 = "berlin"
    eu-central-4 = "frankfurt"
    eu-south-2   = "logrono"
    us-central-1 = "lenexa"
  }
  location_cities = {
    "de/fra" = "frankfurt"
    "de/txl" = "berlin"
    "us/mci" = "lenexa"
    "es/vit" = "logrono"
  }
}

resource "ionoscloud_inmemorydb_cluster_v2" "this" {
  name             = "${var.name}-cache"
  description      = "Object cache of ${var.name}"
  location         = var.location
  version          = var.engine_version
  eviction_policy  = var.eviction_policy
  persistence_mode = var.persistence_mode
  metrics_enabled  = var.metrics_enabled
  logs_enabled     = var.logs_enabled

  instances = {
    count = var.instances
    cores = var.cores
    ram   = var.ram_gb
  }

  connections = {
    datacenter_id            = var.datacenter_id
    lan_id                   = var.lan_id
    primary_instance_address = "${local.primary_address}/${local.prefix_length}"
  }

  snapshot = {
    location       = var.snapshot.location
    retention_days = var.snapshot.retention_days
    snapshot_hours = var.snapshot.hours
  }

  credentials = {
    username = var.username
    password = {
      # There is no write-only argument in the schema. Only the hash is stored in the state, but a saved plan has both.
      algorithm = "SHA-256"
      hash      = sha256(var.password)
    }
  }

  maintenance_window = {
    day_of_the_week = var.maintenance_window.day
    time            = var.maintenance_window.time
  }

  lifecycle {
    prevent_destroy = true
  }
}
