# Who can reach the buckets and how they are encrypted.
# Only the media bucket can be opened, only for reading uploads, and only to the addresses that were given.

resource "ionoscloud_s3_bucket_server_side_encryption_configuration" "this" {
  for_each = var.buckets

  bucket = ionoscloud_s3_bucket.this[each.key].name

  rule {
    apply_server_side_encryption_by_default {
      # The only algorithm that IONOS has.
      sse_algorithm = "AES256"
    }
  }
}

resource "ionoscloud_s3_bucket_public_access_block" "this" {
  for_each = var.buckets

  bucket             = ionoscloud_s3_bucket.this[each.key].name
  block_public_acls  = true
  ignore_public_acls = true

  # A policy for readers without a key counts as public. Without readers even the media bucket stays shut.
  block_public_policy     = !(each.key == "media" && local.media_open)
  restrict_public_buckets = !(each.key == "media" && local.media_open)
}

resource "ionoscloud_s3_bucket_policy" "media" {
  for_each = local.media_open ? { media = local.bucket_names["media"] } : {}

  bucket = ionoscloud_s3_bucket.this[each.key].name

  # The provider knows the conditions IpAddress, NotIpAddress and two for dates, each as a plain list. It drops any other
  # one without a word, so a Deny on aws:SecureTransport would become a Deny for everybody.
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "ReadUploads"
      Effect    = "Allow"
      Principal = { AWS = "*" }
      Action    = ["s3:GetObject"]
      Resource  = ["arn:aws:s3:::${each.value}/${local.media_prefix}*"]
      Condition = { IpAddress = sort(var.media_reader_cidrs) }
    }]
  })

  depends_on = [ionoscloud_s3_bucket_public_access_block.this]
}

resource "ionoscloud_s3_bucket_cors_configuration" "this" {
  for_each = { for key, bucket in var.buckets : key => bucket if bucket.cors != null }

  bucket = ionoscloud_s3_bucket.this[each.key].name

  cors_rule {
    allowed_origins = each.value.cors.origins
    allowed_methods = each.value.cors.methods
    allowed_headers = ["*"]
    expose_headers  = ["ETag"]
    max_age_seconds = each.value.cors.max_age_seconds
  }
}
