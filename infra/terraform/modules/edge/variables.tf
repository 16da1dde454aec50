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

variable "exposure" {
  description = "How traffic reaches the gateway: alb-nlb (Application, then Network Load Balancer; private clusters) or service-lb (the address goes into a Service of type LoadBalancer; public clusters). A change replaces the load balancers."
  type        = string
  nullable    = false
  default     = "alb-nlb"

  validation {
    condition     = contains(["alb-nlb", "service-lb"], var.exposure)
    error_message = "exposure must be alb-nlb or service-lb."
  }
}

variable "lan_ids" {
  description = "LANs as numeric text: frontend (public listener), balancers (between both load balancers), nodes. A change replaces the load balancers."
  type = object({
    frontend  = string
    balancers = string
    nodes     = string
  })
  nullable = false

  validation {
    condition     = alltrue([for id in values(var.lan_ids) : can(regex("^[0-9]+$", id))])
    error_message = "lan_ids must be LAN numbers such as \"1\"; give the output lan_ids of the network module."
  }
}

variable "lan_cidrs" {
  description = "IPv4 ranges of the private LANs balancers and nodes; the load balancers take high host numbers there. Changed in place."
  type = object({
    balancers = string
    nodes     = string
  })
  nullable = false

  validation {
    condition     = alltrue([for cidr in values(var.lan_cidrs) : can(cidrnetmask(cidr)) && try(tonumber(split("/", cidr)[1]) <= 24, false)])
    error_message = "lan_cidrs must be IPv4 ranges of /24 or wider such as 10.7.222.0/24; give the output lan_cidrs of the network module."
  }
}

variable "edge_ips" {
  description = "Reserved public IPv4 addresses; the first one receives the traffic. A change moves the address in place."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.edge_ips) > 0 && alltrue([for ip in var.edge_ips : can(cidrnetmask("${ip}/32"))])
    error_message = "edge_ips must have at least one IPv4 address; give the output edge_ips of the network module."
  }
}

variable "node_private_ips" {
  description = "Private IPv4 addresses of the nodes by pool (output of the kubernetes module). Nodes are rebuilt in every maintenance: apply again then. Changed in place."
  type        = map(list(string))
  nullable    = false
  default     = {}

  validation {
    condition     = alltrue([for ip in flatten(values(var.node_private_ips)) : can(cidrnetmask("${ip}/32"))])
    error_message = "node_private_ips must be IPv4 addresses by pool, such as { fra-1 = [\"10.7.222.11\"] }."
  }
}

variable "node_port" {
  description = "NodePort of the gateway that takes plain HTTP from the load balancer. Changed in place."
  type        = number
  nullable    = false
  default     = 30080

  validation {
    condition     = var.node_port >= 30000 && var.node_port <= 32767 && floor(var.node_port) == var.node_port
    error_message = "node_port must be a whole number from 30000 to 32767, Kubernetes' range of node ports."
  }
}

variable "health_path" {
  description = "Path that answers 200 on the gateway; the Application Load Balancer asks it. Changed in place."
  type        = string
  nullable    = false
  default     = "/healthz"

  validation {
    condition     = can(regex("^/[A-Za-z0-9/._-]*$", var.health_path))
    error_message = "health_path must be a path such as /healthz."
  }
}

variable "zone_name" {
  description = "DNS zone that is kept in IONOS Cloud DNS, for example example.com. A change replaces the zone, which prevent_destroy refuses."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,}$", var.zone_name))
    error_message = "zone_name must be a domain such as example.com, lower case and without a dot at the end."
  }
}

variable "hosts" {
  description = "Names inside the zone: wordpress (what visitors ask, points at the CDN) and origin (what the CDN asks). A change replaces records and certificate."
  type = object({
    wordpress = string
    origin    = string
  })
  nullable = false

  validation {
    condition     = alltrue([for host in values(var.hosts) : can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,}$", host)) && endswith(host, ".${var.zone_name}")])
    error_message = "hosts must be names below zone_name, such as wordpress.example.com in the zone example.com: certificates are issued for names in the zone only."
  }

  validation {
    condition     = var.hosts.wordpress != var.hosts.origin
    error_message = "hosts: origin must differ from wordpress, or the CDN would ask itself."
  }
}

variable "media_bucket_host" {
  description = "Host of the media bucket (output media_host of the storage module), where the CDN fetches uploads; null while the bucket is shut: then WordPress serves them. Changed in place."
  type        = string
  default     = null

  validation {
    condition     = var.media_bucket_host == null || can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,}$", var.media_bucket_host))
    error_message = "media_bucket_host must be a host without scheme and path, such as media.s3.eu-central-3.ionoscloud.com, or null."
  }
}

variable "flow_log_bucket" {
  description = "Existing bucket for the flow logs of both load balancers. A change replaces the load balancers."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.flow_log_bucket))
    error_message = "flow_log_bucket must be a bucket name: 3 to 63 lower-case letters, digits, dots and dashes."
  }
}

variable "active_origin" {
  description = "Which origin the CDN asks: primary (this platform) or standby (standby_address). The failover switch; changed in place, seen by clients after dns_ttl."
  type        = string
  nullable    = false
  default     = "primary"

  validation {
    condition     = contains(["primary", "standby"], var.active_origin)
    error_message = "active_origin must be primary or standby."
  }
}

variable "standby_address" {
  description = "IPv4 address of the standby origin; null when there is none. Changed in place."
  type        = string
  default     = null

  validation {
    condition     = var.standby_address == null || can(cidrnetmask("${var.standby_address}/32"))
    error_message = "standby_address must be an IPv4 address such as 203.0.113.80, or null."
  }
}

variable "dns_ttl" {
  description = "Seconds that resolvers keep the origin's address: how long a failover takes at most. Changed in place."
  type        = number
  nullable    = false
  default     = 60

  validation {
    condition     = var.dns_ttl >= 60 && var.dns_ttl <= 3600 && floor(var.dns_ttl) == var.dns_ttl
    error_message = "dns_ttl must be a whole number of seconds from 60 to 3600."
  }
}

variable "certificate" {
  description = "Automatic certificate: email of the ACME account, ACME directory URL, domain of the authority for the CAA record, key algorithm. A change replaces the certificate."
  type = object({
    email         = string
    server        = optional(string, "https://acme-v02.api.letsencrypt.org/directory")
    ca_domain     = optional(string, "letsencrypt.org")
    key_algorithm = optional(string, "rsa4096")
  })
  nullable = false

  validation {
    condition     = can(regex("^[^@ ]+@[^@ ]+\\.[a-z]{2,}$", var.certificate.email))
    error_message = "certificate: email must be a mail address such as ops@example.com; the authority writes there before a certificate expires."
  }

  validation {
    condition     = can(regex("^https://[^ ]+$", var.certificate.server))
    error_message = "certificate: server must be the https URL of an ACME directory."
  }

  validation {
    condition     = can(regex("^([a-z0-9-]+\\.)+[a-z]{2,}$", var.certificate.ca_domain))
    error_message = "certificate: ca_domain must be the authority's CAA name such as letsencrypt.org."
  }

  validation {
    condition     = contains(["rsa2048", "rsa3072", "rsa4096"], var.certificate.key_algorithm)
    error_message = "certificate: key_algorithm must be rsa2048, rsa3072 or rsa4096."
  }
}

variable "certificate_id" {
  description = "UUID of a certificate that is already in the Certificate Manager, used instead of an automatic one; null for automatic. Changed in place."
  type        = string
  default     = null

  validation {
    condition     = var.certificate_id == null || can(regex("^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$", var.certificate_id))
    error_message = "certificate_id must be a UUID, or null for an automatic certificate."
  }
}

variable "rate_limits" {
  description = "Rate limit classes of the CDN, requests per second and client address: static files, dynamic pages, admin (wp-admin and the login), xmlrpc. Changed in place."
  type = object({
    static  = optional(string, "R250")
    dynamic = optional(string, "R50")
    admin   = optional(string, "R5")
    xmlrpc  = optional(string, "R1")
  })
  nullable = false
  default  = {}

  validation {
    condition     = alltrue([for class in values(var.rate_limits) : contains(["R1", "R5", "R10", "R25", "R50", "R100", "R250", "R500"], class)])
    error_message = "rate_limits must be R1, R5, R10, R25, R50, R100, R250 or R500."
  }

  validation {
    condition     = contains(["R1", "R5", "R10"], var.rate_limits.admin)
    error_message = "rate_limits: admin must be R1, R5 or R10; more lets passwords be guessed quickly."
  }
}

variable "geo_block" {
  description = "Two-letter codes of countries that the CDN turns away; empty for none. Changed in place."
  type        = list(string)
  nullable    = false
  default     = []

  validation {
    condition     = alltrue([for country in var.geo_block : can(regex("^[A-Z]{2}$", country))])
    error_message = "geo_block must be two-letter country codes in capitals, such as [\"KP\"]."
  }
}
