# When tokens end, counted from their making.

mock_provider "ionoscloud" {
  source          = "../../testing/mocks"
  override_during = plan
}

variables {
  name                   = "plimsoll-dev"
  location               = "de/fra"
  vulnerability_scanning = false
}

run "tokens_of_half_a_year" {
  command = plan

  override_resource {
    target          = terraform_data.tokens_made
    override_during = plan
    values = {
      output = "2099-01-01T00:00:00Z"
    }
  }

  assert {
    condition     = output.tokens_expire == "2099-06-30T00:00:00Z" && ionoscloud_container_registry_token.this["push"].expiry_date == "2099-06-30T00:00:00Z"
    error_message = "Both tokens must end 180 days after they were made."
  }
}

run "tokens_of_a_week" {
  command = plan

  variables {
    token_valid_days = 7
  }

  override_resource {
    target          = terraform_data.tokens_made
    override_during = plan
    values = {
      output = "2099-01-01T00:00:00Z"
    }
  }

  assert {
    condition     = output.tokens_expire == "2099-01-08T00:00:00Z"
    error_message = "The end must follow token_valid_days."
  }
}
