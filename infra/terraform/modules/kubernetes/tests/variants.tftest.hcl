# A public cluster, a later generation of a pool, and a second pool of one zone.

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

run "public_cluster" {
  command = plan

  variables {
    public = true
    nat_ip = null
  }

  assert {
    condition     = ionoscloud_k8s_cluster.this.public && ionoscloud_k8s_cluster.this.nat_gateway_ip == null
    error_message = "a public cluster needs no gateway address"
  }
}

run "next_generation" {
  command = plan

  variables {
    node_pools = { fra-1 = { availability_zone = "ZONE_1", min = 1, max = 2, generation = 2, ram_gb = 32 } }
  }

  assert {
    condition     = keys(ionoscloud_k8s_node_pool.this) == ["fra-1-g2"]
    error_message = "another generation is another pool"
  }

  assert {
    condition     = ionoscloud_k8s_node_pool.this["fra-1-g2"].ram_size == 32768
    error_message = "with its own size"
  }
}

run "second_pool_of_a_zone" {
  command = plan

  variables {
    node_pools = { fra-1 = { availability_zone = "ZONE_1", min = 1, max = 2 }, fra-1-next = { availability_zone = "ZONE_1", min = 1, max = 2, az = "fra-1" } }
  }

  assert {
    condition     = alltrue([for pool in ionoscloud_k8s_node_pool.this : pool.labels["platform.ionos/az"] == "fra-1"])
    error_message = "both pools count as the same zone"
  }

  assert {
    condition     = ionoscloud_k8s_node_pool.this["fra-1-next-g1"].labels["platform.ionos/pool"] == "fra-1-next"
    error_message = "and can be told apart for draining"
  }
}
