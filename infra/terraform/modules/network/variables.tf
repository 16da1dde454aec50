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

variable "description" {
  description = "Text shown beside the virtual data center in the console. Changed in place."
  type        = string
  nullable    = false
  default     = "WordPress platform, managed by Terraform"

  validation {
    condition     = length(var.description) > 0 && length(var.description) <= 128
    error_message = "description must have 1 to 128 characters."
  }
}

variable "nat" {
  description = "Whether the nodes LAN gets a NAT gateway of its own for machines without a public address. Turning it off deletes the gateway and its rules."
  type        = bool
  nullable    = false
  default     = true
}

variable "nat_rules" {
  description = "What machines behind the NAT gateway may reach: protocol and destination port (null for every port). Key is the rule's name. Changed in place."
  type = map(object({
    protocol = string
    port     = optional(number)
  }))
  nullable = false
  default = {
    https   = { protocol = "TCP", port = 443 }
    http    = { protocol = "TCP", port = 80 }
    dns     = { protocol = "UDP", port = 53 }
    dns-tcp = { protocol = "TCP", port = 53 }
    ntp     = { protocol = "UDP", port = 123 }
  }

  validation {
    condition     = alltrue([for rule in var.nat_rules : contains(["TCP", "UDP", "ICMP", "ALL"], rule.protocol)])
    error_message = "nat_rules: protocol must be TCP, UDP, ICMP or ALL."
  }

  validation {
    condition     = alltrue([for rule in var.nat_rules : rule.port == null || try(rule.port >= 1 && rule.port <= 65535 && floor(rule.port) == rule.port, false)])
    error_message = "nat_rules: port must be a whole number from 1 to 65535; leave it out for every port."
  }

  validation {
    condition     = alltrue([for rule in var.nat_rules : rule.port == null || contains(["TCP", "UDP"], rule.protocol)])
    error_message = "nat_rules: only TCP and UDP have ports; leave port out for ICMP and ALL."
  }
}

variable "reserved_ips" {
  description = "Number of reserved public addresses: edge (load balancer), nat (own gateway first, then the private cluster's), bastion. 0 reserves none. A block cannot grow: a change replaces it and its addresses."
  type = object({
    edge    = optional(number, 1)
    nat     = optional(number, 2)
    bastion = optional(number, 1)
  })
  nullable = false
  default  = {}

  validation {
    condition     = alltrue([for size in values(var.reserved_ips) : size >= 0 && size <= 16 && floor(size) == size])
    error_message = "reserved_ips: each number must be whole and from 0 to 16."
  }
}
