# Media open to readers, CORS, a suffix and a further bucket.

mock_provider "ionoscloud" {
  source          = "../../testing/mocks"
  override_during = plan
}

variables {
  name        = "plimsoll-dev"
  name_suffix = "31000000"
  region      = "eu-central-3"

  buckets = {
    media = {
      cors = { origins = ["https://wordpress.example.com"] }
    }
    backups              = { object_lock = { mode = "COMPLIANCE", days = 14 } }
    audit                = { noncurrent_days = 91, object_lock = { days = 90 } }
    flow-logs            = {}
    logs                 = { versioning = false }
    logs-ruler           = {}
    traces               = {}
    metrics              = {}
    metrics-ruler        = {}
    metrics-alertmanager = {}
    state                = {}
  }
}

run "media_can_be_read_from_the_given_addresses" {
  command = plan

  variables {
    media_reader_cidrs = ["203.0.113.0/24", "198.51.100.0/24"]
  }

  assert {
    condition = jsondecode(ionoscloud_s3_bucket_policy.media["media"].policy) == {
      Version = "2012-10-17"
      Statement = [{
        Sid       = "ReadUploads"
        Effect    = "Allow"
        Principal = { AWS = "*" }
        Action    = ["s3:GetObject"]
        Resource  = ["arn:aws:s3:::plimsoll-dev-media-31000000/wp-content/uploads/*"]
        Condition = { IpAddress = ["198.51.100.0/24", "203.0.113.0/24"] }
      }]
    }
    error_message = "Only uploads may be read, only from the addresses that were given, and nothing may be listed or written."
  }

  assert {
    condition = toset([
      for key, bucket in ionoscloud_s3_bucket_public_access_block.this : key if !bucket.block_public_policy || !bucket.restrict_public_buckets
    ]) == toset(["media"])
    error_message = "Only the media bucket may have a public policy."
  }

  assert {
    condition     = alltrue([for bucket in ionoscloud_s3_bucket_public_access_block.this : bucket.block_public_acls && bucket.ignore_public_acls])
    error_message = "Public ACLs stay blocked everywhere."
  }

  assert {
    condition     = output.media_open
    error_message = "The output must say that the CDN can read."
  }
}

run "cors_for_the_site_only" {
  command = plan

  assert {
    condition     = keys(ionoscloud_s3_bucket_cors_configuration.this) == ["media"]
    error_message = "Only the media bucket has CORS."
  }

  assert {
    condition     = ionoscloud_s3_bucket_cors_configuration.this["media"].cors_rule[0].allowed_origins == toset(["https://wordpress.example.com"]) && ionoscloud_s3_bucket_cors_configuration.this["media"].cors_rule[0].allowed_methods == toset(["GET", "HEAD"])
    error_message = "Only the site may read across origins, and it may not write."
  }
}

run "cors_headers" {
  command = plan

  assert {
    condition     = ionoscloud_s3_bucket_cors_configuration.this["media"].cors_rule[0].allowed_headers == toset(["*"]) && ionoscloud_s3_bucket_cors_configuration.this["media"].cors_rule[0].expose_headers == toset(["ETag"])
    error_message = "A browser may send any header and see the ETag."
  }

  assert {
    condition     = ionoscloud_s3_bucket_cors_configuration.this["media"].cors_rule[0].max_age_seconds == 3600
    error_message = "A browser keeps the answer for an hour."
  }
}

run "suffix_region_and_a_further_bucket" {
  command = plan

  assert {
    condition     = output.bucket_names["state"] == "plimsoll-dev-state-31000000"
    error_message = "A further bucket is made like the others, with the suffix."
  }

  assert {
    condition     = alltrue([for bucket in ionoscloud_s3_bucket.this : bucket.region == "eu-central-3"]) && output.endpoint == "https://s3.eu-central-3.ionoscloud.com"
    error_message = "The region must reach every bucket and the endpoint."
  }

  assert {
    condition     = ionoscloud_s3_bucket_versioning.this["logs"].versioning_configuration.status == "Suspended"
    error_message = "Versioning can be switched off where nothing is locked."
  }

  assert {
    condition     = ionoscloud_s3_bucket_object_lock_configuration.this["backups"].rule.default_retention.mode == "COMPLIANCE" && ionoscloud_s3_bucket_object_lock_configuration.this["backups"].rule.default_retention.days == 14
    error_message = "Mode and days of the lock must be those that were given."
  }
}
