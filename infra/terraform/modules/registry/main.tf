# Private container registry with one token that pulls (cluster) and one that pushes (build).
# It never writes a token to a file and never gives a token all repositories.

locals {
  token_actions = {
    pull = ["pull"]
    # A push reads layers that are already there.
    push = ["pull", "push"]
  }
}

resource "ionoscloud_container_registry" "this" {
  # Part of a host name, so unique across all customers.
  name                  = join("-", compact([var.name, var.name_suffix]))
  location              = var.location
  api_subnet_allow_list = var.api_subnet_allow_list

  features {
    # Always said: IONOS would switch the paid scanning on for good.
    vulnerability_scanning = var.vulnerability_scanning
  }

  garbage_collection_schedule {
    days = var.garbage_collection.days
    time = var.garbage_collection.time
  }

  lifecycle {
    prevent_destroy = true
  }
}

# Remembers when the tokens were made, so that their end is fixed and does not move with every plan.
resource "terraform_data" "tokens_made" {
  input            = plantimestamp()
  triggers_replace = [var.token_generation]

  lifecycle {
    ignore_changes = [input]
  }
}

resource "ionoscloud_container_registry_token" "this" {
  for_each = local.token_actions

  # The generation is in the name because a name is unique and the new token is made before the old one goes.
  name        = "${var.name}-${each.key}-${var.token_generation}"
  registry_id = ionoscloud_container_registry.this.id
  location    = var.location
  status      = "enabled"
  expiry_date = timeadd(terraform_data.tokens_made.output, "${var.token_valid_days * 24}h")

  dynamic "scopes" {
    for_each = var.repositories

    content {
      type    = "repository"
      name    = scopes.value
      actions = each.value
    }
  }

  lifecycle {
    create_before_destroy = true
    # Without it a token made long ago would get a new end, and keep its secret.
    replace_triggered_by = [terraform_data.tokens_made]
  }
}
