# What a plan with the least input has.

mock_provider "ionoscloud" {
  source          = "../../testing/mocks"
  override_during = plan
}

variables {
  name                   = "plimsoll-dev"
  location               = "de/fra"
  vulnerability_scanning = false
}

run "a_registry_that_says_whether_it_scans" {
  command = plan

  assert {
    condition     = ionoscloud_container_registry.this.features[0].vulnerability_scanning == false
    error_message = "Scanning must be what was said: it cannot be switched off later."
  }

  assert {
    condition     = ionoscloud_container_registry.this.name == "plimsoll-dev" && ionoscloud_container_registry.this.location == "de/fra"
    error_message = "Name and location must be those that were given."
  }

  assert {
    condition     = ionoscloud_container_registry.this.garbage_collection_schedule[0].days == tolist(["Sunday"]) && ionoscloud_container_registry.this.garbage_collection_schedule[0].time == "04:00:00+00:00"
    error_message = "Unused layers go on Sunday morning."
  }
}

run "two_tokens_with_scopes" {
  command = plan

  assert {
    condition     = toset(keys(ionoscloud_container_registry_token.this)) == toset(["pull", "push"])
    error_message = "The cluster and the build must not share a token."
  }

  assert {
    condition     = alltrue([for scope in ionoscloud_container_registry_token.this["pull"].scopes : scope.actions == tolist(["pull"]) && scope.type == "repository"])
    error_message = "The cluster's token may only pull."
  }

  assert {
    condition     = alltrue([for scope in ionoscloud_container_registry_token.this["push"].scopes : scope.actions == tolist(["pull", "push"]) && scope.type == "repository"])
    error_message = "The build's token may pull and push, and not delete."
  }

  assert {
    condition     = alltrue([for token in ionoscloud_container_registry_token.this : toset(token.scopes[*].name) == toset(["wordpress", "plimsoll"])])
    error_message = "No token may reach other repositories."
  }

  assert {
    condition     = ionoscloud_container_registry_token.this["push"].name == "plimsoll-dev-push-1" && ionoscloud_container_registry_token.this["push"].status == "enabled" && ionoscloud_container_registry_token.this["push"].location == "de/fra"
    error_message = "A token is named by prefix, purpose and generation, works, and has its location set."
  }

  assert {
    condition     = alltrue([for token in ionoscloud_container_registry_token.this : token.save_password_to_file == null])
    error_message = "No token may be written to a file."
  }
}

run "outputs_for_cluster_and_build" {
  command = plan

  assert {
    condition     = output.hostname == "plimsoll-dev.cr.de-fra.example.com" && output.registry_id == "00000000-0000-4000-8000-000000000104"
    error_message = "Host and id must be the registry's."
  }

  assert {
    condition     = nonsensitive(output.pull_username == "mock-token-user" && output.push_username == "mock-token-user" && output.pull_password == "mock-token-password" && output.push_password == "mock-token-password")
    error_message = "The credentials must be those that IONOS returned."
  }
}

run "scanning_can_be_chosen" {
  command = plan

  variables {
    vulnerability_scanning = true
    api_subnet_allow_list  = ["198.51.100.10/32"]
    token_generation       = 2
  }

  assert {
    condition     = ionoscloud_container_registry.this.features[0].vulnerability_scanning
    error_message = "Scanning must be what was said."
  }

  assert {
    condition     = ionoscloud_container_registry.this.api_subnet_allow_list == tolist(["198.51.100.10/32"])
    error_message = "Only the given addresses may reach the registry."
  }

  assert {
    condition     = ionoscloud_container_registry_token.this["pull"].name == "plimsoll-dev-pull-2"
    error_message = "A new generation has new names."
  }
}
