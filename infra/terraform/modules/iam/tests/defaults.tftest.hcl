# What a plan with the least input has: six groups, no members, no shares, no keys.

mock_provider "ionoscloud" {
  source          = "../../testing/mocks"
  override_during = plan
}

variables {
  name = "plimsoll-dev"
}

run "a_group_for_each_actor" {
  command = plan

  assert {
    condition     = toset([for group in ionoscloud_group.this : group.name]) == toset(["plimsoll-dev-terraform", "plimsoll-dev-exporter-readonly", "plimsoll-dev-dns-only", "plimsoll-dev-registry-push", "plimsoll-dev-operators", "plimsoll-dev-object-storage"])
    error_message = "Six groups are expected, named by prefix and actor."
  }

  assert {
    condition     = alltrue([for group in ionoscloud_group.this : group.get_users_data == false && length(group.user_ids) == 0])
    error_message = "No data about users may be in the state, and nobody is a member unless named."
  }

  assert {
    condition     = alltrue([for group in ionoscloud_group.this : length([for right, given in group : right if given == true || given == false]) == 26])
    error_message = "All 25 rights and get_users_data must be said, so that a right which was given by hand shows up in a plan."
  }

  assert {
    condition     = toset(keys(output.group_ids)) == toset(["terraform", "exporter_readonly", "dns_only", "registry_push", "operators", "object_storage"])
    error_message = "Every group's id must be in the outputs."
  }

  assert {
    condition     = length(ionoscloud_share.exporter_datacenter) + length(ionoscloud_share.exporter_kubernetes) + length(ionoscloud_share.operators_datacenter) + length(ionoscloud_share.operators_kubernetes) + length(ionoscloud_s3_key.this) == 0
    error_message = "Nothing is shared and no key is made unless asked for."
  }
}

# Each run compares all rights of a group: those that are true, out of every argument that is true or false.
run "terraform_builds_but_gives_no_rights" {
  command = plan

  assert {
    condition = toset([for right, given in ionoscloud_group.this["terraform"] : right if given == true]) == toset([
      "create_datacenter", "create_internet_access", "reserve_ip", "create_flow_log", "create_network_security_groups",
      "create_k8s_cluster", "create_backup_unit", "s3_privilege", "manage_dbaas", "manage_registry", "access_and_manage_dns",
      "access_and_manage_cdn", "access_and_manage_certificates", "access_and_manage_logging", "access_and_manage_monitoring",
    ])
    error_message = "Terraform may build the platform, and may not change groups, make VPNs, cross connects or snapshots, or read the activity log."
  }
}

run "the_exporter_only_reads" {
  command = plan

  assert {
    condition     = toset([for right, given in ionoscloud_group.this["exporter_readonly"] : right if given == true]) == toset(["access_activity_log"])
    error_message = "The exporter may read the activity log, and change nothing."
  }
}

run "cert_manager_only_changes_dns" {
  command = plan

  assert {
    condition     = toset([for right, given in ionoscloud_group.this["dns_only"] : right if given == true]) == toset(["access_and_manage_dns"])
    error_message = "The token for DNS challenges may change DNS and nothing else."
  }
}

run "the_build_only_reaches_the_registry" {
  command = plan

  assert {
    condition     = toset([for right, given in ionoscloud_group.this["registry_push"] : right if given == true]) == toset(["manage_registry"])
    error_message = "The build may reach the registry and nothing else."
  }
}

run "operators_look_and_fail_over" {
  command = plan

  assert {
    condition     = toset([for right, given in ionoscloud_group.this["operators"] : right if given == true]) == toset(["access_activity_log", "access_and_manage_dns", "access_and_manage_monitoring", "access_and_manage_logging"])
    error_message = "Operators may read what happened and switch DNS, and make nothing that costs money."
  }
}

run "key_users_only_reach_object_storage" {
  command = plan

  assert {
    condition     = toset([for right, given in ionoscloud_group.this["object_storage"] : right if given == true]) == toset(["s3_privilege"])
    error_message = "Users behind keys may use Object Storage and nothing else."
  }

  assert {
    condition     = output.group_privileges["dns_only"] == tolist(["access_and_manage_dns"])
    error_message = "The rights must be in the outputs for a review."
  }
}
