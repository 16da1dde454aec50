variable "name" {
  description = "Prefix of every name in this module, for example plimsoll-dev. A change renames in place what IONOS can rename; node pools cannot be renamed."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,30}[a-z0-9]$", var.name))
    error_message = "name must be 3 to 32 lower-case letters, digits and dashes, start with a letter and not end with a dash, for example plimsoll-dev."
  }
}

variable "location" {
  description = "IONOS location of every resource in this module, for example de/fra. A change replaces them all."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}/[a-z]{3}(/[0-9])?$", var.location))
    error_message = "location must look like de/fra or de/fra/2."
  }
}

variable "datacenter_id" {
  description = "UUID of the virtual data center (output datacenter_id of the network module). A change replaces everything here."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$", var.datacenter_id))
    error_message = "datacenter_id must be a UUID; give the output datacenter_id of the network module."
  }
}

variable "lan_ids" {
  description = "LANs that every node joins: nodes (load balancer, bastion) and data (databases), as numeric text. Changed in place; nodes are rebuilt one by one."
  type = object({
    nodes = string
    data  = string
  })
  nullable = false

  validation {
    condition     = alltrue([for id in values(var.lan_ids) : can(regex("^[0-9]+$", id))])
    error_message = "lan_ids must be LAN numbers such as \"1\"; give the output lan_ids of the network module."
  }
}

variable "nat_ip" {
  description = "Reserved IPv4 address of the gateway that IONOS runs for a private cluster; null for a public one. A change replaces the cluster."
  type        = string
  default     = null

  validation {
    condition     = var.nat_ip == null || can(cidrnetmask("${var.nat_ip}/32"))
    error_message = "nat_ip must be an IPv4 address such as 203.0.113.10; give the output cluster_nat_ip of the network module."
  }
}

variable "node_subnet" {
  description = "IPv4 /16 that a private cluster's nodes use among themselves; null lets IONOS choose. A change replaces the cluster."
  type        = string
  default     = null

  validation {
    condition     = var.node_subnet == null || try(cidrnetmask(var.node_subnet) == "255.255.0.0", false)
    error_message = "node_subnet must be an IPv4 /16 such as 192.168.0.0/16, or null."
  }
}

variable "public" {
  description = "Whether nodes get public addresses. Private (false) is the default; a Service of type LoadBalancer works in public clusters only. A change replaces the cluster."
  type        = bool
  nullable    = false
  default     = false
}

variable "k8s_version" {
  description = "Kubernetes version of the cluster and its pools, major.minor.patch. No default: IONOS retires versions. Upgrades go in place and node by node, downgrades are ignored."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^1\\.[0-9]{2}\\.[0-9]{1,2}$", var.k8s_version))
    error_message = "k8s_version must be a full version such as 1.33.5; see the versions that IONOS offers in the console."
  }
}

variable "api_subnet_allow_list" {
  description = "IPv4 ranges that may reach the API server. Never empty, because IONOS then opens it to everybody. Changed in place."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.api_subnet_allow_list) > 0
    error_message = "api_subnet_allow_list must name at least one range: an empty list opens the API server to the whole internet."
  }

  validation {
    condition     = alltrue([for cidr in var.api_subnet_allow_list : can(cidrnetmask(cidr)) && try(tonumber(split("/", cidr)[1]) >= 16, false)])
    error_message = "api_subnet_allow_list must be IPv4 ranges of /16 or narrower, such as 203.0.113.0/24."
  }
}

variable "audit_bucket" {
  description = "Name of the existing bucket that stores the API server's audit logs. Changed in place."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.audit_bucket))
    error_message = "audit_bucket must be a bucket name: 3 to 63 lower-case letters, digits, dots and dashes."
  }
}

variable "node_pools" {
  description = "Node pools by name. availability_zone, sizes and types cannot change in place: raise generation (or add a second entry with the same az, drain, remove the first). min and max are changed in place. az is the value of the label platform.ionos/az, the key when left out."
  type = map(object({
    availability_zone = string
    min               = number
    max               = number
    generation        = optional(number, 1)
    az                = optional(string)
    cores             = optional(number, 4)
    ram_gb            = optional(number, 16)
    storage_gb        = optional(number, 100)
    storage_type      = optional(string, "SSD")
    server_type       = optional(string, "DedicatedCore")
  }))
  nullable = false
  default = {
    fra-1 = { availability_zone = "ZONE_1", min = 1, max = 3 }
    fra-2 = { availability_zone = "ZONE_2", min = 1, max = 3 }
    fra-3 = { availability_zone = "AUTO", min = 1, max = 3 }
  }

  validation {
    condition     = length(var.node_pools) > 0 && alltrue([for key in keys(var.node_pools) : can(regex("^[a-z][a-z0-9-]{0,20}[a-z0-9]$", key))])
    error_message = "node_pools needs at least one pool, and names of lower-case letters, digits and dashes such as fra-1."
  }

  validation {
    condition     = alltrue([for pool in var.node_pools : contains(["AUTO", "ZONE_1", "ZONE_2"], pool.availability_zone)])
    error_message = "node_pools: availability_zone must be ZONE_1, ZONE_2 or AUTO. IONOS has two compute zones; ZONE_3 exists for volumes only."
  }

  validation {
    condition     = alltrue([for pool in var.node_pools : pool.min >= 1 && pool.min < pool.max && floor(pool.min) == pool.min && floor(pool.max) == pool.max])
    error_message = "node_pools: min and max must be whole numbers, min at least 1 and below max."
  }

  validation {
    condition     = alltrue([for pool in var.node_pools : pool.generation >= 1 && floor(pool.generation) == pool.generation])
    error_message = "node_pools: generation must be a whole number from 1."
  }

  validation {
    condition     = alltrue([for pool in var.node_pools : pool.az == null || can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", pool.az))])
    error_message = "node_pools: az must be a label value such as fra-1."
  }

  validation {
    condition     = alltrue([for pool in var.node_pools : pool.cores >= 1 && pool.ram_gb >= 2 && pool.storage_gb >= 10 && pool.cores == floor(pool.cores) && pool.ram_gb == floor(pool.ram_gb) && pool.storage_gb == floor(pool.storage_gb)])
    error_message = "node_pools: whole numbers, cores from 1, ram_gb from 2, storage_gb from 10."
  }

  validation {
    condition     = alltrue([for pool in var.node_pools : contains(["SSD", "HDD"], pool.storage_type) && contains(["DedicatedCore", "VCPU"], pool.server_type)])
    error_message = "node_pools: storage_type must be SSD or HDD, server_type DedicatedCore or VCPU."
  }
}

variable "maintenance_window" {
  description = "When IONOS may rebuild nodes and upgrade: day (English name) and UTC time such as 03:00:00Z. Changed in place."
  type = object({
    day  = optional(string, "Sunday")
    time = optional(string, "03:00:00Z")
  })
  nullable = false
  default  = {}

  validation {
    condition     = contains(["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"], var.maintenance_window.day)
    error_message = "maintenance_window: day must be an English name of a day such as Sunday."
  }

  validation {
    condition     = can(regex("^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z$", var.maintenance_window.time))
    error_message = "maintenance_window: time must be UTC, such as 03:00:00Z."
  }
}
