# Managed MariaDB for WordPress: one primary and standbys on the private data LAN, backups in another city.
# It never opens the database to the internet and never creates a second user.

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

resource "ionoscloud_mariadb_cluster" "this" {
  display_name    = "${var.name}-mariadb"
  location        = var.location
  mariadb_version = var.mariadb_version
  instances       = var.instances
  cores           = var.cores
  ram             = var.ram_gb
  storage_size    = var.storage_gb

  connections {
    datacenter_id = var.datacenter_id
    lan_id        = var.lan_id
    cidr          = "${local.primary_address}/${local.prefix_length}"
  }

  credentials {
    username = var.username
    # There is no write-only argument in the schema, so the password is in the state.
    password = var.password
  }

  backup {
    location = var.backup_location
  }

  maintenance_window {
    day_of_the_week = var.maintenance_window.day
    time            = var.maintenance_window.time
  }

  lifecycle {
    prevent_destroy = true
  }
}
