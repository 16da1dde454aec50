variable "location" {
  description = "IONOS location of everything that has one. A change replaces the platform."
  type        = string
  nullable    = false
  default     = "de/fra"

  validation {
    condition     = contains(["de/fra", "de/txl", "es/vit", "gb/lhr", "fr/par", "us/mci"], var.location)
    error_message = "location must be de/fra, de/txl, es/vit, gb/lhr, fr/par or us/mci: all products of this platform are there."
  }
}

variable "name_suffix" {
  description = "Put behind bucket names, which are unique across all customers of IONOS: the contract number does well. A change replaces every bucket."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9]{4,12}$", var.name_suffix))
    error_message = "name_suffix must be 4 to 12 lower-case letters and digits, for example the contract number 31000000."
  }
}

variable "k8s_version" {
  description = "Kubernetes version, major.minor.patch. IONOS retires versions: look up what is offered. Upgraded in place."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^1\\.[0-9]{2}\\.[0-9]{1,2}$", var.k8s_version))
    error_message = "k8s_version must be a full version such as 1.33.5."
  }
}

variable "admin_cidrs" {
  description = "IPv4 ranges of the people who run the platform: SSH to the bastion and the API of Kubernetes are open to them and to nobody else. Changed in place."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.admin_cidrs) > 0 && alltrue([for cidr in var.admin_cidrs : can(cidrnetmask(cidr)) && try(tonumber(split("/", cidr)[1]) >= 16, false)])
    error_message = "admin_cidrs must be IPv4 ranges of /16 or narrower, for example [\"203.0.113.0/24\"]: your office or VPN, never everybody."
  }
}

variable "ssh_keys" {
  description = "Public SSH keys for the first login to the bastion. A change replaces the machine: add later keys with the Ansible role."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.ssh_keys) > 0 && alltrue([for key in var.ssh_keys : can(regex("^(ssh-|ecdsa-|sk-)[a-z0-9@.-]+ [A-Za-z0-9+/=]+( .*)?$", key))])
    error_message = "ssh_keys must have at least one public key, for example \"ssh-ed25519 AAAA... ada\"."
  }
}

variable "zone_name" {
  description = "DNS zone, kept in IONOS Cloud DNS. Set its name servers (output nameservers) at the registrar. A change replaces the zone."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,}$", var.zone_name))
    error_message = "zone_name must be a domain such as example.com, in lower case and without a dot at the end."
  }
}

variable "hosts" {
  description = "Names in the zone: wordpress is what visitors ask, origin what the CDN asks. A change replaces records and certificate."
  type = object({
    wordpress = string
    origin    = string
  })
  nullable = false

  validation {
    condition     = alltrue([for host in values(var.hosts) : endswith(host, ".${var.zone_name}")])
    error_message = "hosts must be names below zone_name, for example { wordpress = \"wordpress.example.com\", origin = \"origin.example.com\" }."
  }
}

variable "contact_email" {
  description = "Address for the certificate authority and the backup unit. Changed in place."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[^@ ]+@[^@ ]+\\.[a-z]{2,}$", var.contact_email))
    error_message = "contact_email must be a mail address such as ops@example.com."
  }
}

variable "exposure" {
  description = "alb-nlb: private cluster behind both load balancers. service-lb: public nodes, one address, cheaper. A change replaces cluster and load balancers."
  type        = string
  nullable    = false
  default     = "alb-nlb"

  validation {
    condition     = contains(["alb-nlb", "service-lb"], var.exposure)
    error_message = "exposure must be alb-nlb or service-lb."
  }
}

variable "active_origin" {
  description = "Which origin the names lead to. The failover changes it, and pipelines keep what it was: leave it out of terraform.tfvars."
  type        = string
  nullable    = false
  default     = "primary"

  validation {
    condition     = contains(["primary", "standby"], var.active_origin)
    error_message = "active_origin must be primary or standby."
  }

  validation {
    condition     = var.active_origin == "primary" || var.standby_address != null
    error_message = "There is no standby: set standby_address before active_origin = \"standby\"."
  }
}

variable "standby_address" {
  description = "IPv4 address of an origin elsewhere, for the failover; null without one. Changed in place."
  type        = string
  default     = null

  validation {
    condition     = var.standby_address == null || can(cidrnetmask("${var.standby_address}/32"))
    error_message = "standby_address must be an IPv4 address such as 203.0.113.80, or null."
  }
}

variable "certificate_id" {
  description = "UUID of a certificate that is in the Certificate Manager already; null for an automatic one. Changed in place."
  type        = string
  default     = null

  validation {
    condition     = var.certificate_id == null || can(regex("^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$", var.certificate_id))
    error_message = "certificate_id must be a UUID, or null for an automatic certificate."
  }
}

variable "media_reader_cidrs" {
  description = "Who may read uploads in the media bucket without a key: the CDN. IONOS does not publish its addresses: ask support, or use 0.0.0.0/0, as uploads are public. Empty: WordPress serves them. Changed in place."
  type        = set(string)
  nullable    = false
  default     = []

  validation {
    condition     = alltrue([for cidr in var.media_reader_cidrs : can(cidrnetmask(cidr))])
    error_message = "media_reader_cidrs must be IPv4 ranges such as 198.51.100.0/24."
  }
}

variable "vulnerability_scanning" {
  description = "Whether IONOS scans images in the registry: costs money, and cannot be switched off again."
  type        = bool
  nullable    = false
}

variable "members" {
  description = "Ids (UUID) of the users in each group. An administrator makes the users, so that no password is in the state. Changed in place."
  type = object({
    terraform         = optional(set(string), [])
    exporter_readonly = optional(set(string), [])
    dns_only          = optional(set(string), [])
    registry_push     = optional(set(string), [])
    operators         = optional(set(string), [])
    object_storage    = optional(set(string), [])
  })
  nullable = false
  default  = {}

  validation {
    condition     = alltrue([for id in flatten([for users in values(var.members) : tolist(users)]) : can(regex("^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$", id))])
    error_message = "members must be UUIDs of users, not names or addresses."
  }
}

variable "object_storage_users" {
  description = "Users of members.object_storage that get a key, by what uses it: wordpress, loki, tempo, mimir, backup. Changed in place; the key is replaced."
  type        = map(string)
  nullable    = false
  default     = {}

  validation {
    condition     = alltrue([for id in values(var.object_storage_users) : contains(var.members.object_storage, id)])
    error_message = "object_storage_users must be users of members.object_storage."
  }
}

variable "database_password" {
  description = "Password of the database's user: TF_VAR_database_password. It is in the state. Changed in place."
  type        = string
  sensitive   = true
  nullable    = false

  validation {
    condition     = length(var.database_password) >= 24 && length(var.database_password) <= 63
    error_message = "database_password must have 24 to 63 characters, for example: export TF_VAR_database_password=$(openssl rand -hex 24)."
  }
}

variable "cache_password" {
  description = "Password of the cache's user: TF_VAR_cache_password. Its hash is in the state. Changed in place."
  type        = string
  sensitive   = true
  nullable    = false

  validation {
    condition     = length(var.cache_password) >= 24
    error_message = "cache_password must have 24 characters or more, for example: export TF_VAR_cache_password=$(openssl rand -hex 24)."
  }
}

variable "backup_password" {
  description = "Password of the backup unit: TF_VAR_backup_password. It is in the state. Changed in place."
  type        = string
  sensitive   = true
  nullable    = false

  validation {
    condition     = length(var.backup_password) >= 24
    error_message = "backup_password must have 24 characters or more, for example: export TF_VAR_backup_password=$(openssl rand -hex 24)."
  }
}
