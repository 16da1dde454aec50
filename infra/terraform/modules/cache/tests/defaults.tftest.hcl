# What a plan with the least input has.

mock_provider "ionoscloud" {
  source          = "../../testing/mocks"
  override_during = plan
}

variables {
  name          = "plimsoll-dev"
  location      = "de/fra"
  datacenter_id = "00000000-0000-4000-8000-000000000001"
  lan_id        = "3"
  lan_cidr      = "10.7.224.0/24"
  password      = "not-a-real-password-0000"
}

run "three_instances_in_the_same_location" {
  command = plan

  assert {
    condition     = ionoscloud_inmemorydb_cluster_v2.this.instances.count == 3
    error_message = "One primary and two standbys are expected."
  }

  assert {
    condition     = ionoscloud_inmemorydb_cluster_v2.this.location == "de/fra"
    error_message = "The cache must be where the data center is."
  }

  assert {
    condition     = ionoscloud_inmemorydb_cluster_v2.this.name == "plimsoll-dev-cache" && ionoscloud_inmemorydb_cluster_v2.this.description == "Object cache of plimsoll-dev"
    error_message = "The name must begin with the prefix, and the description say what the cluster is for."
  }
}

run "sizes_and_version" {
  command = plan

  assert {
    condition     = ionoscloud_inmemorydb_cluster_v2.this.instances.cores == 1 && ionoscloud_inmemorydb_cluster_v2.this.instances.ram == 4
    error_message = "The default size is 1 core and 4 GB of memory."
  }

  assert {
    condition     = ionoscloud_inmemorydb_cluster_v2.this.version == "9.0"
    error_message = "The default version is 9.0."
  }
}

run "behaves_as_a_cache" {
  command = plan

  assert {
    condition     = ionoscloud_inmemorydb_cluster_v2.this.eviction_policy == "allkeys-lru"
    error_message = "A full cache must drop old keys, not refuse writes."
  }

  assert {
    condition     = ionoscloud_inmemorydb_cluster_v2.this.persistence_mode == "RDB"
    error_message = "The cache should be warm after a restart."
  }

  assert {
    condition     = ionoscloud_inmemorydb_cluster_v2.this.metrics_enabled && ionoscloud_inmemorydb_cluster_v2.this.logs_enabled
    error_message = "Metrics and logs must be on."
  }
}

run "only_on_the_private_lan" {
  command = plan

  assert {
    condition     = ionoscloud_inmemorydb_cluster_v2.this.connections.primary_instance_address == "10.7.224.240/24"
    error_message = "The primary's address must be number 240 of the data LAN: 250 is the database's."
  }

  assert {
    condition     = ionoscloud_inmemorydb_cluster_v2.this.connections.lan_id == "3" && ionoscloud_inmemorydb_cluster_v2.this.connections.datacenter_id == "00000000-0000-4000-8000-000000000001"
    error_message = "The cluster must join the data LAN that was given."
  }
}

run "snapshots_in_another_city" {
  command = plan

  assert {
    condition     = ionoscloud_inmemorydb_cluster_v2.this.snapshot.location == "eu-central-3" && output.snapshot_location == "eu-central-3"
    error_message = "Snapshots of a cluster in Frankfurt belong in Berlin."
  }

  assert {
    condition     = ionoscloud_inmemorydb_cluster_v2.this.snapshot.retention_days == 7 && ionoscloud_inmemorydb_cluster_v2.this.snapshot.snapshot_hours == tolist([1])
    error_message = "One snapshot a day, kept for a week, is expected."
  }

  assert {
    condition     = ionoscloud_inmemorydb_cluster_v2.this.maintenance_window.day_of_the_week == "Sunday" && ionoscloud_inmemorydb_cluster_v2.this.maintenance_window.time == "03:00:00"
    error_message = "The cache's maintenance must not start together with the database's."
  }
}

run "only_the_hash_of_the_password" {
  command = plan

  assert {
    condition     = nonsensitive(ionoscloud_inmemorydb_cluster_v2.this.credentials.password.hash == sha256("not-a-real-password-0000"))
    error_message = "IONOS must get the SHA-256 of the password in lower-case hex."
  }

  assert {
    condition     = ionoscloud_inmemorydb_cluster_v2.this.credentials.password.algorithm == "SHA-256"
    error_message = "SHA-256 is the only algorithm that IONOS takes."
  }
}

run "outputs_for_clients" {
  command = plan

  assert {
    condition     = output.host == "cache.example.com" && output.port == 6379 && output.username == "wordpress"
    error_message = "Host, port and user must be those of the cluster."
  }

  assert {
    condition     = output.cidr == "10.7.224.240/24" && output.cluster_id == "00000000-0000-4000-8000-000000000102"
    error_message = "The address and the id must be those of the cluster."
  }
}
