variable "name" {
  type        = string
  description = "Prefix of all resources, for example plimsoll-dev. Change later: registry replaced, which prevent_destroy refuses."
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,30}[a-z0-9]$", var.name))
    error_message = "Use 3 to 32 lower-case letters, digits and hyphens, starting with a letter and not ending with a hyphen, for example plimsoll-dev."
  }
}

variable "name_suffix" {
  type        = string
  description = "Put behind the registry's name, which is unique across all customers of IONOS. Empty for none. Change later: registry replaced."
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^([a-z0-9]{1,12})?$", var.name_suffix))
    error_message = "Use up to 12 lower-case letters and digits without a hyphen, for example 31000000, or an empty text."
  }
}

variable "location" {
  type        = string
  description = "IONOS location of the registry, for example de/fra. Change later: registry replaced, which prevent_destroy refuses."
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}/[a-z]{3}(/[0-9])?$", var.location))
    error_message = "Write the location as country/city, for example de/fra."
  }

}

variable "vulnerability_scanning" {
  type        = bool
  description = "Whether IONOS scans images for known weaknesses. It costs money, IONOS switches it on if nothing is said, and it cannot be switched off again: decide before the first apply."
  nullable    = false
}

variable "repositories" {
  type        = set(string)
  description = "Repositories that the two tokens may reach, and no others. Change later: in place."
  default     = ["wordpress", "plimsoll"]
  nullable    = false

  validation {
    condition     = length(var.repositories) > 0 && alltrue([for repository in var.repositories : can(regex("^[a-z0-9]+([._/-][a-z0-9]+)*$", repository))])
    error_message = "Name at least one repository in lower-case letters and digits, with . _ / - between them and without a wildcard, for example wordpress."
  }
}

variable "api_subnet_allow_list" {
  type        = list(string)
  description = "IPv4 ranges that may reach the registry, for example the cluster's NAT address and the build machines. Empty: every address, with a token. Change later: in place."
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for cidr in var.api_subnet_allow_list : can(cidrnetmask(cidr)) && !endswith(cidr, "/0")])
    error_message = "Give IPv4 ranges as address/prefix, for example 198.51.100.10/32. For every address leave the list empty."
  }
}

variable "token_valid_days" {
  type        = number
  description = "Days for which both tokens work, counted from their making. Change later: in place."
  default     = 180
  nullable    = false

  validation {
    condition     = var.token_valid_days >= 1 && var.token_valid_days <= 365 && floor(var.token_valid_days) == var.token_valid_days
    error_message = "Use a whole number of days from 1 to 365."
  }
}

variable "token_generation" {
  type        = number
  description = "Raise it by one to replace both tokens: new ones are made first, then the old ones go. Do it before they expire."
  default     = 1
  nullable    = false

  validation {
    condition     = var.token_generation >= 1 && var.token_generation <= 9999 && floor(var.token_generation) == var.token_generation
    error_message = "Use a whole number from 1 to 9999, one more than the last."
  }
}

variable "garbage_collection" {
  type = object({
    days = optional(list(string), ["Sunday"])
    time = optional(string, "04:00:00+00:00")
  })
  description = "When IONOS removes layers that no image uses: days in English, time with its offset from UTC.. Change later: in place."
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.garbage_collection.days) > 0 && length(setsubtract(var.garbage_collection.days, ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"])) == 0
    error_message = "Write at least one day in English with a capital letter, for example [\"Sunday\"]."
  }

  validation {
    condition     = can(regex("^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9][+-][0-9]{2}:[0-9]{2}$", var.garbage_collection.time))
    error_message = "Write the time as HH:MM:SS+00:00, for example 04:00:00+00:00."
  }
}
