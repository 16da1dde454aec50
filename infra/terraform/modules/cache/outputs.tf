output "host" {
  description = "DNS name of the primary. It follows a failover, so clients must not keep its address."
  value       = ionoscloud_inmemorydb_cluster_v2.this.dns_name
}

output "port" {
  description = "TCP port of the cache."
  value       = 6379
}

output "username" {
  description = "Name of the cache user."
  value       = var.username
}

output "cluster_id" {
  description = "Id of the cluster, for the exporter and for restores."
  value       = ionoscloud_inmemorydb_cluster_v2.this.id
}

output "cidr" {
  description = "Address of the primary with the LAN's prefix length, for network policies."
  value       = "${local.primary_address}/${local.prefix_length}"
}

output "snapshot_location" {
  description = "Object Storage region that keeps the snapshots."
  value       = var.snapshot.location
}
