<?php
/**
 * Plugin Name: Platform login limit
 * Description: Slows down who guesses passwords: failed logins of one address in all pods together; then 429 with Retry-After. Locks no account, so nobody can lock out another.
 */
defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/platform/log.php';

/** Failed logins of an address in PLATFORM_LOGIN_WINDOW seconds. Ten are a person who forgot a password, or a small office. */
const PLATFORM_LOGIN_LIMIT  = 10;
const PLATFORM_LOGIN_WINDOW = 300;

// Counted before the password is looked at, so that attempts at the same time count each other; a right one is taken back.
add_filter( 'authenticate', 'platform_login_attempt', 1, 2 );
add_action( 'wp_login', static fn() => platform_login_count( -1 ) );
add_action(
	'wp_login_failed',
	static function ( $user ) {
		// By which an alert finds guessing. WordPress silences notices, so not by trigger_error().
		platform_log( E_USER_NOTICE, 'failed login as ' . substr( sanitize_user( (string) $user ), 0, 60 ) . ' from ' . ( $_SERVER['REMOTE_ADDR'] ?? '' ), __FILE__, __LINE__ );
	}
);
// Application passwords come with each request, so only failures count.
add_action( 'application_password_failed_authentication', static fn() => platform_login_count( 1 ) );
add_filter(
	'rest_authentication_errors',
	static function ( $result ) {
		$sends = isset( $_SERVER['PHP_AUTH_USER'] );
		return $sends && platform_login_count( 0 ) >= PLATFORM_LOGIN_LIMIT ? platform_login_error() : $result;
	},
	1
);

/** Refuses an attempt above the limit. */
function platform_login_attempt( $user, $name ) {
	if ( '' === (string) $name || isset( $_SERVER['PHP_AUTH_USER'] ) || platform_login_count( 1 ) <= PLATFORM_LOGIN_LIMIT ) {
		return $user;
	}
	nocache_headers();
	$error = platform_login_error();
	wp_die( esc_html( $error->get_error_message() ), 'Too many failed logins', array( 'response' => 429 ) );
}

function platform_login_error(): WP_Error {
	if ( ! headers_sent() ) {
		header( 'Retry-After: ' . PLATFORM_LOGIN_WINDOW );
	}
	return new WP_Error( 'too_many_logins', 'Too many failed logins from your address. Try again in five minutes.', array( 'status' => 429 ) );
}

/** What is counted: an address, or for IPv6 the network that one customer has. nginx has put the visitor's address here. */
function platform_login_key(): string {
	$address = (string) inet_pton( $_SERVER['REMOTE_ADDR'] ?? '' );
	return 'platform_login_' . bin2hex( 16 === strlen( $address ) ? substr( $address, 0, 8 ) : $address );
}

/** Adds to the count of this address and returns it: in the object cache, which counts exactly, or in the database while there is none. */
function platform_login_count( int $by ): int {
	$key = platform_login_key();
	if ( wp_using_ext_object_cache() ) {
		wp_cache_add( $key, 0, 'platform', PLATFORM_LOGIN_WINDOW );
		$count = $by < 0 ? wp_cache_decr( $key, -$by, 'platform' ) : wp_cache_incr( $key, $by, 'platform' );
		return (int) $count;
	}
	$until = (int) get_option( '_transient_timeout_' . $key, time() + PLATFORM_LOGIN_WINDOW );
	$count = max( 0, (int) get_transient( $key ) + $by );
	if ( 0 !== $by ) {
		set_transient( $key, $count, max( 1, $until - time() ) );
	}
	return $count;
}
