variable "name" {
  type        = string
  description = "Prefix of all buckets, for example plimsoll-dev. Change later: every bucket replaced, which prevent_destroy refuses."
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,30}[a-z0-9]$", var.name))
    error_message = "Use 3 to 32 lower-case letters, digits and hyphens, starting with a letter and not ending with a hyphen, for example plimsoll-dev."
  }
}

variable "name_suffix" {
  type        = string
  description = "Put behind every bucket name, since bucket names are unique across all customers of IONOS: the contract number does well. Empty for none. Change later: every bucket replaced."
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^([a-z0-9]{1,12})?$", var.name_suffix))
    error_message = "Use up to 12 lower-case letters and digits without a hyphen, for example 31000000, or an empty text."
  }

  validation {
    condition     = alltrue([for key in keys(var.buckets) : length(join("-", compact([var.name, key, var.name_suffix]))) <= 63])
    error_message = "A bucket's name would be longer than the 63 characters that IONOS takes. Shorten name, name_suffix or the longest key of buckets."
  }
}

variable "region" {
  type        = string
  description = "Object Storage region of all buckets: eu-central-4 is Frankfurt, eu-central-3 Berlin. Must be the provider's s3_region where that is set. Change later: every bucket replaced."
  default     = "eu-central-4"
  nullable    = false

  validation {
    condition     = contains(["eu-central-3", "eu-central-4", "us-central-1"], var.region)
    error_message = "Use eu-central-3, eu-central-4 or us-central-1. The other regions have no versioning, lifecycle, encryption or policy in the provider."
  }
}

variable "buckets" {
  type = map(object({
    versioning           = optional(bool, true)
    expire_after_days    = optional(number)
    noncurrent_days      = optional(number, 30)
    abort_multipart_days = optional(number, 7)
    object_lock = optional(object({
      mode = optional(string, "GOVERNANCE")
      days = number
    }))
    cors = optional(object({
      origins         = set(string)
      methods         = optional(set(string), ["GET", "HEAD"])
      max_age_seconds = optional(number, 3600)
    }))
  }))
  description = "Buckets by purpose. Days: objects expire after expire_after_days (null: never), old versions after noncurrent_days, unfinished uploads after abort_multipart_days; object_lock keeps every version for its days. Change later: in place, but switching object_lock on or off replaces the bucket."
  nullable    = false

  # Loki, Tempo and Mimir delete by their own retention: an expiry below would break their indexes. Old versions of their
  # many short-lived blocks would double the bill, so they go after three days.
  default = {
    media                = { noncurrent_days = 30 }
    backups              = { expire_after_days = 90, noncurrent_days = 31, object_lock = { days = 30 } }
    audit                = { expire_after_days = 400, noncurrent_days = 366, object_lock = { days = 365 } }
    flow-logs            = { expire_after_days = 90, noncurrent_days = 3 }
    logs                 = { noncurrent_days = 3 }
    logs-ruler           = { noncurrent_days = 3 }
    traces               = { noncurrent_days = 3 }
    metrics              = { noncurrent_days = 3 }
    metrics-ruler        = { noncurrent_days = 3 }
    metrics-alertmanager = { noncurrent_days = 3 }
  }

  validation {
    condition     = alltrue([for key in keys(var.buckets) : can(regex("^[a-z][a-z0-9-]{1,18}[a-z0-9]$", key))])
    error_message = "Name each bucket by its purpose in 3 to 20 lower-case letters, digits and hyphens, for example media."
  }

  validation {
    condition = length(setsubtract([
      "media", "backups", "audit", "flow-logs", "logs", "logs-ruler", "traces", "metrics", "metrics-ruler", "metrics-alertmanager",
    ], keys(var.buckets))) == 0
    error_message = "The platform needs the buckets media, backups, audit, flow-logs, logs, logs-ruler, traces, metrics, metrics-ruler and metrics-alertmanager. Add those that are missing; more may be added."
  }

  validation {
    condition = alltrue([
      for bucket in values(var.buckets) : alltrue([
        for days in [bucket.noncurrent_days, bucket.abort_multipart_days, coalesce(bucket.expire_after_days, 1)] : days >= 1 && floor(days) == days
      ])
    ])
    error_message = "Use whole numbers of days, 1 or more, in expire_after_days, noncurrent_days and abort_multipart_days. Leave expire_after_days out to keep objects."
  }

  validation {
    condition     = alltrue([for key in ["backups", "audit"] : try(var.buckets[key].object_lock != null, true)])
    error_message = "The buckets backups and audit need object_lock, so that nobody who gets a key can delete them, for example object_lock = { days = 30 }."
  }

  validation {
    condition = alltrue([
      for bucket in values(var.buckets) : try(
        contains(["GOVERNANCE", "COMPLIANCE"], bucket.object_lock.mode) && bucket.object_lock.days >= 1 && floor(bucket.object_lock.days) == bucket.object_lock.days,
        bucket.object_lock == null,
      )
    ])
    error_message = "Use GOVERNANCE or COMPLIANCE as object_lock.mode and a whole number of days, 1 or more, as object_lock.days."
  }

  validation {
    condition     = alltrue([for bucket in values(var.buckets) : bucket.object_lock == null || bucket.versioning])
    error_message = "Object lock works on versions: set versioning = true for every bucket with object_lock."
  }

  validation {
    condition = alltrue([
      for bucket in values(var.buckets) : try(
        bucket.noncurrent_days > bucket.object_lock.days && coalesce(bucket.expire_after_days, bucket.object_lock.days) >= bucket.object_lock.days,
        bucket.object_lock == null,
      )
    ])
    error_message = "A locked version cannot be deleted: set noncurrent_days above object_lock.days, and expire_after_days not below it."
  }

  # grafana/loki#20088: Loki's uploads lack the checksum that a bucket with object lock demands.
  validation {
    condition     = alltrue([for key in ["logs", "logs-ruler"] : try(var.buckets[key].object_lock == null, true)])
    error_message = "Loki cannot write to a bucket with object lock. Remove object_lock from logs and logs-ruler."
  }

  validation {
    condition = alltrue([
      for bucket in values(var.buckets) : try(
        length(bucket.cors.origins) > 0 &&
        alltrue([for origin in bucket.cors.origins : can(regex("^https://[a-z0-9.-]+$", origin))]) &&
        length(setsubtract(bucket.cors.methods, ["GET", "HEAD", "PUT", "POST", "DELETE"])) == 0 &&
        bucket.cors.max_age_seconds >= 0,
        bucket.cors == null,
      )
    ])
    error_message = "In cors give origins as https://host without a path or wildcard, methods out of GET, HEAD, PUT, POST and DELETE, and max_age_seconds of 0 or more."
  }
}

variable "media_reader_cidrs" {
  type        = set(string)
  description = "Addresses that may read wp-content/uploads/ in the media bucket without a key, which the CDN needs since it has none. IONOS does not publish the CDN's addresses: ask support for them, or use 0.0.0.0/0, as uploads are public by nature. Empty: nobody, and uploads must be served through WordPress. Change later: in place."
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for cidr in var.media_reader_cidrs : can(cidrnetmask(cidr))])
    error_message = "Give IPv4 ranges as address/prefix, for example 198.51.100.0/24 or 0.0.0.0/0."
  }
}

variable "tags" {
  type        = map(string)
  description = "Tags of every bucket, beside the purpose. Change later: in place."
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for key, value in var.tags : can(regex("^[a-zA-Z0-9_.:-]{1,64}$", key)) && length(value) <= 256 && key != "purpose"])
    error_message = "Use up to 64 letters, digits, _ . : and - in a tag's name and up to 256 characters in its value. The tag purpose is set by the module."
  }
}
