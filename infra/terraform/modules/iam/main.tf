# One group for each actor, with the rights that it needs and no others.
# It never makes users, never gives a group all rights, and never stores data about users.

locals {
  # Rights by actor. What is not named here is false.
  privileges = {
    terraform = concat([
      "create_datacenter", "create_internet_access", "reserve_ip", "create_flow_log", "create_network_security_groups",
      "create_k8s_cluster", "create_backup_unit", "s3_privilege", "manage_dbaas", "manage_registry",
      "access_and_manage_dns", "access_and_manage_cdn", "access_and_manage_certificates",
      "access_and_manage_logging", "access_and_manage_monitoring",
    ], var.terraform_manages_groups ? ["access_and_manage_iam_resources"] : [])

    # What the exporter reads of the data center and the cluster comes by shares, which can be read-only.
    exporter_readonly = concat(["access_activity_log"], [for service in var.exporter_services : local.service_privileges[service]])

    # For cert-manager's DNS challenge.
    dns_only = ["access_and_manage_dns"]

    # For renewing registry tokens. Pushing an image needs only the registry module's push token, and no user.
    registry_push = ["manage_registry"]

    # Reading what happened, and the DNS failover by hand.
    operators = ["access_activity_log", "access_and_manage_dns", "access_and_manage_monitoring", "access_and_manage_logging"]

    # For the users behind Object Storage keys.
    object_storage = ["s3_privilege"]
  }

  service_privileges = {
    cdn          = "access_and_manage_cdn"
    certificates = "access_and_manage_certificates"
    dbaas        = "manage_dbaas"
    dns          = "access_and_manage_dns"
    logging      = "access_and_manage_logging"
    monitoring   = "access_and_manage_monitoring"
    registry     = "manage_registry"
  }
}

resource "ionoscloud_group" "this" {
  for_each = local.privileges

  name     = "${var.name}-${replace(each.key, "_", "-")}"
  user_ids = var.members[each.key]
  # The provider would write names and addresses of all members into the state.
  get_users_data = false

  # Every right is said, so that one which was given by hand shows up in the next plan.
  access_activity_log                    = contains(each.value, "access_activity_log")
  access_and_manage_ai_model_hub         = contains(each.value, "access_and_manage_ai_model_hub")
  access_and_manage_api_gateway          = contains(each.value, "access_and_manage_api_gateway")
  access_and_manage_cdn                  = contains(each.value, "access_and_manage_cdn")
  access_and_manage_certificates         = contains(each.value, "access_and_manage_certificates")
  access_and_manage_dns                  = contains(each.value, "access_and_manage_dns")
  access_and_manage_iam_resources        = contains(each.value, "access_and_manage_iam_resources")
  access_and_manage_kaas                 = contains(each.value, "access_and_manage_kaas")
  access_and_manage_logging              = contains(each.value, "access_and_manage_logging")
  access_and_manage_monitoring           = contains(each.value, "access_and_manage_monitoring")
  access_and_manage_network_file_storage = contains(each.value, "access_and_manage_network_file_storage")
  access_and_manage_vpn                  = contains(each.value, "access_and_manage_vpn")
  create_backup_unit                     = contains(each.value, "create_backup_unit")
  create_datacenter                      = contains(each.value, "create_datacenter")
  create_flow_log                        = contains(each.value, "create_flow_log")
  create_internet_access                 = contains(each.value, "create_internet_access")
  create_k8s_cluster                     = contains(each.value, "create_k8s_cluster")
  create_network_security_groups         = contains(each.value, "create_network_security_groups")
  create_pcc                             = contains(each.value, "create_pcc")
  create_snapshot                        = contains(each.value, "create_snapshot")
  manage_dataplatform                    = contains(each.value, "manage_dataplatform")
  manage_dbaas                           = contains(each.value, "manage_dbaas")
  manage_registry                        = contains(each.value, "manage_registry")
  reserve_ip                             = contains(each.value, "reserve_ip")
  s3_privilege                           = contains(each.value, "s3_privilege")
}
