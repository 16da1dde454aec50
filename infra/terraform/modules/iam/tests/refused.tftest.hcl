# Every validation refuses what it is there for.

mock_provider "ionoscloud" {
  source          = "../../testing/mocks"
  override_during = plan
}

variables {
  name = "plimsoll-dev"
}

run "a_name_with_capitals" {
  command = plan

  variables {
    name = "Plimsoll"
  }

  expect_failures = [var.name]
}

run "a_member_by_address" {
  command = plan

  variables {
    members = { operators = ["operator@example.com"] }
  }

  expect_failures = [var.members]
}

run "a_machine_with_rights_of_an_operator" {
  command = plan

  variables {
    members = { exporter_readonly = ["00000000-0000-4000-8000-000000000201"], operators = ["00000000-0000-4000-8000-000000000201"] }
  }

  expect_failures = [var.members]
}

run "a_service_that_does_not_exist" {
  command = plan

  variables {
    exporter_services = ["kafka"]
  }

  expect_failures = [var.exporter_services]
}

run "a_shared_resource_of_another_kind" {
  command = plan

  variables {
    shared_resources = { bucket = "00000000-0000-4000-8000-000000000201" }
  }

  expect_failures = [var.shared_resources]
}

run "a_shared_resource_by_name" {
  command = plan

  variables {
    shared_resources = { datacenter = "plimsoll-dev" }
  }

  expect_failures = [var.shared_resources]
}

run "a_key_with_capitals" {
  command = plan

  variables {
    members              = { object_storage = ["00000000-0000-4000-8000-000000000201"] }
    object_storage_users = { WordPress = "00000000-0000-4000-8000-000000000201" }
  }

  expect_failures = [var.object_storage_users]
}

run "a_key_for_a_user_without_the_right" {
  command = plan

  variables {
    object_storage_users = { wordpress = "00000000-0000-4000-8000-000000000201" }
  }

  expect_failures = [var.object_storage_users]
}

run "one_user_for_two_keys" {
  command = plan

  variables {
    members              = { object_storage = ["00000000-0000-4000-8000-000000000201"] }
    object_storage_users = { wordpress = "00000000-0000-4000-8000-000000000201", loki = "00000000-0000-4000-8000-000000000201" }
  }

  expect_failures = [var.object_storage_users]
}
