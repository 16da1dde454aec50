<?php
/**
 * WordPress, set up by the environment alone: the same image serves every environment. Holds no secret and is never written.
 */
require_once __DIR__ . '/wp-content/mu-plugins/platform/env.php';
platform_require_env();

define( 'DB_NAME', platform_env( 'DB_NAME' ) );
define( 'DB_USER', platform_env( 'DB_USER' ) );
define( 'DB_PASSWORD', platform_env( 'DB_PASSWORD' ) );
define( 'DB_HOST', platform_env( 'DB_HOST' ) . ':' . platform_env( 'DB_PORT' ) );
define( 'DB_CHARSET', 'utf8mb4' );
define( 'DB_COLLATE', '' );
$table_prefix = 'wp_';

foreach ( array( 'AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE' ) as $platform_key ) {
	define( $platform_key . '_KEY', platform_env( $platform_key . '_KEY' ) );
	define( $platform_key . '_SALT', platform_env( $platform_key . '_SALT' ) );
}

define( 'WP_HOME', platform_env( 'WP_HOME' ) );
define( 'WP_SITEURL', WP_HOME );
// nginx passes the scheme on only from a trusted proxy.
if ( 'https' === ( $_SERVER['PLATFORM_SCHEME'] ?? '' ) ) {
	$_SERVER['HTTPS'] = 'on';
}
define( 'FORCE_SSL_ADMIN', 0 === strpos( WP_HOME, 'https://' ) );

// The root is read-only and every pod is the same: code comes with the image, never from the admin pages.
define( 'DISALLOW_FILE_MODS', true );
define( 'AUTOMATIC_UPDATER_DISABLED', true );
// A CronJob runs it.
define( 'DISABLE_WP_CRON', true );
// Policies drop what leaves for elsewhere; without this an admin page would wait for each timeout.
define( 'WP_HTTP_BLOCK_EXTERNAL', true );
define( 'WP_ACCESSIBLE_HOSTS', platform_env( 'HTTP_ALLOWED_HOSTS' ) );
define( 'WP_DEBUG', false );
define( 'WP_TEMP_DIR', sys_get_temp_dir() );
define( 'WP_POST_REVISIONS', 20 );

if ( ! defined( 'ABSPATH' ) ) {
	define( 'ABSPATH', __DIR__ . '/' );
}
require_once ABSPATH . 'wp-settings.php';
