output "cluster_id" {
  description = "UUID of the cluster."
  value       = ionoscloud_k8s_cluster.this.id
}

output "kubeconfig" {
  description = "Kubeconfig of the cluster's administrator. The data source does not mark it as secret, this output does; it is in the state."
  value       = data.ionoscloud_k8s_cluster.this.kube_config
  sensitive   = true
}

output "node_private_ips" {
  description = "Private addresses of the nodes by pool; lists are empty for a public cluster."
  value = {
    for pool, key in local.pool_keys : pool => [
      for node in data.ionoscloud_k8s_node_pool_nodes.this[key].nodes : node.private_ip if node.private_ip != null && node.private_ip != ""
    ]
  }
}

output "node_pool_names" {
  description = "Names of the node pools by pool, with their generation."
  value       = { for pool, key in local.pool_keys : pool => ionoscloud_k8s_node_pool.this[key].name }
}

output "version" {
  description = "Kubernetes version that was asked for."
  value       = ionoscloud_k8s_cluster.this.k8s_version
}
