# What a plan with the least input has.

mock_provider "ionoscloud" {
  source          = "../../testing/mocks"
  override_during = plan
}

variables {
  name     = "plimsoll-dev"
  email    = "backup@example.com"
  password = "not-a-real-password-0000"
}

run "a_unit_with_a_plain_name" {
  command = plan

  assert {
    condition     = ionoscloud_backup_unit.this.name == "plimsolldev"
    error_message = "IONOS takes letters and digits only as a unit's name."
  }

  assert {
    condition     = ionoscloud_backup_unit.this.email == "backup@example.com"
    error_message = "Messages must go to the address that was given."
  }

  assert {
    condition     = output.backup_unit_id == "00000000-0000-4000-8000-000000000103" && output.backup_unit_login == "plimsolldev-00000001"
    error_message = "The volume and the agent need the unit's id and login."
  }
}

run "copies_in_another_region" {
  command = plan

  assert {
    condition     = ionoscloud_s3_bucket.copy.region == "eu-central-3" && output.copy_region == "eu-central-3" && output.copy_endpoint == "https://s3.eu-central-3.ionoscloud.com"
    error_message = "Copies of buckets in Frankfurt belong in Berlin."
  }

  assert {
    condition     = ionoscloud_s3_bucket.copy.name == "plimsoll-dev-backups-copy" && output.copy_bucket == "plimsoll-dev-backups-copy"
    error_message = "The bucket must be named by the prefix."
  }
}

run "copies_cannot_be_deleted" {
  command = plan

  assert {
    condition     = ionoscloud_s3_bucket.copy.object_lock_enabled && ionoscloud_s3_bucket.copy.force_destroy == false
    error_message = "The bucket must be locked and never emptied to be removed."
  }

  assert {
    condition     = ionoscloud_s3_bucket_object_lock_configuration.copy.rule.default_retention.days == 30 && ionoscloud_s3_bucket_object_lock_configuration.copy.rule.default_retention.mode == "GOVERNANCE"
    error_message = "Copies are locked for 30 days."
  }

  assert {
    condition     = ionoscloud_s3_bucket_object_lock_configuration.copy.object_lock_enabled == "Enabled"
    error_message = "The lock must be on."
  }

  assert {
    condition     = ionoscloud_s3_bucket_versioning.copy.versioning_configuration.status == "Enabled"
    error_message = "Object lock works on versions."
  }
}

run "copies_are_encrypted_private_and_expire" {
  command = plan

  assert {
    condition     = one(ionoscloud_s3_bucket_server_side_encryption_configuration.copy.rule).apply_server_side_encryption_by_default.sse_algorithm == "AES256"
    error_message = "Copies must be encrypted with AES256."
  }

  assert {
    condition = alltrue([
      ionoscloud_s3_bucket_public_access_block.copy.block_public_acls,
      ionoscloud_s3_bucket_public_access_block.copy.ignore_public_acls,
      ionoscloud_s3_bucket_public_access_block.copy.block_public_policy,
      ionoscloud_s3_bucket_public_access_block.copy.restrict_public_buckets,
    ])
    error_message = "All four parts of the public access block must be on."
  }

  assert {
    condition     = ionoscloud_s3_bucket_lifecycle_configuration.copy.rule[*].id == tolist(["expire", "old-versions", "unfinished-uploads"]) && ionoscloud_s3_bucket.copy.tags == tomap({ purpose = "backups-copy" })
    error_message = "Rules have names and the bucket says what it is for."
  }

  assert {
    condition     = ionoscloud_s3_bucket_lifecycle_configuration.copy.rule[0].expiration.days == 90 && ionoscloud_s3_bucket_lifecycle_configuration.copy.rule[1].noncurrent_version_expiration.noncurrent_days == 31 && ionoscloud_s3_bucket_lifecycle_configuration.copy.rule[2].abort_incomplete_multipart_upload.days_after_initiation == 7
    error_message = "Copies stay 90 days, old versions one day longer than the lock, unfinished uploads a week."
  }
}

run "a_suffix_makes_the_name_unique" {
  command = plan

  variables {
    name_suffix = "31000000"
  }

  assert {
    condition     = ionoscloud_s3_bucket.copy.name == "plimsoll-dev-backups-copy-31000000"
    error_message = "The suffix must end the bucket's name."
  }
}
