variable "name" {
  type        = string
  description = "Prefix of all resources, for example plimsoll-dev. Change later: display name changes in place."
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,30}[a-z0-9]$", var.name))
    error_message = "Use 3 to 32 lower-case letters, digits and hyphens, starting with a letter and not ending with a hyphen, for example plimsoll-dev."
  }
}

variable "location" {
  type        = string
  description = "IONOS location of the cluster, the same as the data center's. Without it IONOS would take de/txl. Change later: cluster replaced, data lost."
  nullable    = false

  validation {
    condition     = contains(["de/fra", "de/txl", "es/vit", "fr/par", "gb/lhr", "us/ewr", "us/las", "us/mci"], var.location)
    error_message = "Write the location as country/city. IONOS offers MariaDB in de/fra, de/txl, es/vit, fr/par, gb/lhr, us/ewr, us/las and us/mci."
  }
}

variable "datacenter_id" {
  type        = string
  description = "Id (UUID) of the virtual data center whose LAN the cluster joins. Change later: in place, the address changes."
  nullable    = false

  validation {
    condition     = can(regex("^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$", var.datacenter_id))
    error_message = "Give the data center's UUID, as the network module's output datacenter_id has it."
  }
}

variable "lan_id" {
  type        = string
  description = "Number of the private data LAN, as text. Change later: in place, the address changes."
  nullable    = false

  validation {
    condition     = can(regex("^[1-9][0-9]*$", var.lan_id))
    error_message = "Give the LAN's number, for example \"3\", as the network module's output lan_ids.data has it."
  }
}

variable "lan_cidr" {
  type        = string
  description = "Address range of the data LAN, for example 10.7.224.0/24. The primary's address is taken from it. Change later: in place, clients lose the connection."
  nullable    = false

  validation {
    condition     = can(cidrhost(var.lan_cidr, 0)) && can(regex("^(10\\.|192\\.168\\.|172\\.(1[6-9]|2[0-9]|3[01])\\.)[0-9.]+/(1[6-9]|2[0-8])$", var.lan_cidr))
    error_message = "Give a private IPv4 range (10/8, 172.16/12 or 192.168/16) with a prefix between /16 and /28, for example 10.7.224.0/24."
  }

  # IONOS uses these ranges itself. Two ranges overlap when their networks are equal under the shorter prefix.
  validation {
    condition = alltrue([
      for reserved in ["10.233.0.0/18", "10.233.64.0/18", "10.233.114.0/24"] : try(
        cidrhost("${split("/", var.lan_cidr)[0]}/${min(split("/", var.lan_cidr)[1], split("/", reserved)[1])}", 0) !=
        cidrhost("${split("/", reserved)[0]}/${min(split("/", var.lan_cidr)[1], split("/", reserved)[1])}", 0),
        false,
      )
    ])
    error_message = "The range overlaps 10.233.0.0/18, 10.233.64.0/18 or 10.233.114.0/24, which IONOS keeps for itself. Use another one, for example 10.7.224.0/24."
  }
}

variable "host_number" {
  type        = number
  description = "Which address of lan_cidr the primary gets, counted from its start. Keep it away from the cache's. Change later: in place, the address changes."
  default     = 250
  nullable    = false

  validation {
    condition     = var.host_number >= 2 && can(cidrhost(var.lan_cidr, var.host_number + 1))
    error_message = "Use a number from 2 up to the size of lan_cidr minus 2: the first address is the gateway's and the last one is broadcast."
  }
}

variable "mariadb_version" {
  type        = string
  description = "MariaDB version as major.minor. The provider cannot list what IONOS offers: look it up before a change. Change later: upgrade in place, no way back."
  default     = "10.6"
  nullable    = false

  validation {
    condition     = can(regex("^1[0-9]\\.[0-9]{1,2}$", var.mariadb_version))
    error_message = "Write the version as major.minor, for example 10.6."
  }
}

variable "instances" {
  type        = number
  description = "Number of instances: one primary, the rest standby. Standbys take over, they do not serve reads. Change later: in place."
  default     = 3
  nullable    = false

  validation {
    condition     = contains([1, 2, 3, 4, 5], var.instances)
    error_message = "Use a whole number from 1 to 5. Use 3 where a failure must not stop the site."
  }
}

variable "cores" {
  type        = number
  description = "CPU cores per instance. Change later: in place, with a switch of the primary."
  default     = 4
  nullable    = false

  validation {
    condition     = var.cores >= 1 && var.cores <= 62 && floor(var.cores) == var.cores
    error_message = "Use a whole number of cores from 1 to 62."
  }
}

variable "ram_gb" {
  type        = number
  description = "Memory per instance in GB. Change later: in place, with a switch of the primary."
  default     = 8
  nullable    = false

  validation {
    condition     = var.ram_gb >= 4 && floor(var.ram_gb) == var.ram_gb
    error_message = "Use a whole number of GB, 4 or more."
  }
}

variable "storage_gb" {
  type        = number
  description = "Storage per instance in GB. Change later: can grow in place, cannot shrink."
  default     = 50
  nullable    = false

  validation {
    condition     = var.storage_gb >= 10 && var.storage_gb <= 2000 && floor(var.storage_gb) == var.storage_gb
    error_message = "Use a whole number of GB from 10 to 2000."
  }
}

variable "username" {
  type        = string
  description = "Name of the first database user. Change later: in place."
  default     = "wordpress"
  nullable    = false

  validation {
    condition     = length(var.username) <= 16 && can(regex("^[a-zA-Z]([a-zA-Z0-9]+_)*[a-zA-Z0-9]+$", var.username))
    error_message = "Use 2 to 16 letters, digits and single underscores, starting with a letter and ending with a letter or digit."
  }

  validation {
    condition     = !contains(["mariadb", "admin", "standby", "root", "mysql"], lower(var.username))
    error_message = "IONOS or MariaDB keeps this name for itself. Use another one, for example wordpress."
  }
}

variable "password" {
  type        = string
  description = "Password of the user. IONOS takes 10 to 63 characters, this module asks for 24 or more. It ends up in the state. Change later: in place."
  sensitive   = true
  nullable    = false

  validation {
    condition     = length(var.password) >= 24 && length(var.password) <= 63 && length(regexall("\\s", var.password)) == 0
    error_message = "Use 24 to 63 characters without blanks, for example the output of: openssl rand -hex 24."
  }
}

variable "backup_location" {
  type        = string
  description = "Object Storage region that keeps the backups and logs for point-in-time recovery. Must be in another city than location. Change later: cluster replaced, data lost."
  default     = "eu-central-3"
  nullable    = false

  validation {
    condition     = contains(keys(local.region_cities), var.backup_location)
    error_message = "Use one of the Object Storage regions de, eu-central-2, eu-central-3, eu-central-4, eu-south-2 and us-central-1."
  }

  validation {
    condition     = lookup(local.region_cities, var.backup_location, "") != lookup(local.location_cities, var.location, "unknown")
    error_message = "The backups would lie in the same city as the database, and be lost with it. Use a region elsewhere, for example eu-central-3 (Berlin) for de/fra or eu-central-4 (Frankfurt) for de/txl."
  }
}

variable "maintenance_window" {
  type = object({
    day  = optional(string, "Sunday")
    time = optional(string, "02:00:00")
  })
  description = "Start of the four hours a week in which IONOS may restart instances: day in English, time in UTC as HH:MM:SS. Change later: in place."
  default     = {}
  nullable    = false

  validation {
    condition     = contains(["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"], var.maintenance_window.day)
    error_message = "Write the day in English with a capital letter, for example Sunday."
  }

  validation {
    condition     = can(regex("^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$", var.maintenance_window.time))
    error_message = "Write the time as HH:MM:SS in UTC, for example 02:00:00."
  }
}
