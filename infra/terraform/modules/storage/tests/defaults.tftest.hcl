# What a plan with the least input has.

mock_provider "ionoscloud" {
  source          = "../../testing/mocks"
  override_during = plan
}

variables {
  name = "plimsoll-dev"
}

run "ten_buckets_in_one_region" {
  command = plan

  assert {
    condition     = length(ionoscloud_s3_bucket.this) == 10
    error_message = "Ten buckets are expected."
  }

  assert {
    condition     = alltrue([for key, bucket in ionoscloud_s3_bucket.this : bucket.name == "plimsoll-dev-${key}"])
    error_message = "Every bucket must be named by the prefix and its purpose."
  }

  assert {
    condition     = alltrue([for bucket in ionoscloud_s3_bucket.this : bucket.region == "eu-central-4"])
    error_message = "Every bucket must have its region set."
  }

  assert {
    condition     = alltrue([for key, bucket in ionoscloud_s3_bucket.this : bucket.force_destroy == false && bucket.tags["purpose"] == key])
    error_message = "No bucket may be emptied to be removed, and every bucket says what it is for."
  }
}

run "every_bucket_is_versioned" {
  command = plan

  assert {
    condition     = toset(keys(ionoscloud_s3_bucket_versioning.this)) == toset(keys(ionoscloud_s3_bucket.this))
    error_message = "Every bucket needs its versioning."
  }

  assert {
    condition     = alltrue([for bucket in ionoscloud_s3_bucket_versioning.this : bucket.versioning_configuration.status == "Enabled"])
    error_message = "Versioning must be on."
  }
}

run "every_bucket_is_encrypted" {
  command = plan

  assert {
    condition     = toset(keys(ionoscloud_s3_bucket_server_side_encryption_configuration.this)) == toset(keys(ionoscloud_s3_bucket.this))
    error_message = "Every bucket needs its encryption."
  }

  assert {
    condition     = alltrue([for bucket in ionoscloud_s3_bucket_server_side_encryption_configuration.this : one(bucket.rule).apply_server_side_encryption_by_default.sse_algorithm == "AES256"])
    error_message = "Objects must be encrypted with AES256."
  }
}

run "every_bucket_is_closed_to_the_public" {
  command = plan

  assert {
    condition     = toset(keys(ionoscloud_s3_bucket_public_access_block.this)) == toset(keys(ionoscloud_s3_bucket.this))
    error_message = "Every bucket needs its public access block."
  }

  assert {
    condition = alltrue([
      for bucket in ionoscloud_s3_bucket_public_access_block.this :
      bucket.block_public_acls && bucket.ignore_public_acls && bucket.block_public_policy && bucket.restrict_public_buckets
    ])
    error_message = "All four parts of the block must be on."
  }

  assert {
    condition     = length(ionoscloud_s3_bucket_policy.media) == 0 && output.media_open == false
    error_message = "Nobody may read without a key unless addresses are given."
  }
}

run "every_bucket_has_a_lifecycle" {
  command = plan

  assert {
    condition     = toset(keys(ionoscloud_s3_bucket_lifecycle_configuration.this)) == toset(keys(ionoscloud_s3_bucket.this))
    error_message = "Every bucket needs its lifecycle."
  }

  assert {
    condition = alltrue([
      for bucket in ionoscloud_s3_bucket_lifecycle_configuration.this :
      length(setsubtract(["old-versions", "unfinished-uploads", "delete-markers"], bucket.rule[*].id)) == 0 &&
      alltrue([for rule in bucket.rule : rule.status == "Enabled" && rule.filter == null])
    ])
    error_message = "Old versions, unfinished uploads and delete markers must go in every bucket, by rules for the whole bucket."
  }

  assert {
    condition = alltrue(flatten([
      for bucket in ionoscloud_s3_bucket_lifecycle_configuration.this : [
        [for rule in bucket.rule : rule.abort_incomplete_multipart_upload.days_after_initiation == 7 if rule.id == "unfinished-uploads"],
        [for rule in bucket.rule : rule.expiration.expired_object_delete_marker if rule.id == "delete-markers"],
      ]
    ]))
    error_message = "Unfinished uploads go after a week, and delete markers go."
  }

  assert {
    condition = toset([
      for key, bucket in ionoscloud_s3_bucket_lifecycle_configuration.this : key if contains(bucket.rule[*].id, "expire")
    ]) == toset(["backups", "audit", "flow-logs"])
    error_message = "Only backups, audit logs and flow logs expire: media stays, and Loki, Tempo and Mimir delete by their own retention."
  }

  assert {
    condition = {
      for key, bucket in ionoscloud_s3_bucket_lifecycle_configuration.this : key => [for rule in bucket.rule : rule.expiration.days if rule.id == "expire"]
      if contains(["backups", "audit", "flow-logs"], key)
    } == { backups = [90], audit = [400], flow-logs = [90] }
    error_message = "Backups and flow logs stay 90 days, audit logs 400."
  }

  assert {
    condition     = [for rule in ionoscloud_s3_bucket_lifecycle_configuration.this["media"].rule : rule.noncurrent_version_expiration.noncurrent_days if rule.id == "old-versions"] == [30]
    error_message = "An overwritten or deleted upload can be had back for 30 days."
  }
}

run "only_backups_and_audit_logs_are_locked" {
  command = plan

  assert {
    condition     = toset([for key, bucket in ionoscloud_s3_bucket.this : key if bucket.object_lock_enabled]) == toset(["backups", "audit"])
    error_message = "Loki, Tempo and Mimir must be able to delete; backups and audit logs must not be deletable."
  }

  assert {
    condition = alltrue([
      for key, days in { backups = 30, audit = 365 } :
      ionoscloud_s3_bucket_object_lock_configuration.this[key].rule.default_retention.days == days &&
      ionoscloud_s3_bucket_object_lock_configuration.this[key].rule.default_retention.mode == "GOVERNANCE"
    ])
    error_message = "Backups are locked for 30 days and audit logs for a year."
  }

  assert {
    condition     = [for key, lock in ionoscloud_s3_bucket_object_lock_configuration.this : lock.object_lock_enabled] == ["Enabled", "Enabled"]
    error_message = "Both locks must be on, and no other bucket may have one."
  }
}

run "outputs_for_the_platform" {
  command = plan

  assert {
    condition     = output.endpoint == "https://s3.eu-central-4.ionoscloud.com" && output.region == "eu-central-4"
    error_message = "The endpoint must be the region's, with TLS."
  }

  assert {
    condition     = output.media_host == "plimsoll-dev-media.s3.eu-central-4.ionoscloud.com"
    error_message = "The CDN's upstream is the media bucket's own host."
  }

  assert {
    condition     = output.bucket_names["metrics-alertmanager"] == "plimsoll-dev-metrics-alertmanager" && length(output.bucket_names) == 10
    error_message = "Every bucket's name must be in the outputs."
  }
}
