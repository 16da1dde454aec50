# Rules for every module and environment: all rules of the ruleset that is built into tflint, so nothing is downloaded.
# It never switches a rule off. There is no ruleset for IONOS Cloud.
config {
  call_module_type = "local"
}

plugin "terraform" {
  enabled = true
  preset  = "all"
}
