# Values that only the cloud can say, for terraform test. Literals of the form that the provider demands:
# UUIDs, LAN ids as numeric text, documentation addresses.

mock_resource "ionoscloud_datacenter" {
  defaults = { id = "00000000-0000-4000-8000-000000000001" }
}

mock_resource "ionoscloud_lan" {
  defaults = { id = "1", ipv4_cidr_block = "10.7.222.0/24" }
}

mock_resource "ionoscloud_ipblock" {
  defaults = { id = "00000000-0000-4000-8000-000000000002", ips = ["198.51.100.10", "198.51.100.11"] }
}

mock_resource "ionoscloud_natgateway" {
  defaults = { id = "00000000-0000-4000-8000-000000000003" }
}

mock_resource "ionoscloud_natgateway_rule" {
  defaults = { id = "00000000-0000-4000-8000-000000000004" }
}

mock_resource "ionoscloud_nsg" {
  defaults = { id = "00000000-0000-4000-8000-000000000005" }
}

mock_resource "ionoscloud_nsg_firewallrule" {
  defaults = { id = "00000000-0000-4000-8000-000000000006" }
}

mock_resource "ionoscloud_datacenter_nsg_selection" {
  defaults = { id = "00000000-0000-4000-8000-000000000007" }
}

mock_resource "ionoscloud_k8s_cluster" {
  defaults = {
    id                        = "00000000-0000-4000-8000-000000000008"
    node_subnet               = "10.220.0.0/16"
    viable_node_pool_versions = ["1.33.5", "1.34.2"]
  }
}

mock_resource "ionoscloud_k8s_node_pool" {
  defaults = { id = "00000000-0000-4000-8000-000000000009" }
}

mock_data "ionoscloud_k8s_cluster" {
  defaults = { kube_config = "apiVersion: v1" }
}

mock_data "ionoscloud_k8s_node_pool_nodes" {
  defaults = {
    nodes = [{
      id          = "00000000-0000-4000-8000-00000000000a"
      k8s_version = "1.33.5"
      name        = "node-1"
      private_ip  = "10.7.222.21"
      public_ip   = ""
    }]
  }
}

mock_resource "ionoscloud_cdn_distribution" {
  defaults = {
    id                 = "00000000-0000-4000-8000-00000000000b"
    public_endpoint_v4 = "198.51.100.20"
    public_endpoint_v6 = "2001:db8::20"
  }
}

mock_resource "ionoscloud_dns_zone" {
  defaults = { id = "00000000-0000-4000-8000-00000000000c", nameservers = ["ns1.example.net", "ns2.example.net"] }
}

mock_resource "ionoscloud_dns_record" {
  defaults = { id = "00000000-0000-4000-8000-00000000000d" }
}

mock_resource "ionoscloud_auto_certificate_provider" {
  defaults = { id = "00000000-0000-4000-8000-00000000000e" }
}

mock_resource "ionoscloud_auto_certificate" {
  defaults = {
    id                         = "00000000-0000-4000-8000-00000000000f"
    last_issued_certificate_id = "00000000-0000-4000-8000-000000000010"
  }
}

mock_resource "ionoscloud_application_loadbalancer" {
  defaults = { id = "00000000-0000-4000-8000-000000000011" }
}

mock_resource "ionoscloud_application_loadbalancer_forwardingrule" {
  defaults = { id = "00000000-0000-4000-8000-000000000012" }
}

mock_resource "ionoscloud_target_group" {
  defaults = { id = "00000000-0000-4000-8000-000000000013" }
}

mock_resource "ionoscloud_networkloadbalancer" {
  defaults = { id = "00000000-0000-4000-8000-000000000014" }
}

mock_resource "ionoscloud_networkloadbalancer_forwardingrule" {
  defaults = { id = "00000000-0000-4000-8000-000000000015" }
}

mock_resource "ionoscloud_vcpu_server" {
  defaults = { id = "00000000-0000-4000-8000-000000000016" }
}

mock_resource "ionoscloud_nic" {
  defaults = { id = "00000000-0000-4000-8000-000000000017" }
}
