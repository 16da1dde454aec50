# Which group may see or change the data center and the cluster.
# The six shares wait for each other: IONOS answers with an error when several are made at the same time.

resource "ionoscloud_share" "exporter_datacenter" {
  for_each = { for key, id in var.shared_resources : key => id if key == "datacenter" }

  group_id        = ionoscloud_group.this["exporter_readonly"].id
  resource_id     = each.value
  edit_privilege  = false
  share_privilege = false
}

resource "ionoscloud_share" "exporter_kubernetes" {
  for_each = { for key, id in var.shared_resources : key => id if key == "kubernetes" }

  group_id        = ionoscloud_group.this["exporter_readonly"].id
  resource_id     = each.value
  edit_privilege  = false
  share_privilege = false

  depends_on = [ionoscloud_share.exporter_datacenter]
}

resource "ionoscloud_share" "operators_datacenter" {
  for_each = { for key, id in var.shared_resources : key => id if key == "datacenter" }

  group_id        = ionoscloud_group.this["operators"].id
  resource_id     = each.value
  edit_privilege  = true
  share_privilege = false

  depends_on = [ionoscloud_share.exporter_kubernetes]
}

resource "ionoscloud_share" "operators_kubernetes" {
  for_each = { for key, id in var.shared_resources : key => id if key == "kubernetes" }

  group_id        = ionoscloud_group.this["operators"].id
  resource_id     = each.value
  edit_privilege  = true
  share_privilege = false

  depends_on = [ionoscloud_share.operators_datacenter]
}

resource "ionoscloud_share" "terraform_datacenter" {
  for_each = { for key, id in var.shared_resources : key => id if key == "datacenter" }

  group_id        = ionoscloud_group.this["terraform"].id
  resource_id     = each.value
  edit_privilege  = true
  share_privilege = false

  depends_on = [ionoscloud_share.operators_kubernetes]
}

resource "ionoscloud_share" "terraform_kubernetes" {
  for_each = { for key, id in var.shared_resources : key => id if key == "kubernetes" }

  group_id        = ionoscloud_group.this["terraform"].id
  resource_id     = each.value
  edit_privilege  = true
  share_privilege = false

  depends_on = [ionoscloud_share.terraform_datacenter]
}
