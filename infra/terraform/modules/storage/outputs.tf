output "bucket_names" {
  description = "Names of the buckets by purpose."
  value       = { for key, bucket in ionoscloud_s3_bucket.this : key => bucket.name }
}

output "region" {
  description = "Object Storage region of all buckets."
  value       = var.region
}

output "endpoint" {
  description = "Address of the S3 API, always with TLS."
  value       = "https://s3.${var.region}.ionoscloud.com"
}

output "media_host" {
  description = "Host of the media bucket, as the CDN's upstream."
  value       = "${ionoscloud_s3_bucket.this["media"].name}.s3.${var.region}.ionoscloud.com"
}

output "media_open" {
  description = "Whether the CDN can read uploads from the bucket. When false, it must get them from WordPress."
  value       = local.media_open
}
