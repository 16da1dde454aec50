output "plimsoll" {
  description = "What plimsoll init reads to write a first spec: terraform output -json plimsoll > outputs.json"
  value = {
    service       = "wordpress"
    url           = "https://${module.edge.wordpress_host}/"
    origin_url    = "https://${module.edge.origin_host}/"
    database      = { host = module.database.host, port = module.database.port, username = module.database.username }
    cache         = { host = module.cache.host, port = module.cache.port, username = module.cache.username }
    cdn_addresses = [for address in values(module.edge.cdn_addresses) : address if address != null && address != ""]
    dns_ttl       = module.edge.wordpress_ttl
  }
}

output "platform_values" {
  description = "What the Kubernetes part needs and may know, as texts: infra/kubernetes takes it as the ConfigMap platform-values."
  value = {
    environment         = local.name
    wordpress_host      = module.edge.wordpress_host
    origin_host         = module.edge.origin_host
    exposure            = module.edge.exposure
    load_balancer_ip    = module.edge.load_balancer_ip
    node_port           = tostring(module.edge.node_port)
    database_host       = module.database.host
    database_port       = tostring(module.database.port)
    database_user       = module.database.username
    database_cidr       = module.network.lan_cidrs["data"]
    cache_host          = module.cache.host
    cache_port          = tostring(module.cache.port)
    cache_user          = module.cache.username
    cache_cidr          = module.network.lan_cidrs["data"]
    registry_host       = module.registry.hostname
    s3_endpoint         = module.storage.endpoint
    s3_host             = trimprefix(module.storage.endpoint, "https://")
    s3_region           = module.storage.region
    bucket_media        = module.storage.bucket_names["media"]
    bucket_backups      = module.storage.bucket_names["backups"]
    bucket_logs         = module.storage.bucket_names["logs"]
    bucket_logs_ruler   = module.storage.bucket_names["logs-ruler"]
    bucket_traces       = module.storage.bucket_names["traces"]
    bucket_metrics      = module.storage.bucket_names["metrics"]
    bucket_rules        = module.storage.bucket_names["metrics-ruler"]
    bucket_alertmanager = module.storage.bucket_names["metrics-alertmanager"]
    copy_bucket         = module.backup.copy_bucket
    copy_endpoint       = module.backup.copy_endpoint
    copy_region         = module.backup.copy_region
    bastion_private_ip  = module.bastion.private_ip
    nodes_cidr          = module.network.lan_cidrs["nodes"]
    metrics_endpoint    = module.observability.metrics_endpoint
    logs_endpoint       = module.observability.logs_http_endpoint
  }
}

output "platform_secrets" {
  description = "What the Kubernetes part needs as secrets: put them into SOPS files, never into values."
  sensitive   = true
  value = {
    environment            = local.name
    registry_pull_username = module.registry.pull_username
    registry_pull_password = module.registry.pull_password
    metrics_key            = module.observability.metrics_key
    logs_key               = module.observability.logs_key
    object_storage_keys    = module.iam.object_storage_keys
  }
}

output "kubeconfig" {
  description = "Kubeconfig of the cluster's administrator: terraform output -raw kubeconfig > kubeconfig"
  value       = module.kubernetes.kubeconfig
  sensitive   = true
}

output "registry_host" {
  description = "Host of the registry, for the pipeline that builds images."
  value       = module.registry.hostname
}

output "registry_push" {
  description = "User and password of the token that pushes, for the pipeline that builds images."
  sensitive   = true
  value = {
    username = module.registry.push_username
    password = module.registry.push_password
  }
}

output "registry_tokens_expire" {
  description = "When the tokens of the registry stop working."
  value       = module.registry.tokens_expire
}

output "origins" {
  description = "Where WordPress can be asked past the CDN, by side of the failover."
  value = {
    primary = { url = "https://${module.edge.origin_host}/", address = module.edge.load_balancer_ip }
    standby = { url = "https://${module.edge.origin_host}/", address = var.standby_address }
  }
}

output "active_origin" {
  description = "The side that the names lead to now."
  value       = module.edge.active_origin
}

output "nameservers" {
  description = "Name servers to set at the registrar of the domain."
  value       = module.edge.nameservers
}

output "bastion_address" {
  description = "Public address of the bastion, for SSH and for the inventory of Ansible."
  value       = module.bastion.address
}

output "group_ids" {
  description = "Ids of the groups by actor."
  value       = module.iam.group_ids
}
