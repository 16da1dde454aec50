# The zone and its records. Cloud DNS has no health checks: a failover is the switch active_origin, thrown by an
# apply that an alert starts.

locals {
  # The address of the CDN does not change in a failover.
  wordpress_ttl = 300

  labels = { for role, host in var.hosts : role => trimsuffix(host, ".${var.zone_name}") }

  origins = merge(
    { primary = local.load_balancer_ip },
    var.standby_address == null ? {} : { standby = var.standby_address },
  )
}

resource "ionoscloud_dns_zone" "this" {
  name        = var.zone_name
  description = "Zone of ${var.name}, managed by Terraform"
  enabled     = true

  lifecycle {
    prevent_destroy = true
  }
}

resource "ionoscloud_dns_record" "wordpress" {
  for_each = {
    A    = ionoscloud_cdn_distribution.this.public_endpoint_v4
    AAAA = ionoscloud_cdn_distribution.this.public_endpoint_v6
  }

  zone_id = ionoscloud_dns_zone.this.id
  name    = local.labels.wordpress
  type    = each.key
  content = each.value
  ttl     = local.wordpress_ttl
  enabled = true
}

# Two records of one name; only the active one is enabled. The CDN serves stale files while nothing answers.
resource "ionoscloud_dns_record" "origin" {
  for_each = local.origins

  zone_id = ionoscloud_dns_zone.this.id
  name    = local.labels.origin
  type    = "A"
  content = each.value
  ttl     = var.dns_ttl
  enabled = each.key == var.active_origin

  lifecycle {
    precondition {
      condition     = var.active_origin == "primary" || var.standby_address != null
      error_message = "active_origin = \"standby\" needs standby_address, else the origin has no address at all."
    }
  }
}

# Only the named authority may issue certificates for the names. A certificate of one's own may come from another one.
resource "ionoscloud_dns_record" "caa" {
  for_each = var.certificate_id == null ? local.labels : {}

  zone_id = ionoscloud_dns_zone.this.id
  name    = each.value
  type    = "CAA"
  content = "0 issue \"${var.certificate.ca_domain}\""
  ttl     = 3600
  enabled = true
}
