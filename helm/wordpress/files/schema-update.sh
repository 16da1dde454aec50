#!/bin/sh
# Runs in the WordPress image before an upgrade. Fails without the database; a site that is not installed yet needs no update.
# wp-cli says "not installed" and "no database" with the same exit code, so PHP asks the database first.
php -r '
  mysqli_report(MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT);
  new mysqli(getenv("DB_HOST"), getenv("DB_USER"), getenv("DB_PASSWORD"), getenv("DB_NAME"), (int) getenv("DB_PORT"));
'
if wp core is-installed; then
  exec wp core update-db
fi
echo "WordPress is not installed: nothing to update"
