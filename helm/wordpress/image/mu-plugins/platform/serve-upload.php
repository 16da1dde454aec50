<?php
/**
 * GET /wp-content/uploads/…: an upload out of the bucket, for the time in which the CDN may not read there itself. nginx runs this file by
 * itself; WordPress is not loaded, nothing is kept in memory, and only uploads can be had.
 */
require_once __DIR__ . '/s3.php';
platform_require_env();

/** What a visitor or a cache may ask for, and what the bucket's answer may say. */
const PLATFORM_UPLOAD_ASKED = array( 'range', 'if-range', 'if-none-match', 'if-modified-since' );
const PLATFORM_UPLOAD_TOLD  = array( 'content-type', 'content-length', 'content-range', 'accept-ranges', 'etag', 'last-modified', 'cache-control' );

/** Sends status and headers, once. */
function platform_upload_begin( int $status, array $headers ): void {
	http_response_code( $status );
	foreach ( array_intersect_key( $headers, array_flip( PLATFORM_UPLOAD_TOLD ) ) as $name => $value ) {
		header( "$name: $value" );
	}
}

$path = rawurldecode( (string) parse_url( 'http://x' . ( $_SERVER['REQUEST_URI'] ?? '' ), PHP_URL_PATH ) );
$key  = ltrim( $path, '/' );
if ( 0 !== strpos( $key, 'wp-content/uploads/' ) || preg_match( '{(^|/)\.\.?(/|$)|/$|[\x00-\x1f]}', $key ) ) {
	http_response_code( 404 );
	exit;
}
$asked = array();
foreach ( PLATFORM_UPLOAD_ASKED as $name ) {
	$value = $_SERVER[ 'HTTP_' . strtoupper( strtr( $name, '-', '_' ) ) ] ?? '';
	if ( '' !== $value ) {
		$asked[ $name ] = $value;
	}
}
$begun = false;
$send  = static function ( int $status, array $headers, string $piece ) use ( &$begun ): void {
	if ( ! $begun ) {
		platform_upload_begin( $status, $headers );
		$begun = true;
	}
	echo $piece;
	flush();
};
$answer = platform_s3( 'HEAD' === $_SERVER['REQUEST_METHOD'] ? 'HEAD' : 'GET', $key, $asked, array(), null, $send );
if ( $begun ) {
	if ( '' !== $answer['error'] ) {
		platform_s3_failed( 'rest', $key, $answer['error'] );
	}
	exit;
}
header( 'Content-Type: text/plain; charset=utf-8' );
if ( in_array( $answer['status'], array( 200, 206, 304, 412, 416 ), true ) ) {
	platform_upload_begin( $answer['status'], $answer['headers'] );
} elseif ( in_array( $answer['status'], array( 403, 404 ), true ) ) {
	// Without the right to list, a bucket says 403 of what is not there.
	http_response_code( 404 );
	header( 'Cache-Control: public, max-age=60' );
	echo "There is no such upload.\n";
} else {
	platform_s3_failed( 'GET', $key, $answer['error'] );
	http_response_code( 502 );
	header( 'Cache-Control: no-store' );
	echo "Uploads cannot be had just now.\n";
}
