output "host" {
  description = "DNS name of the primary. It follows a failover, so clients must not keep its address."
  value       = ionoscloud_mariadb_cluster.this.dns_name
}

output "port" {
  description = "TCP port of MariaDB."
  value       = 3306
}

output "username" {
  description = "Name of the database user."
  value       = var.username
}

output "cluster_id" {
  description = "Id of the cluster, for the exporter and for restores."
  value       = ionoscloud_mariadb_cluster.this.id
}

output "cidr" {
  description = "Address of the primary with the LAN's prefix length, for network policies."
  value       = "${local.primary_address}/${local.prefix_length}"
}

output "backup_location" {
  description = "Object Storage region that keeps the backups."
  value       = var.backup_location
}
