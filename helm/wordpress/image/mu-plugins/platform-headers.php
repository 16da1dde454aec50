<?php
/**
 * Plugin Name: Platform headers
 * Description: Server-Timing, no versions in pages, no XML-RPC and no pingbacks. The other security headers come from nginx, which sends them with files too.
 */
defined( 'ABSPATH' ) || exit;

// XML-RPC lets one request try hundreds of passwords. nginx refuses the file; this shuts it for every other way in.
add_filter( 'xmlrpc_enabled', '__return_false' );
add_filter( 'xmlrpc_methods', '__return_empty_array' );
add_filter( 'pings_open', '__return_false', 99 );
add_filter(
	'wp_headers',
	static function ( array $headers ): array {
		unset( $headers['X-Pingback'] );
		return $headers;
	}
);
remove_action( 'wp_head', 'rsd_link' );
remove_action( 'wp_head', 'wlwmanifest_link' );

// SHOW_VERSION=1 is for a site whose version is watched from outside: Plimsoll's probe reads it from the page when it has no token.
if ( '1' !== getenv( 'SHOW_VERSION' ) ) {
	add_filter( 'the_generator', '__return_empty_string' );
	add_filter( 'style_loader_src', 'platform_hide_version' );
	add_filter( 'script_loader_src', 'platform_hide_version' );
}
header_remove( 'X-Powered-By' );

/** Replaces the version of WordPress at the end of a file's address by another text that changes with it: caches still see an update. */
function platform_hide_version( $src ) {
	$version = get_bloginfo( 'version' );
	$instead = substr( hash_hmac( 'sha256', $version, AUTH_SALT ), 0, 8 );
	return is_string( $src ) ? preg_replace( '/([?&](?:ver=)?)' . preg_quote( $version, '/' ) . '(?=$|&)/', '${1}' . $instead, $src ) : $src;
}

// Just before the first byte, whatever sends it: page, REST, login. Nothing is buffered, so what comes after is not in it.
header_register_callback(
	static function () {
		global $wpdb;
		$dur = ( microtime( true ) - (float) $_SERVER['REQUEST_TIME_FLOAT'] ) * 1000;
		header( sprintf( 'Server-Timing: php;dur=%.1f;desc="until the first byte"', $dur ), false );
		if ( $wpdb instanceof wpdb ) {
			header( sprintf( 'Server-Timing: db;desc="%d queries"', $wpdb->num_queries ), false );
		}
	}
);
