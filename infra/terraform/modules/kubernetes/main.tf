# Managed Kubernetes: the control plane (free, run by IONOS) and one autoscaled node pool per zone.

locals {
  # The generation is part of the key: a higher one is another pool, because sizes and zone of a pool are immutable.
  pools = { for key, pool in var.node_pools : "${key}-g${pool.generation}" => merge(pool, { pool = key }) }

  pool_keys = { for key, pool in var.node_pools : key => "${key}-g${pool.generation}" }
}

resource "ionoscloud_k8s_cluster" "this" {
  name                  = var.name
  location              = var.location
  k8s_version           = var.k8s_version
  public                = var.public
  nat_gateway_ip        = var.public ? null : var.nat_ip
  node_subnet           = var.public ? null : var.node_subnet
  api_subnet_allow_list = var.api_subnet_allow_list

  # The audit log of the API server; the Activity Log of IONOS only knows calls to the cloud's own API.
  s3_buckets {
    name = var.audit_bucket
  }

  maintenance_window {
    day_of_the_week = var.maintenance_window.day
    time            = var.maintenance_window.time
  }

  lifecycle {
    precondition {
      condition     = var.public || var.nat_ip != null
      error_message = "A private cluster needs nat_ip, a reserved address of its own: give the output cluster_nat_ip of the network module, or set public = true."
    }
  }
}

resource "ionoscloud_k8s_node_pool" "this" {
  for_each = local.pools

  name              = "${var.name}-${each.key}"
  datacenter_id     = var.datacenter_id
  k8s_cluster_id    = ionoscloud_k8s_cluster.this.id
  k8s_version       = var.k8s_version
  location          = var.location
  availability_zone = each.value.availability_zone
  server_type       = each.value.server_type
  cores_count       = each.value.cores
  ram_size          = each.value.ram_gb * 1024
  storage_size      = each.value.storage_gb
  storage_type      = each.value.storage_type
  node_count        = each.value.min

  auto_scaling {
    min_node_count = each.value.min
    max_node_count = each.value.max
  }

  # Pods spread over this label: it is not confirmed that IONOS sets a zone label, and two pools may share a zone.
  labels = {
    "platform.ionos/az"   = coalesce(each.value.az, each.value.pool)
    "platform.ionos/pool" = each.value.pool
  }

  dynamic "lans" {
    for_each = var.lan_ids

    content {
      id   = lans.value
      dhcp = true
    }
  }

  maintenance_window {
    day_of_the_week = var.maintenance_window.day
    time            = var.maintenance_window.time
  }

  lifecycle {
    # The autoscaler owns the number of nodes.
    ignore_changes = [node_count]
  }
}

# IONOS upgrades a version at its end of life on its own and the provider hides that from the plan.
check "node_pool_version" {
  assert {
    condition     = length(ionoscloud_k8s_cluster.this.viable_node_pool_versions) == 0 || contains(ionoscloud_k8s_cluster.this.viable_node_pool_versions, var.k8s_version)
    error_message = "IONOS no longer offers node pools of version ${var.k8s_version}; set k8s_version to one of viable_node_pool_versions: ${join(", ", ionoscloud_k8s_cluster.this.viable_node_pool_versions)}."
  }
}

data "ionoscloud_k8s_cluster" "this" {
  id       = ionoscloud_k8s_cluster.this.id
  location = var.location
}

# Gives private addresses for private clusters only.
data "ionoscloud_k8s_node_pool_nodes" "this" {
  for_each = local.pools

  k8s_cluster_id = ionoscloud_k8s_cluster.this.id
  node_pool_id   = ionoscloud_k8s_node_pool.this[each.key].id
  location       = var.location
}
