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

variable "admin_cidrs" {
  description = "IPv4 ranges that may open SSH to the bastion, for example the office's and the VPN's. Changed in place, one rule per range."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.admin_cidrs) > 0 && length(var.admin_cidrs) <= 50
    error_message = "admin_cidrs must have 1 to 50 ranges; without one nobody reaches the bastion (a group holds 100 rules)."
  }

  validation {
    condition     = alltrue([for cidr in var.admin_cidrs : can(cidrnetmask(cidr))])
    error_message = "admin_cidrs must be IPv4 ranges such as 203.0.113.0/24 or 203.0.113.7/32."
  }

  validation {
    condition     = alltrue([for cidr in var.admin_cidrs : try(tonumber(split("/", cidr)[1]) >= 16, false)])
    error_message = "admin_cidrs must be /16 or narrower: SSH is never open to the whole internet. Name your office or VPN range."
  }
}

variable "internal_cidrs" {
  description = "IPv4 ranges of the data center's own LANs; machines there reach each other when the default group applies. Changed in place."
  type        = list(string)
  nullable    = false
  default     = ["10.0.0.0/8"]

  validation {
    condition = length(var.internal_cidrs) > 0 && alltrue([
      for cidr in var.internal_cidrs : can(cidrnetmask(cidr)) && can(regex("^(10\\.|192\\.168\\.|172\\.(1[6-9]|2[0-9]|3[01])\\.)", cidr)) && try(tonumber(split("/", cidr)[1]) >= 8, false)
    ])
    error_message = "internal_cidrs must be private IPv4 ranges (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or parts of them)."
  }
}

variable "bastion_egress" {
  description = "What the bastion may reach: protocol and port (null for every port). Key is the rule's name. Changed in place."
  type = map(object({
    protocol = string
    port     = optional(number)
  }))
  nullable = false
  default = {
    http       = { protocol = "TCP", port = 80 }
    https      = { protocol = "TCP", port = 443 }
    dns        = { protocol = "UDP", port = 53 }
    dns-tcp    = { protocol = "TCP", port = 53 }
    ntp        = { protocol = "UDP", port = 123 }
    mariadb    = { protocol = "TCP", port = 3306 }
    redis      = { protocol = "TCP", port = 6379 }
    kubernetes = { protocol = "TCP", port = 6443 }
  }

  validation {
    condition     = alltrue([for rule in var.bastion_egress : contains(["TCP", "UDP", "ICMP", "ANY"], rule.protocol)])
    error_message = "bastion_egress: protocol must be TCP, UDP, ICMP or ANY."
  }

  validation {
    condition = alltrue([
      for rule in var.bastion_egress : rule.port == null || try(rule.port >= 1 && rule.port <= 65534 && contains(["TCP", "UDP"], rule.protocol), false)
    ])
    error_message = "bastion_egress: port must be 1 to 65534 with TCP or UDP; leave it out for ICMP and ANY."
  }
}

variable "protect_datacenter" {
  description = "Whether the default group also catches each machine that is created later in the data center. Off by default: whether managed Kubernetes nodes obey it is not confirmed."
  type        = bool
  nullable    = false
  default     = false
}
