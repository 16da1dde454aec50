variable "name" {
  type        = string
  description = "Prefix of all resources, for example plimsoll-dev. Change later: in place."
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,30}[a-z0-9]$", var.name))
    error_message = "Use 3 to 32 lower-case letters, digits and hyphens, starting with a letter and not ending with a hyphen, for example plimsoll-dev."
  }
}

variable "location" {
  type        = string
  description = "IONOS location of both pipelines, for example de/fra. IONOS has different defaults for the two. Change later: pipelines replaced, with new keys."
  nullable    = false

  validation {
    condition     = contains(["de/fra", "de/fra/2", "de/txl", "es/vit", "gb/bhx", "gb/lhr", "fr/par", "us/mci"], var.location)
    error_message = "Write the location as country/city. IONOS offers the pipelines in de/fra, de/fra/2, de/txl, es/vit, gb/bhx, gb/lhr, fr/par and us/mci."
  }
}

variable "logs" {
  type = map(object({
    source         = string
    protocol       = optional(string, "tcp")
    retention_days = optional(number, 30)
  }))
  description = "Streams of the logging pipeline by tag: what writes the lines, over which protocol they come (tcp for the forward protocol, http for JSON), days to keep them. Change later: in place."
  default = {
    kubernetes = { source = "kubernetes" }
    platform   = { source = "generic", protocol = "http" }
    bastion    = { source = "systemd" }
  }
  nullable = false

  validation {
    condition     = length(var.logs) > 0 && alltrue([for tag in keys(var.logs) : can(regex("^[a-z][a-z0-9]{2,23}$", tag))])
    error_message = "Give at least one stream, and as its tag 3 to 24 lower-case letters and digits, for example kubernetes."
  }

  validation {
    condition     = alltrue([for log in values(var.logs) : contains(["kubernetes", "docker", "systemd", "generic"], log.source)])
    error_message = "Use kubernetes, docker, systemd or generic as source."
  }

  validation {
    condition     = alltrue([for log in values(var.logs) : contains(["tcp", "http"], log.protocol)])
    error_message = "Use tcp or http as protocol."
  }

  validation {
    condition     = alltrue([for log in values(var.logs) : contains([7, 14, 30], log.retention_days)])
    error_message = "IONOS keeps log lines for 7, 14 or 30 days. Use one of these as retention_days; Loki keeps them longer."
  }
}
