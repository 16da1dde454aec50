# The certificate of CDN and Application Load Balancer. A renewal changes last_issued_certificate_id, which reaches
# both at the next apply: the nightly drift run has to apply, or the old certificate is served until it expires.

resource "ionoscloud_auto_certificate_provider" "this" {
  for_each = local.automatic

  name     = "${var.name}-acme"
  location = var.location
  email    = var.certificate.email
  server   = var.certificate.server
}

resource "ionoscloud_auto_certificate" "this" {
  for_each = local.automatic

  provider_id               = ionoscloud_auto_certificate_provider.this[each.key].id
  name                      = "${var.name}-edge"
  location                  = var.location
  common_name               = var.hosts.wordpress
  subject_alternative_names = [var.hosts.origin]
  key_algorithm             = var.certificate.key_algorithm

  # The authority asks for records in the zone, and reads the CAA records before it issues.
  depends_on = [ionoscloud_dns_zone.this, ionoscloud_dns_record.caa]
}
