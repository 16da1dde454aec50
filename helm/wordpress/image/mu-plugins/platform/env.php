<?php
/**
 * The variables of a container, and one clear error for all that are missing. Loads nothing of WordPress; shows no value.
 */
require_once __DIR__ . '/log.php';

/** Variables without which WordPress cannot work. CACHE_USER and CACHE_PASSWORD may be empty: the default user, no password. */
const PLATFORM_NEEDED = array(
	'WP_HOME', 'DB_HOST', 'DB_PORT', 'DB_NAME', 'DB_USER', 'DB_PASSWORD', 'CACHE_HOST', 'CACHE_PORT',
	'S3_ENDPOINT', 'S3_REGION', 'S3_BUCKET', 'S3_ACCESS_KEY', 'S3_SECRET_KEY', 'CDN_URL',
	'AUTH_KEY', 'SECURE_AUTH_KEY', 'LOGGED_IN_KEY', 'NONCE_KEY', 'AUTH_SALT', 'SECURE_AUTH_SALT', 'LOGGED_IN_SALT', 'NONCE_SALT',
);

/** Value of a variable; an empty text if it is not set. */
function platform_env( string $name ): string {
	return (string) getenv( $name );
}

/** Ends the request with 500, and with a line in the log that names every variable that is missing or cannot be right. */
function platform_require_env(): void {
	$wrong = array();
	foreach ( PLATFORM_NEEDED as $name ) {
		if ( '' === platform_env( $name ) ) {
			$wrong[] = "$name is missing";
		}
	}
	foreach ( array( 'DB_PORT', 'CACHE_PORT' ) as $name ) {
		if ( '' !== platform_env( $name ) && ! ctype_digit( platform_env( $name ) ) ) {
			$wrong[] = "$name is not a port";
		}
	}
	foreach ( array( 'WP_HOME', 'S3_ENDPOINT', 'CDN_URL' ) as $name ) {
		if ( '' !== platform_env( $name ) && ! preg_match( '{^https?://[^/\s]+}', platform_env( $name ) ) ) {
			$wrong[] = "$name is not a URL";
		}
	}
	if ( array() === $wrong ) {
		return;
	}
	$message = 'WordPress cannot start: ' . implode( ', ', $wrong ) . '. See "What the image must provide" in the README of the chart.';
	if ( 'cli' === PHP_SAPI ) {
		fwrite( STDERR, $message . "\n" );
		exit( 1 );
	}
	platform_log( E_USER_WARNING, $message, __FILE__, __LINE__ );
	http_response_code( 500 );
	header( 'Content-Type: text/plain; charset=utf-8' );
	header( 'Cache-Control: no-store' );
	echo "WordPress cannot start: its environment is incomplete. The log says what is missing.\n";
	exit( 1 );
}
