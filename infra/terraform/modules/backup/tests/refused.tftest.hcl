# Every validation refuses what it is there for.

mock_provider "ionoscloud" {
  source          = "../../testing/mocks"
  override_during = plan
}

variables {
  name     = "plimsoll-dev"
  email    = "backup@example.com"
  password = "not-a-real-password-0000"
}

run "a_name_with_capitals" {
  command = plan

  variables {
    name = "Plimsoll"
  }

  expect_failures = [var.name]
}

run "an_address_without_a_domain" {
  command = plan

  variables {
    email = "backup"
  }

  expect_failures = [var.email]
}

run "a_short_password" {
  command = plan

  variables {
    password = "only-twenty-three-chars"
  }

  expect_failures = [var.password]
}

run "a_primary_region_without_versioning" {
  command = plan

  variables {
    primary_region = "eu-central-2"
  }

  expect_failures = [var.primary_region]
}

run "a_copy_region_without_versioning" {
  command = plan

  variables {
    copy_region = "eu-south-2"
  }

  expect_failures = [var.copy_region]
}

run "copies_beside_the_originals" {
  command = plan

  variables {
    copy_region = "eu-central-4"
  }

  expect_failures = [var.copy_region]
}

run "a_suffix_with_a_hyphen" {
  command = plan

  variables {
    name_suffix = "dev-1"
  }

  expect_failures = [var.name_suffix]
}

run "a_lock_for_half_a_day" {
  command = plan

  variables {
    lock_days = 0.5
  }

  expect_failures = [var.lock_days]
}

run "copies_that_expire_while_locked" {
  command = plan

  variables {
    keep_days = 30
  }

  expect_failures = [var.keep_days]
}
