variable "name" {
  type        = string
  description = "Prefix of all resources, for example plimsoll-dev. Change later: unit and bucket replaced, which prevent_destroy refuses."
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,30}[a-z0-9]$", var.name))
    error_message = "Use 3 to 32 lower-case letters, digits and hyphens, starting with a letter and not ending with a hyphen, for example plimsoll-dev."
  }
}

variable "email" {
  type        = string
  description = "Address that gets the backup unit's messages. Change later: in place."
  nullable    = false

  validation {
    condition     = can(regex("^[^@\\s]+@[^@\\s]+\\.[a-zA-Z]{2,}$", var.email))
    error_message = "Give one e-mail address, for example backup@example.com."
  }
}

variable "password" {
  type        = string
  description = "Password with which a backup agent signs in to the unit. It ends up in the state. Change later: in place."
  sensitive   = true
  nullable    = false

  validation {
    condition     = length(var.password) >= 24 && length(regexall("\\s", var.password)) == 0
    error_message = "Use 24 characters or more without blanks, for example the output of: openssl rand -hex 24."
  }
}

variable "primary_region" {
  type        = string
  description = "Object Storage region of the buckets that are copied, the storage module's output region. Only compared with copy_region."
  default     = "eu-central-4"
  nullable    = false

  validation {
    condition     = contains(["eu-central-3", "eu-central-4", "us-central-1"], var.primary_region)
    error_message = "Use eu-central-3, eu-central-4 or us-central-1."
  }
}

variable "copy_region" {
  type        = string
  description = "Object Storage region of the bucket with the copies, another one than primary_region. Change later: bucket replaced, which prevent_destroy refuses."
  default     = "eu-central-3"
  nullable    = false

  validation {
    condition     = contains(["eu-central-3", "eu-central-4", "us-central-1"], var.copy_region)
    error_message = "Use eu-central-3, eu-central-4 or us-central-1. The other regions have no versioning, lifecycle or encryption in the provider."
  }

  validation {
    condition     = var.copy_region != var.primary_region
    error_message = "Copies in the region of the originals are lost with them. Use another region, for example eu-central-3 (Berlin) for originals in eu-central-4 (Frankfurt)."
  }
}

variable "name_suffix" {
  type        = string
  description = "Put behind the bucket name, since bucket names are unique across all customers of IONOS. Empty for none. Change later: bucket replaced."
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^([a-z0-9]{1,12})?$", var.name_suffix))
    error_message = "Use up to 12 lower-case letters and digits without a hyphen, for example 31000000, or an empty text."
  }
}

variable "lock_days" {
  type        = number
  description = "Days for which no version of a copy can be deleted without a special right. Change later: in place, for new versions."
  default     = 30
  nullable    = false

  validation {
    condition     = var.lock_days >= 1 && floor(var.lock_days) == var.lock_days
    error_message = "Use a whole number of days, 1 or more."
  }
}

variable "keep_days" {
  type        = number
  description = "Days after which copies expire. Must be above lock_days. Change later: in place."
  default     = 90
  nullable    = false

  validation {
    condition     = var.keep_days > var.lock_days && floor(var.keep_days) == var.keep_days
    error_message = "Use a whole number of days above lock_days: a locked copy cannot expire."
  }
}
