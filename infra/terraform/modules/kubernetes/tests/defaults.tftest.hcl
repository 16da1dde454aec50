# A private cluster with three pools, as the defaults make it.

mock_provider "ionoscloud" {
  source          = "../../testing/mocks"
  override_during = plan
}

variables {
  name                  = "plimsoll-test"
  location              = "de/fra"
  datacenter_id         = "00000000-0000-4000-8000-000000000001"
  lan_ids               = { nodes = "2", data = "3" }
  nat_ip                = "198.51.100.11"
  k8s_version           = "1.33.5"
  api_subnet_allow_list = ["203.0.113.0/24"]
  audit_bucket          = "plimsoll-test-audit"
}

run "cluster" {
  command = plan

  assert {
    condition     = !ionoscloud_k8s_cluster.this.public && ionoscloud_k8s_cluster.this.nat_gateway_ip == "198.51.100.11"
    error_message = "the cluster is private and has its own gateway address"
  }

  assert {
    condition     = ionoscloud_k8s_cluster.this.location == "de/fra"
    error_message = "the cluster has the location"
  }

  assert {
    condition     = ionoscloud_k8s_cluster.this.api_subnet_allow_list == tolist(["203.0.113.0/24"])
    error_message = "the API server answers the allow list only"
  }

  assert {
    condition     = ionoscloud_k8s_cluster.this.s3_buckets[0].name == "plimsoll-test-audit"
    error_message = "audit logs go to the bucket"
  }

  assert {
    condition     = ionoscloud_k8s_cluster.this.maintenance_window[0].day_of_the_week == "Sunday" && ionoscloud_k8s_cluster.this.maintenance_window[0].time == "03:00:00Z"
    error_message = "maintenance is on Sunday night"
  }
}

run "zones" {
  command = plan

  assert {
    condition     = { for key, pool in ionoscloud_k8s_node_pool.this : key => pool.availability_zone } == { fra-1-g1 = "ZONE_1", fra-2-g1 = "ZONE_2", fra-3-g1 = "AUTO" }
    error_message = "three pools over the zones that IONOS has"
  }

  assert {
    condition     = toset([for pool in ionoscloud_k8s_node_pool.this : pool.labels["platform.ionos/az"]]) == toset(["fra-1", "fra-2", "fra-3"])
    error_message = "each zone has its own label for the spread of pods"
  }

  assert {
    condition     = alltrue([for pool in ionoscloud_k8s_node_pool.this : pool.location == "de/fra"])
    error_message = "each pool has the location"
  }

  assert {
    condition     = ionoscloud_k8s_node_pool.this["fra-1-g1"].name == "plimsoll-test-fra-1-g1"
    error_message = "names carry prefix and generation"
  }
}

run "sizes" {
  command = plan

  assert {
    condition     = alltrue([for pool in ionoscloud_k8s_node_pool.this : pool.cores_count == 4 && pool.ram_size == 16384 && pool.storage_size == 100])
    error_message = "4 cores, 16 GB in MB, 100 GB"
  }

  assert {
    condition     = alltrue([for pool in ionoscloud_k8s_node_pool.this : pool.storage_type == "SSD" && pool.server_type == "DedicatedCore"])
    error_message = "SSD and dedicated cores"
  }

  assert {
    condition     = alltrue([for pool in ionoscloud_k8s_node_pool.this : pool.auto_scaling[0].min_node_count == 1 && pool.auto_scaling[0].max_node_count == 3 && pool.node_count == 1])
    error_message = "each pool scales from 1 to 3"
  }

  assert {
    condition     = alltrue([for pool in ionoscloud_k8s_node_pool.this : toset([for lan in pool.lans : lan.id]) == toset([2, 3])])
    error_message = "nodes join the LANs of load balancer and databases"
  }
}

run "applied_outputs" {
  command = apply

  assert {
    condition     = { for pool, ips in output.node_private_ips : pool => join(" ", ips) } == { fra-1 = "10.7.222.21", fra-2 = "10.7.222.21", fra-3 = "10.7.222.21" }
    error_message = "addresses are by pool"
  }

  assert {
    condition     = output.node_pool_names["fra-3"] == "plimsoll-test-fra-3-g1"
    error_message = "names are by pool"
  }

  assert {
    condition     = nonsensitive(output.kubeconfig) == "apiVersion: v1"
    error_message = "the kubeconfig is there, and marked as secret: nonsensitive refuses anything else"
  }

  assert {
    condition     = output.version == "1.33.5"
    error_message = "the version is passed on"
  }
}
