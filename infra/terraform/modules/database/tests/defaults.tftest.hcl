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
    condition     = ionoscloud_mariadb_cluster.this.instances == 3
    error_message = "One primary and two standbys are expected."
  }

  assert {
    condition     = ionoscloud_mariadb_cluster.this.location == "de/fra"
    error_message = "The location must be set: IONOS would take de/txl."
  }

  assert {
    condition     = ionoscloud_mariadb_cluster.this.display_name == "plimsoll-dev-mariadb"
    error_message = "The display name must begin with the prefix."
  }
}

run "sizes" {
  command = plan

  assert {
    condition     = ionoscloud_mariadb_cluster.this.cores == 4 && ionoscloud_mariadb_cluster.this.ram == 8 && ionoscloud_mariadb_cluster.this.storage_size == 50
    error_message = "The default size is 4 cores, 8 GB of memory and 50 GB of storage."
  }

  assert {
    condition     = ionoscloud_mariadb_cluster.this.mariadb_version == "10.6"
    error_message = "The default version is 10.6."
  }
}

run "only_on_the_private_lan" {
  command = plan

  assert {
    condition     = ionoscloud_mariadb_cluster.this.connections[0].cidr == "10.7.224.250/24"
    error_message = "The primary's address must be number 250 of the data LAN, with the LAN's prefix length."
  }

  assert {
    condition     = ionoscloud_mariadb_cluster.this.connections[0].lan_id == "3" && ionoscloud_mariadb_cluster.this.connections[0].datacenter_id == "00000000-0000-4000-8000-000000000001"
    error_message = "The cluster must join the data LAN that was given."
  }

  assert {
    condition     = output.cidr == "10.7.224.250/24"
    error_message = "The output must name the address that network policies open."
  }
}

run "backups_in_another_city" {
  command = plan

  assert {
    condition     = ionoscloud_mariadb_cluster.this.backup[0].location == "eu-central-3" && output.backup_location == "eu-central-3"
    error_message = "Backups of a cluster in Frankfurt belong in Berlin."
  }

  assert {
    condition     = ionoscloud_mariadb_cluster.this.maintenance_window[0].day_of_the_week == "Sunday" && ionoscloud_mariadb_cluster.this.maintenance_window[0].time == "02:00:00"
    error_message = "Maintenance belongs in the night from Saturday to Sunday."
  }
}

run "outputs_for_clients" {
  command = plan

  assert {
    condition     = output.host == "mariadb.example.com" && output.port == 3306 && output.username == "wordpress"
    error_message = "Host, port and user must be those of the cluster."
  }

  assert {
    condition     = output.cluster_id == "00000000-0000-4000-8000-000000000101"
    error_message = "The id must be the cluster's."
  }
}
