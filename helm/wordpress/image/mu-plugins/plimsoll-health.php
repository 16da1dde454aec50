<?php
/**
 * Plugin Name: Plimsoll health
 * Description: GET /wp-json/plimsoll/v1/health for the exporter: how late WP-Cron is, and whether there is an object cache. Closed without the token.
 */
defined( 'ABSPATH' ) || exit;

add_action(
	'rest_api_init',
	static function () {
		register_rest_route(
			'plimsoll/v1',
			'/health',
			array(
				'methods'             => 'GET',
				'permission_callback' => static function ( WP_REST_Request $request ) {
					$token = defined( 'PLIMSOLL_HEALTH_TOKEN' ) ? PLIMSOLL_HEALTH_TOKEN : getenv( 'PLIMSOLL_HEALTH_TOKEN' );
					return is_string( $token ) && '' !== $token && hash_equals( $token, (string) $request->get_header( 'x-plimsoll-token' ) );
				},
				'callback'            => static function () {
					$due = array_keys( _get_cron_array() ?: array() );
					$health = array(
						'cronLagSeconds' => $due ? max( 0, time() - (int) min( $due ) ) : 0,
						'objectCache'    => (bool) wp_using_ext_object_cache(), // null without the drop-in
						'wpVersion'      => get_bloginfo( 'version' ),
					);
					// A CDN may keep for a day what says nothing about caching.
					return new WP_REST_Response( $health, 200, array( 'Cache-Control' => 'no-store' ) );
				},
			)
		);
	}
);
