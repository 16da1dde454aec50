# Every validation refuses what it is there for.

mock_provider "ionoscloud" {
  source          = "../../testing/mocks"
  override_during = plan
}

variables {
  name                   = "plimsoll-dev"
  location               = "de/fra"
  vulnerability_scanning = false
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

run "no_repository" {
  command = plan

  variables {
    repositories = []
  }

  expect_failures = [var.repositories]
}

run "every_repository" {
  command = plan

  variables {
    repositories = ["*"]
  }

  expect_failures = [var.repositories]
}

run "an_address_without_a_prefix" {
  command = plan

  variables {
    api_subnet_allow_list = ["198.51.100.10"]
  }

  expect_failures = [var.api_subnet_allow_list]
}

run "every_address" {
  command = plan

  variables {
    api_subnet_allow_list = ["0.0.0.0/0"]
  }

  expect_failures = [var.api_subnet_allow_list]
}

run "a_token_for_more_than_a_year" {
  command = plan

  variables {
    token_valid_days = 366
  }

  expect_failures = [var.token_valid_days]
}

run "generation_zero" {
  command = plan

  variables {
    token_generation = 0
  }

  expect_failures = [var.token_generation]
}

run "no_collection_day" {
  command = plan

  variables {
    garbage_collection = { days = [] }
  }

  expect_failures = [var.garbage_collection]
}

run "a_collection_day_in_german" {
  command = plan

  variables {
    garbage_collection = { days = ["Sonntag"] }
  }

  expect_failures = [var.garbage_collection]
}

run "a_collection_time_without_an_offset" {
  command = plan

  variables {
    garbage_collection = { time = "04:00:00" }
  }

  expect_failures = [var.garbage_collection]
}

run "name_suffix_with_hyphen" {
  command = plan

  variables {
    name_suffix = "3100-0000"
  }

  expect_failures = [var.name_suffix]
}
