# Every validation refuses what it is there for.

mock_provider "ionoscloud" {
  source          = "../../testing/mocks"
  override_during = plan
}

variables {
  name     = "plimsoll-dev"
  location = "de/fra"
}

run "a_name_with_capitals" {
  command = plan

  variables {
    name = "Plimsoll"
  }

  expect_failures = [var.name]
}

run "a_location_without_a_city" {
  command = plan

  variables {
    location = "frankfurt"
  }

  expect_failures = [var.location]
}

run "a_location_without_pipelines" {
  command = plan

  variables {
    location = "us/las"
  }

  expect_failures = [var.location]
}

run "no_stream" {
  command = plan

  variables {
    logs = {}
  }

  expect_failures = [var.logs]
}

run "a_tag_with_a_hyphen" {
  command = plan

  variables {
    logs = { kube-system = { source = "kubernetes" } }
  }

  expect_failures = [var.logs]
}

run "a_source_that_does_not_exist" {
  command = plan

  variables {
    logs = { bastion = { source = "journald" } }
  }

  expect_failures = [var.logs]
}

run "a_protocol_that_does_not_exist" {
  command = plan

  variables {
    logs = { bastion = { source = "systemd", protocol = "udp" } }
  }

  expect_failures = [var.logs]
}

run "lines_for_a_year" {
  command = plan

  variables {
    logs = { bastion = { source = "systemd", retention_days = 365 } }
  }

  expect_failures = [var.logs]
}
