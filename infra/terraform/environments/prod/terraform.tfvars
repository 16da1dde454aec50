# Yours to change. Secrets are not here: TF_VAR_database_password, TF_VAR_cache_password, TF_VAR_backup_password.
location    = "de/fra"
name_suffix = "31000000"
k8s_version = "1.33.5"

zone_name = "example.com"
hosts = {
  wordpress = "wordpress.example.com"
  origin    = "origin.example.com"
}

contact_email = "ops@example.com"
admin_cidrs   = ["203.0.113.0/24"]
ssh_keys      = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLE ops"]

exposure               = "alb-nlb"
vulnerability_scanning = true
standby_address        = "198.51.100.80"
