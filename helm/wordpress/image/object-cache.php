<?php
/**
 * Drop-in: WordPress' object cache in Redis. While Redis does not answer, this file defines nothing: WordPress then takes its own cache, and
 * keeps transients in the database. Never stops a page.
 */
defined( 'ABSPATH' ) || exit;

require_once WP_CONTENT_DIR . '/mu-plugins/platform/redis-link.php';
$platform_redis = platform_redis();
if ( null !== $platform_redis ) {
	require_once ABSPATH . WPINC . '/class-wp-object-cache.php';
	require_once WP_CONTENT_DIR . '/mu-plugins/platform/class-platform-object-cache.php';
	require_once WP_CONTENT_DIR . '/mu-plugins/platform/object-cache-functions.php';
	$GLOBALS['wp_object_cache'] = new Platform_Object_Cache( $platform_redis, 'wp:' . DB_NAME . ':' . $GLOBALS['table_prefix'] );
}
unset( $platform_redis );
