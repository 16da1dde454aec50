output "cdn_addresses" {
  description = "Public addresses of the CDN distribution: v4 and v6."
  value = {
    v4 = ionoscloud_cdn_distribution.this.public_endpoint_v4
    v6 = ionoscloud_cdn_distribution.this.public_endpoint_v6
  }
}

output "wordpress_host" {
  description = "Name that visitors ask."
  value       = var.hosts.wordpress
}

output "origin_host" {
  description = "Name that the CDN asks."
  value       = var.hosts.origin
}

output "zone_id" {
  description = "UUID of the DNS zone."
  value       = ionoscloud_dns_zone.this.id
}

output "nameservers" {
  description = "Name servers to set at the registrar of the domain."
  value       = ionoscloud_dns_zone.this.nameservers
}

output "certificate_id" {
  description = "UUID of the certificate in use at the CDN and the Application Load Balancer."
  value       = local.certificate_id
}

output "load_balancer_ip" {
  description = "Public address of the origin: the Application Load Balancer's, or loadBalancerIP of the Service."
  value       = local.load_balancer_ip
}

output "exposure" {
  description = "alb-nlb or service-lb: the gateway's Service is NodePort or LoadBalancer accordingly."
  value       = var.exposure
}

output "node_port" {
  description = "NodePort that the gateway's Service must use with alb-nlb."
  value       = var.node_port
}

output "active_origin" {
  description = "Origin that the CDN asks now: primary or standby. Read from the records, so that it is what was applied."
  value       = ionoscloud_dns_record.origin["primary"].enabled ? "primary" : "standby"
}

output "wordpress_ttl" {
  description = "Seconds that resolvers keep the address of the name that visitors ask."
  value       = local.wordpress_ttl
}
