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

run "a_suffix_with_a_hyphen" {
  command = plan

  variables {
    name_suffix = "dev-1"
  }

  expect_failures = [var.name_suffix]
}

run "a_name_that_gets_too_long" {
  command = plan

  variables {
    name        = "plimsoll-production-frankfurt-am"
    name_suffix = "310000000000"
  }

  expect_failures = [var.name_suffix]
}

run "a_region_without_versioning" {
  command = plan

  variables {
    region = "eu-central-2"
  }

  expect_failures = [var.region]
}

run "a_purpose_with_capitals" {
  command = plan

  variables {
    buckets = {
      media                = {}
      backups              = { noncurrent_days = 31, object_lock = { days = 30 } }
      audit                = { noncurrent_days = 31, object_lock = { days = 30 } }
      flow-logs            = {}
      logs                 = {}
      logs-ruler           = {}
      traces               = {}
      metrics              = {}
      metrics-ruler        = {}
      metrics-alertmanager = {}
      Xtra                 = {}
    }
  }

  expect_failures = [var.buckets]
}

run "no_bucket_for_traces" {
  command = plan

  variables {
    buckets = {
      media                = {}
      backups              = { noncurrent_days = 31, object_lock = { days = 30 } }
      audit                = { noncurrent_days = 31, object_lock = { days = 30 } }
      flow-logs            = {}
      logs                 = {}
      logs-ruler           = {}
      metrics              = {}
      metrics-ruler        = {}
      metrics-alertmanager = {}
    }
  }

  expect_failures = [var.buckets]
}

run "objects_that_expire_at_once" {
  command = plan

  variables {
    buckets = {
      media                = { expire_after_days = 0 }
      backups              = { noncurrent_days = 31, object_lock = { days = 30 } }
      audit                = { noncurrent_days = 31, object_lock = { days = 30 } }
      flow-logs            = {}
      logs                 = {}
      logs-ruler           = {}
      traces               = {}
      metrics              = {}
      metrics-ruler        = {}
      metrics-alertmanager = {}
    }
  }

  expect_failures = [var.buckets]
}

run "versions_that_expire_after_half_a_day" {
  command = plan

  variables {
    buckets = {
      media                = { noncurrent_days = 0.5 }
      backups              = { noncurrent_days = 31, object_lock = { days = 30 } }
      audit                = { noncurrent_days = 31, object_lock = { days = 30 } }
      flow-logs            = {}
      logs                 = {}
      logs-ruler           = {}
      traces               = {}
      metrics              = {}
      metrics-ruler        = {}
      metrics-alertmanager = {}
    }
  }

  expect_failures = [var.buckets]
}

run "backups_without_a_lock" {
  command = plan

  variables {
    buckets = {
      media                = {}
      backups              = {}
      audit                = { noncurrent_days = 31, object_lock = { days = 30 } }
      flow-logs            = {}
      logs                 = {}
      logs-ruler           = {}
      traces               = {}
      metrics              = {}
      metrics-ruler        = {}
      metrics-alertmanager = {}
    }
  }

  expect_failures = [var.buckets]
}

run "audit_logs_without_a_lock" {
  command = plan

  variables {
    buckets = {
      media                = {}
      backups              = { noncurrent_days = 31, object_lock = { days = 30 } }
      audit                = {}
      flow-logs            = {}
      logs                 = {}
      logs-ruler           = {}
      traces               = {}
      metrics              = {}
      metrics-ruler        = {}
      metrics-alertmanager = {}
    }
  }

  expect_failures = [var.buckets]
}

run "a_lock_mode_that_does_not_exist" {
  command = plan

  variables {
    buckets = {
      media                = {}
      backups              = { noncurrent_days = 31, object_lock = { mode = "STRICT", days = 30 } }
      audit                = { noncurrent_days = 31, object_lock = { days = 30 } }
      flow-logs            = {}
      logs                 = {}
      logs-ruler           = {}
      traces               = {}
      metrics              = {}
      metrics-ruler        = {}
      metrics-alertmanager = {}
    }
  }

  expect_failures = [var.buckets]
}

run "a_lock_for_no_day" {
  command = plan

  variables {
    buckets = {
      media                = {}
      backups              = { noncurrent_days = 31, object_lock = { days = 0 } }
      audit                = { noncurrent_days = 31, object_lock = { days = 30 } }
      flow-logs            = {}
      logs                 = {}
      logs-ruler           = {}
      traces               = {}
      metrics              = {}
      metrics-ruler        = {}
      metrics-alertmanager = {}
    }
  }

  expect_failures = [var.buckets]
}

run "a_lock_without_versioning" {
  command = plan

  variables {
    buckets = {
      media                = {}
      backups              = { versioning = false, noncurrent_days = 31, object_lock = { days = 30 } }
      audit                = { noncurrent_days = 31, object_lock = { days = 30 } }
      flow-logs            = {}
      logs                 = {}
      logs-ruler           = {}
      traces               = {}
      metrics              = {}
      metrics-ruler        = {}
      metrics-alertmanager = {}
    }
  }

  expect_failures = [var.buckets]
}

run "versions_that_expire_while_locked" {
  command = plan

  variables {
    buckets = {
      media                = {}
      backups              = { noncurrent_days = 30, object_lock = { days = 30 } }
      audit                = { noncurrent_days = 31, object_lock = { days = 30 } }
      flow-logs            = {}
      logs                 = {}
      logs-ruler           = {}
      traces               = {}
      metrics              = {}
      metrics-ruler        = {}
      metrics-alertmanager = {}
    }
  }

  expect_failures = [var.buckets]
}

run "objects_that_expire_while_locked" {
  command = plan

  variables {
    buckets = {
      media                = {}
      backups              = { expire_after_days = 29, noncurrent_days = 31, object_lock = { days = 30 } }
      audit                = { noncurrent_days = 31, object_lock = { days = 30 } }
      flow-logs            = {}
      logs                 = {}
      logs-ruler           = {}
      traces               = {}
      metrics              = {}
      metrics-ruler        = {}
      metrics-alertmanager = {}
    }
  }

  expect_failures = [var.buckets]
}

run "a_lock_on_the_bucket_of_loki" {
  command = plan

  variables {
    buckets = {
      media                = {}
      backups              = { noncurrent_days = 31, object_lock = { days = 30 } }
      audit                = { noncurrent_days = 31, object_lock = { days = 30 } }
      flow-logs            = {}
      logs                 = { noncurrent_days = 31, object_lock = { days = 30 } }
      logs-ruler           = {}
      traces               = {}
      metrics              = {}
      metrics-ruler        = {}
      metrics-alertmanager = {}
    }
  }

  expect_failures = [var.buckets]
}

run "cors_for_every_site" {
  command = plan

  variables {
    buckets = {
      media                = { cors = { origins = ["*"] } }
      backups              = { noncurrent_days = 31, object_lock = { days = 30 } }
      audit                = { noncurrent_days = 31, object_lock = { days = 30 } }
      flow-logs            = {}
      logs                 = {}
      logs-ruler           = {}
      traces               = {}
      metrics              = {}
      metrics-ruler        = {}
      metrics-alertmanager = {}
    }
  }

  expect_failures = [var.buckets]
}

run "cors_with_an_unknown_method" {
  command = plan

  variables {
    buckets = {
      media                = { cors = { origins = ["https://wordpress.example.com"], methods = ["PATCH"] } }
      backups              = { noncurrent_days = 31, object_lock = { days = 30 } }
      audit                = { noncurrent_days = 31, object_lock = { days = 30 } }
      flow-logs            = {}
      logs                 = {}
      logs-ruler           = {}
      traces               = {}
      metrics              = {}
      metrics-ruler        = {}
      metrics-alertmanager = {}
    }
  }

  expect_failures = [var.buckets]
}

run "a_reader_by_host_name" {
  command = plan

  variables {
    media_reader_cidrs = ["cdn.example.com"]
  }

  expect_failures = [var.media_reader_cidrs]
}

run "a_tag_that_the_module_sets" {
  command = plan

  variables {
    tags = { purpose = "mine" }
  }

  expect_failures = [var.tags]
}
