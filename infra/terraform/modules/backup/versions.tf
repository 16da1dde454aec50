terraform {
  required_version = ">= 1.11, < 2.0"

  required_providers {
    ionoscloud = {
      source  = "ionos-cloud/ionoscloud"
      version = "~> 6.7.34"
    }
  }
}
