# The CDN with its web application firewall. The first matching rule wins, so "/" is last; the provider takes 20 rules.

locals {
  # caching = true keeps every answer of 2xx for 24 hours unless the origin says otherwise, pages of logged-in
  # visitors too. So only files are cached, and there is no purge call: file names carry a version.
  cdn_rules = concat(var.media_bucket_host == null ? [] : [
    { prefix = "/wp-content/uploads", host = var.media_bucket_host, caching = true, waf = false, limit = var.rate_limits.static, sni = "origin", scheme = "https" },
    ], [
    { prefix = "/wp-content", host = var.hosts.origin, caching = true, waf = true, limit = var.rate_limits.static, sni = "distribution", scheme = "https" },
    { prefix = "/wp-includes", host = var.hosts.origin, caching = true, waf = true, limit = var.rate_limits.static, sni = "distribution", scheme = "https" },
    { prefix = "/wp-admin", host = var.hosts.origin, caching = false, waf = true, limit = var.rate_limits.admin, sni = "distribution", scheme = "https" },
    { prefix = "/wp-login.php", host = var.hosts.origin, caching = false, waf = true, limit = var.rate_limits.admin, sni = "distribution", scheme = "https" },
    { prefix = "/xmlrpc.php", host = var.hosts.origin, caching = false, waf = true, limit = var.rate_limits.xmlrpc, sni = "distribution", scheme = "https" },
    # Plain HTTP is taken here only: the CDN cannot redirect, the origin answers 301.
    { prefix = "/", host = var.hosts.origin, caching = false, waf = true, limit = var.rate_limits.dynamic, sni = "distribution", scheme = "http/https" },
  ])
}

resource "ionoscloud_cdn_distribution" "this" {
  domain         = var.hosts.wordpress
  certificate_id = local.certificate_id

  dynamic "routing_rules" {
    for_each = local.cdn_rules

    content {
      prefix = routing_rules.value.prefix
      scheme = routing_rules.value.scheme

      upstream {
        host             = routing_rules.value.host
        caching          = routing_rules.value.caching
        waf              = routing_rules.value.waf
        rate_limit_class = routing_rules.value.limit
        sni_mode         = routing_rules.value.sni

        dynamic "geo_restrictions" {
          for_each = length(var.geo_block) == 0 ? [] : [var.geo_block]

          content {
            block_list = geo_restrictions.value
          }
        }
      }
    }
  }
}
