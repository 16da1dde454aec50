# Backup unit for virtual machines, and a bucket in another region for copies of the backups.
# It never copies anything itself: that takes a job in the cluster (README).

locals {
  # IONOS takes letters and digits only as a unit's name.
  unit_name   = replace("${var.name}${var.name_suffix}", "-", "")
  bucket_name = join("-", compact([var.name, "backups-copy", var.name_suffix]))
}

resource "ionoscloud_backup_unit" "this" {
  name  = local.unit_name
  email = var.email
  # There is no write-only argument in the schema, so the password is in the state.
  password = var.password

  lifecycle {
    prevent_destroy = true
  }
}

# One provider configuration talks to one region at a time: the caller hands this module its own one (README).
resource "ionoscloud_s3_bucket" "copy" {
  name                = local.bucket_name
  region              = var.copy_region
  object_lock_enabled = true
  force_destroy       = false
  tags                = { purpose = "backups-copy" }

  lifecycle {
    prevent_destroy = true
  }
}

resource "ionoscloud_s3_bucket_versioning" "copy" {
  bucket = ionoscloud_s3_bucket.copy.name

  versioning_configuration {
    status = "Enabled"
  }
}

resource "ionoscloud_s3_bucket_object_lock_configuration" "copy" {
  bucket              = ionoscloud_s3_bucket.copy.name
  object_lock_enabled = "Enabled"

  rule {
    default_retention {
      mode = "GOVERNANCE"
      days = var.lock_days
    }
  }

  depends_on = [ionoscloud_s3_bucket_versioning.copy]
}

resource "ionoscloud_s3_bucket_lifecycle_configuration" "copy" {
  bucket = ionoscloud_s3_bucket.copy.name

  # No filter block: the API drops an empty prefix, which would show as a change in every plan.
  rule {
    id     = "expire"
    status = "Enabled"

    expiration {
      days = var.keep_days
    }
  }

  rule {
    id     = "old-versions"
    status = "Enabled"

    noncurrent_version_expiration {
      # One day after the lock has ended: before, the deletion would be refused.
      noncurrent_days = var.lock_days + 1
    }
  }

  rule {
    id     = "unfinished-uploads"
    status = "Enabled"

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }

  depends_on = [ionoscloud_s3_bucket_versioning.copy]
}

resource "ionoscloud_s3_bucket_server_side_encryption_configuration" "copy" {
  bucket = ionoscloud_s3_bucket.copy.name

  rule {
    apply_server_side_encryption_by_default {
      # The only algorithm that IONOS has.
      sse_algorithm = "AES256"
    }
  }
}

resource "ionoscloud_s3_bucket_public_access_block" "copy" {
  bucket                  = ionoscloud_s3_bucket.copy.name
  block_public_acls       = true
  ignore_public_acls      = true
  block_public_policy     = true
  restrict_public_buckets = true
}
