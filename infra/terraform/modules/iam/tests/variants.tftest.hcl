# Members, shares, keys and the two rights that have to be asked for.

mock_provider "ionoscloud" {
  source          = "../../testing/mocks"
  override_during = plan
}

variables {
  name = "plimsoll-dev"
}

run "members_and_keys" {
  command = plan

  variables {
    members = {
      operators      = ["00000000-0000-4000-8000-000000000201"]
      object_storage = ["00000000-0000-4000-8000-000000000202", "00000000-0000-4000-8000-000000000203"]
    }
    object_storage_users = {
      wordpress = "00000000-0000-4000-8000-000000000202"
      loki      = "00000000-0000-4000-8000-000000000203"
    }
  }

  assert {
    condition     = ionoscloud_group.this["operators"].user_ids == toset(["00000000-0000-4000-8000-000000000201"])
    error_message = "The operator must be in the operators' group."
  }

  assert {
    condition     = sum([for group in ionoscloud_group.this : length(group.user_ids)]) == 3
    error_message = "No user may be in another group as well."
  }

  assert {
    condition     = alltrue([for key in ionoscloud_s3_key.this : key.active])
    error_message = "Keys must work."
  }

  assert {
    condition     = ionoscloud_s3_key.this["wordpress"].user_id == "00000000-0000-4000-8000-000000000202" && ionoscloud_s3_key.this["loki"].user_id == "00000000-0000-4000-8000-000000000203"
    error_message = "WordPress and Loki have users and keys of their own."
  }

  assert {
    condition     = nonsensitive(output.object_storage_keys["wordpress"].access_key == "mock-access-key" && output.object_storage_keys["wordpress"].secret_key == "mock-secret-key")
    error_message = "Both parts of a key must be in the output."
  }
}

run "shares" {
  command = plan

  variables {
    shared_resources = {
      datacenter = "00000000-0000-4000-8000-000000000001"
      kubernetes = "00000000-0000-4000-8000-000000000003"
    }
  }

  assert {
    condition     = ionoscloud_share.exporter_datacenter["datacenter"].edit_privilege == false && ionoscloud_share.exporter_kubernetes["kubernetes"].edit_privilege == false
    error_message = "The exporter may only look."
  }

  assert {
    condition     = ionoscloud_share.operators_datacenter["datacenter"].edit_privilege && ionoscloud_share.operators_kubernetes["kubernetes"].edit_privilege
    error_message = "Operators may change the data center and the cluster."
  }

  assert {
    condition     = !anytrue([ionoscloud_share.exporter_datacenter["datacenter"].share_privilege, ionoscloud_share.exporter_kubernetes["kubernetes"].share_privilege, ionoscloud_share.operators_datacenter["datacenter"].share_privilege, ionoscloud_share.operators_kubernetes["kubernetes"].share_privilege])
    error_message = "Nobody may share further."
  }

  assert {
    condition     = ionoscloud_share.operators_kubernetes["kubernetes"].resource_id == "00000000-0000-4000-8000-000000000003" && ionoscloud_share.exporter_datacenter["datacenter"].resource_id == "00000000-0000-4000-8000-000000000001"
    error_message = "The shares must be of the resources that were given."
  }
}

run "wider_rights_have_to_be_asked_for" {
  command = plan

  variables {
    terraform_manages_groups = true
    exporter_services        = ["dbaas", "cdn"]
  }

  assert {
    condition     = ionoscloud_group.this["terraform"].access_and_manage_iam_resources && !ionoscloud_group.this["operators"].access_and_manage_iam_resources
    error_message = "Only Terraform may get the right to change groups."
  }

  assert {
    condition     = toset([for right, given in ionoscloud_group.this["exporter_readonly"] : right if given == true]) == toset(["access_activity_log", "manage_dbaas", "access_and_manage_cdn"])
    error_message = "The exporter gets the services that were asked for and no others."
  }
}
