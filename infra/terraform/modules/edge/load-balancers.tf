# Application Load Balancer (TLS ends here) to Network Load Balancer to the gateway's node port. The Network Load
# Balancer gives the first one a stable target; only its own targets change when IONOS rebuilds nodes.

locals {
  node_ips = toset(flatten(values(var.node_private_ips)))

  # IONOS refuses a rule without a target, and a pool under construction has no addresses yet. An address of the
  # LAN in maintenance keeps the apply going; it gets no traffic, and the check below warns.
  nlb_targets = length(local.node_ips) > 0 ? { for ip in local.node_ips : ip => false } : { (cidrhost(var.lan_cidrs.nodes, 211)) = true }
}

resource "ionoscloud_application_loadbalancer" "this" {
  for_each = local.chain

  datacenter_id   = var.datacenter_id
  location        = var.location
  name            = "${var.name}-alb"
  listener_lan    = var.lan_ids.frontend
  ips             = [local.load_balancer_ip]
  target_lan      = var.lan_ids.balancers
  lb_private_ips  = ["${local.alb_private_ip}/${local.balancer_prefix}"]
  central_logging = true

  flowlog {
    name      = "${var.name}-alb"
    action    = "ALL"
    direction = "BIDIRECTIONAL"
    bucket    = var.flow_log_bucket
  }
}

resource "ionoscloud_target_group" "this" {
  for_each = local.chain

  name             = "${var.name}-nlb"
  algorithm        = "ROUND_ROBIN"
  protocol         = "HTTP" # the only one there is: the way to the nodes is plain HTTP in private LANs
  protocol_version = "HTTP1"

  targets {
    ip                   = local.nlb_listener_ip
    port                 = 80
    weight               = 1
    health_check_enabled = true
  }

  health_check {
    check_timeout  = 5000
    check_interval = 10000
    retries        = 3
  }

  http_health_check {
    path       = var.health_path
    method     = "GET"
    match_type = "STATUS_CODE"
    response   = "200"
  }
}

# The schema calls the protocol HTTP; the certificate makes it HTTPS.
resource "ionoscloud_application_loadbalancer_forwardingrule" "https" {
  for_each = local.chain

  datacenter_id               = var.datacenter_id
  application_loadbalancer_id = ionoscloud_application_loadbalancer.this[each.key].id
  location                    = var.location
  name                        = "${var.name}-https"
  protocol                    = "HTTP"
  listener_ip                 = local.load_balancer_ip
  listener_port               = 443
  server_certificates         = [local.certificate_id]

  dynamic "http_rules" {
    for_each = var.hosts

    content {
      name         = "forward-${http_rules.key}"
      type         = "FORWARD"
      target_group = ionoscloud_target_group.this[each.key].id

      conditions {
        type      = "HOST"
        condition = "EQUALS"
        value     = http_rules.value
      }
    }
  }

  # Scanners that ask the bare address never reach the cluster.
  http_rules {
    name             = "refuse-other-hosts"
    type             = "STATIC"
    status_code      = 503
    content_type     = "text/plain"
    response_message = "No such site"
  }
}

resource "ionoscloud_application_loadbalancer_forwardingrule" "http" {
  for_each = local.chain

  datacenter_id               = var.datacenter_id
  application_loadbalancer_id = ionoscloud_application_loadbalancer.this[each.key].id
  location                    = var.location
  name                        = "${var.name}-http"
  protocol                    = "HTTP"
  listener_ip                 = local.load_balancer_ip
  listener_port               = 80

  http_rules {
    name        = "redirect-to-https"
    type        = "REDIRECT"
    status_code = 301
    location    = "https://${var.hosts.wordpress}"
    drop_query  = false
  }
}

resource "ionoscloud_networkloadbalancer" "this" {
  for_each = local.chain

  datacenter_id   = var.datacenter_id
  location        = var.location
  name            = "${var.name}-nlb"
  listener_lan    = var.lan_ids.balancers
  ips             = [local.nlb_listener_ip]
  target_lan      = var.lan_ids.nodes
  lb_private_ips  = ["${local.nlb_private_ip}/${local.nodes_prefix}"]
  central_logging = true

  flowlog {
    name      = "${var.name}-nlb"
    action    = "ALL"
    direction = "BIDIRECTIONAL"
    bucket    = var.flow_log_bucket
  }
}

resource "ionoscloud_networkloadbalancer_forwardingrule" "this" {
  for_each = local.chain

  datacenter_id          = var.datacenter_id
  networkloadbalancer_id = ionoscloud_networkloadbalancer.this[each.key].id
  location               = var.location
  name                   = "${var.name}-gateway"
  algorithm              = "LEAST_CONNECTION"
  protocol               = "TCP"
  listener_ip            = local.nlb_listener_ip
  listener_port          = 80

  dynamic "targets" {
    for_each = local.nlb_targets

    content {
      ip     = targets.key
      port   = var.node_port
      weight = 1

      health_check {
        check          = true # a TCP connect; the HTTP check is the Application Load Balancer's
        check_interval = 2000
        maintenance    = targets.value
      }
    }
  }
}

check "nodes_behind_the_load_balancer" {
  assert {
    condition     = var.exposure != "alb-nlb" || length(local.node_ips) > 0
    error_message = "No node has a private address, so nothing answers behind the load balancers: apply again when the node pools are up, and use exposure = \"service-lb\" with a public cluster."
  }
}
