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
  description = "LANs of the bastion as numeric text: frontend (public), nodes and data (private). A change replaces the NIC."
  type = object({
    frontend = string
    nodes    = string
    data     = string
  })
  nullable = false

  validation {
    condition     = alltrue([for id in values(var.lan_ids) : can(regex("^[0-9]+$", id))])
    error_message = "lan_ids must be LAN numbers such as \"1\"; give the output lan_ids of the network module."
  }
}

variable "lan_cidrs" {
  description = "IPv4 ranges of the private LANs nodes and data; the bastion takes host_number in each. Changed in place."
  type = object({
    nodes = string
    data  = string
  })
  nullable = false

  validation {
    condition     = alltrue([for cidr in values(var.lan_cidrs) : can(cidrnetmask(cidr))])
    error_message = "lan_cidrs must be IPv4 ranges such as 10.7.222.0/24; give the output lan_cidrs of the network module."
  }
}

variable "host_number" {
  description = "Host number of the bastion in both private LANs, so that its private addresses are known beforehand. Changed in place."
  type        = number
  nullable    = false
  default     = 10

  validation {
    condition     = var.host_number >= 4 && var.host_number <= 199 && floor(var.host_number) == var.host_number
    error_message = "host_number must be a whole number from 4 to 199; load balancers use 200 and above."
  }
}

variable "nsg_id" {
  description = "UUID of the bastion's security group (output bastion_nsg_id of the security module). Changed in place."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$", var.nsg_id))
    error_message = "nsg_id must be a UUID; give the output bastion_nsg_id of the security module."
  }
}

variable "ip" {
  description = "Reserved public IPv4 address of the bastion. Changed in place."
  type        = string
  nullable    = false

  validation {
    condition     = can(cidrnetmask("${var.ip}/32"))
    error_message = "ip must be an IPv4 address such as 203.0.113.5; give one of the output bastion_ips of the network module."
  }
}

variable "ssh_keys" {
  description = "Public SSH keys of the administrators. Written at creation only: a change replaces the machine, so add later keys with the Ansible role."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.ssh_keys) > 0 && alltrue([for key in var.ssh_keys : can(regex("^(ssh-ed25519|ecdsa-sha2-nistp(256|384|521)|ssh-rsa|sk-ssh-ed25519@openssh\\.com) [A-Za-z0-9+/=]+( .*)?$", key))])
    error_message = "ssh_keys must have at least one public key such as \"ssh-ed25519 AAAA... name\": the key itself, never a path and never a private key."
  }
}

variable "image" {
  description = "Alias of a public Linux image. The backup agent and SSH keys need a public image. A change replaces the machine."
  type        = string
  nullable    = false
  default     = "debian:12"

  validation {
    condition     = can(regex("^[a-z]+:[a-z0-9.]+$", var.image))
    error_message = "image must be an alias of a public image such as debian:12."
  }
}

variable "size" {
  description = "Size of the machine: cores and ram_gb are changed in place (up), disk_gb grows in place, availability_zone replaces."
  type = object({
    cores             = optional(number, 1)
    ram_gb            = optional(number, 2)
    disk_gb           = optional(number, 20)
    availability_zone = optional(string, "AUTO")
  })
  nullable = false
  default  = {}

  validation {
    condition     = var.size.cores >= 1 && var.size.cores <= 8 && floor(var.size.cores) == var.size.cores
    error_message = "size: cores must be a whole number from 1 to 8."
  }

  validation {
    condition     = var.size.ram_gb >= 1 && var.size.ram_gb <= 32 && floor(var.size.ram_gb) == var.size.ram_gb
    error_message = "size: ram_gb must be a whole number from 1 to 32."
  }

  validation {
    condition     = var.size.disk_gb >= 10 && var.size.disk_gb <= 500 && floor(var.size.disk_gb) == var.size.disk_gb
    error_message = "size: disk_gb must be a whole number from 10 to 500."
  }

  validation {
    condition     = contains(["AUTO", "ZONE_1", "ZONE_2"], var.size.availability_zone)
    error_message = "size: availability_zone must be AUTO, ZONE_1 or ZONE_2."
  }
}

variable "backup_unit_id" {
  description = "UUID of the backup unit that the disk registers with; null for none. Taken at creation only: a change replaces the machine."
  type        = string
  default     = null

  validation {
    condition     = var.backup_unit_id == null || can(regex("^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$", var.backup_unit_id))
    error_message = "backup_unit_id must be a UUID (output backup_unit_id of the backup module), or null."
  }
}
