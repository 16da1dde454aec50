# Buckets for media, backups, telemetry and logs, each encrypted, versioned, with a lifecycle and closed to the public.
# It never deletes objects to remove a bucket and never writes a Deny statement (README: why there is no TLS-only policy).

locals {
  bucket_names = {
    for key in keys(var.buckets) : key => join("-", compact([var.name, key, var.name_suffix]))
  }

  # Only uploads: nothing else that may lie in the bucket one day becomes readable by accident.
  media_prefix = "wp-content/uploads/"
  media_open   = length(var.media_reader_cidrs) > 0
}

resource "ionoscloud_s3_bucket" "this" {
  for_each = var.buckets

  name                = local.bucket_names[each.key]
  region              = var.region
  object_lock_enabled = each.value.object_lock != null
  force_destroy       = false
  tags                = merge(var.tags, { purpose = each.key })

  lifecycle {
    prevent_destroy = true
  }
}

resource "ionoscloud_s3_bucket_versioning" "this" {
  for_each = var.buckets

  bucket = ionoscloud_s3_bucket.this[each.key].name

  versioning_configuration {
    status = each.value.versioning ? "Enabled" : "Suspended"
  }
}

resource "ionoscloud_s3_bucket_lifecycle_configuration" "this" {
  for_each = var.buckets

  bucket = ionoscloud_s3_bucket.this[each.key].name

  # No filter block: the rules are for the whole bucket. The API drops an empty prefix, which would show as a change in
  # every plan, and the argument prefix does nothing (provider changelog 6.7.9).
  dynamic "rule" {
    for_each = each.value.expire_after_days == null ? {} : { expire = each.value.expire_after_days }

    content {
      id     = rule.key
      status = "Enabled"

      expiration {
        days = rule.value
      }
    }
  }

  rule {
    id     = "old-versions"
    status = "Enabled"

    noncurrent_version_expiration {
      noncurrent_days = each.value.noncurrent_days
    }
  }

  rule {
    id     = "unfinished-uploads"
    status = "Enabled"

    abort_incomplete_multipart_upload {
      days_after_initiation = each.value.abort_multipart_days
    }
  }

  # Versioning leaves a marker for each deleted object; Loki and Mimir delete so many that listings get slow.
  rule {
    id     = "delete-markers"
    status = "Enabled"

    expiration {
      expired_object_delete_marker = true
    }
  }

  depends_on = [ionoscloud_s3_bucket_versioning.this]
}

resource "ionoscloud_s3_bucket_object_lock_configuration" "this" {
  for_each = { for key, bucket in var.buckets : key => bucket if bucket.object_lock != null }

  bucket              = ionoscloud_s3_bucket.this[each.key].name
  object_lock_enabled = "Enabled"

  rule {
    default_retention {
      mode = each.value.object_lock.mode
      days = each.value.object_lock.days
    }
  }

  depends_on = [ionoscloud_s3_bucket_versioning.this]
}
