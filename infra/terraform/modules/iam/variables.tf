variable "name" {
  type        = string
  description = "Prefix of all resources, for example plimsoll-dev. Change later: groups renamed in place."
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,30}[a-z0-9]$", var.name))
    error_message = "Use 3 to 32 lower-case letters, digits and hyphens, starting with a letter and not ending with a hyphen, for example plimsoll-dev."
  }
}

variable "members" {
  type = object({
    terraform         = optional(set(string), [])
    exporter_readonly = optional(set(string), [])
    dns_only          = optional(set(string), [])
    registry_push     = optional(set(string), [])
    operators         = optional(set(string), [])
    object_storage    = optional(set(string), [])
  })
  description = "Ids (UUID) of the users in each group. Users themselves are made by an administrator, so that no password is in the state. Change later: in place."
  default     = {}
  nullable    = false

  validation {
    condition = alltrue([
      for id in flatten([for users in values(var.members) : tolist(users)]) :
      can(regex("^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$", id))
    ])
    error_message = "Give each user by UUID, as the data source ionoscloud_user has it, not by name or address."
  }

  # A token of a machine must not get more rights by a second group.
  validation {
    condition = length(setintersection(
      setunion(var.members.exporter_readonly, var.members.dns_only, var.members.object_storage),
      setunion(var.members.terraform, var.members.operators, var.members.registry_push),
    )) == 0
    error_message = "A user of exporter_readonly, dns_only or object_storage is also in terraform, operators or registry_push, whose rights are wider. Use a user of its own for each machine."
  }
}

variable "exporter_services" {
  type        = set(string)
  description = "Services that the exporter may see beside the activity log. IONOS has no read-only right for them: each of these lets the exporter's token change things too. Change later: in place."
  default     = []
  nullable    = false

  validation {
    condition     = length(setsubtract(var.exporter_services, ["cdn", "certificates", "dbaas", "dns", "logging", "monitoring", "registry"])) == 0
    error_message = "Use only cdn, certificates, dbaas, dns, logging, monitoring and registry."
  }
}

variable "terraform_manages_groups" {
  type        = bool
  description = "Whether the terraform group may change groups and rights, its own too. Leave it off and apply this module as an administrator. Change later: in place."
  default     = false
  nullable    = false
}

variable "shared_resources" {
  type        = map(string)
  description = "Ids (UUID) of the data center and of the cluster, by the keys datacenter and kubernetes. The exporter may read them, operators may change them. Change later: shares replaced."
  default     = {}
  nullable    = false

  validation {
    condition     = length(setsubtract(keys(var.shared_resources), ["datacenter", "kubernetes"])) == 0
    error_message = "Use only the keys datacenter and kubernetes."
  }

  validation {
    condition     = alltrue([for id in values(var.shared_resources) : can(regex("^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$", id))])
    error_message = "Give each resource by UUID, as the outputs datacenter_id and cluster_id have it."
  }
}

variable "object_storage_users" {
  type        = map(string)
  description = "Ids (UUID) of the users that get an Object Storage key, by what uses it, for example wordpress or loki. Their keys are in the state. Change later: the key is replaced."
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for key in keys(var.object_storage_users) : can(regex("^[a-z][a-z0-9-]{1,22}[a-z0-9]$", key))])
    error_message = "Name each key by what uses it in 3 to 24 lower-case letters, digits and hyphens, for example wordpress."
  }

  validation {
    condition     = alltrue([for id in values(var.object_storage_users) : contains(var.members.object_storage, id)])
    error_message = "IONOS gives keys only to users with the right to use Object Storage: add each user to members.object_storage too."
  }

  validation {
    condition     = length(distinct(values(var.object_storage_users))) == length(var.object_storage_users)
    error_message = "Two entries are the same user. Use a user of its own for each, so that a key can be withdrawn alone."
  }
}
