<?php
/**
 * The few requests to object storage that uploads need, signed by AWS Signature Version 4, path style. Loads nothing of WordPress; never
 * follows a redirect and never tries twice: who calls knows whether a visitor waits.
 */
require_once __DIR__ . '/env.php';
require_once __DIR__ . '/log.php';

/** Seconds for the connection, and for a request: an upload is at most 64 MB. */
const PLATFORM_S3_CONNECT_TIMEOUT = 3;
const PLATFORM_S3_TIMEOUT         = 20;
/** SHA-256 of nothing. */
const PLATFORM_S3_EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/**
 * Sends a request for an object.
 *
 * @param string        $key     Key in the bucket, without a slash at the beginning; empty for the bucket itself.
 * @param array         $headers Further headers, by names in lower case; signed too.
 * @param array         $query   Parameters of the query.
 * @param resource|null $file    What is sent: a file that can be read from its beginning.
 * @param callable|null $sink    Gets status, headers and each piece of a good answer's body, which is not returned then.
 * @return array{status: int, headers: array, body: string, error: string} Status 0 if there was no answer; `error` says what went wrong.
 */
function platform_s3( string $method, string $key, array $headers = array(), array $query = array(), $file = null, ?callable $sink = null ): array {
	$endpoint = parse_url( rtrim( platform_env( 'S3_ENDPOINT' ), '/' ) );
	$host     = $endpoint['host'] . ( isset( $endpoint['port'] ) ? ':' . $endpoint['port'] : '' );
	$path     = ( $endpoint['path'] ?? '' ) . '/' . platform_env( 'S3_BUCKET' ) . '/' . str_replace( '%2F', '/', rawurlencode( $key ) );
	ksort( $query );
	$search   = http_build_query( $query, '', '&', PHP_QUERY_RFC3986 );
	$headers += array( 'host' => $host, 'x-amz-content-sha256' => platform_s3_hash( $file ), 'x-amz-date' => gmdate( 'Ymd\THis\Z' ) );
	$headers['authorization'] = platform_s3_authorization( $method, $path, $search, $headers );

	$answer = array( 'status' => 0, 'headers' => array(), 'body' => '', 'error' => '' );
	$curl   = curl_init( $endpoint['scheme'] . '://' . $host . $path . ( '' === $search ? '' : '?' . $search ) );
	curl_setopt_array(
		$curl,
		array(
			CURLOPT_CUSTOMREQUEST  => $method,
			CURLOPT_NOBODY         => 'HEAD' === $method,
			CURLOPT_HTTPHEADER     => array_merge( array( 'Expect:' ), array_map( static fn( $name, $value ) => "$name: $value", array_keys( $headers ), $headers ) ),
			CURLOPT_CONNECTTIMEOUT => PLATFORM_S3_CONNECT_TIMEOUT,
			CURLOPT_TIMEOUT        => PLATFORM_S3_TIMEOUT,
			CURLOPT_PROTOCOLS      => CURLPROTO_HTTP | CURLPROTO_HTTPS,
			CURLOPT_HEADERFUNCTION => static function ( $curl, $line ) use ( &$answer ) {
				if ( preg_match( '{^([\w-]+):\s*(.*?)\s*$}', $line, $found ) ) {
					$answer['headers'][ strtolower( $found[1] ) ] = $found[2];
				}
				return strlen( $line );
			},
			CURLOPT_WRITEFUNCTION  => static function ( $curl, $piece ) use ( &$answer, $sink ) {
				$status = curl_getinfo( $curl, CURLINFO_RESPONSE_CODE );
				if ( null !== $sink && $status < 300 ) {
					$sink( $status, $answer['headers'], $piece );
				} else {
					$answer['body'] .= $piece;
				}
				return strlen( $piece );
			},
		)
	);
	if ( null !== $file ) {
		// Not CURLOPT_INFILE: of a stream in memory PHP makes a FILE that stays at its end, so a second try would send nothing and wait.
		$read = static fn( $curl, $none, $length ) => (string) fread( $file, $length );
		curl_setopt_array( $curl, array( CURLOPT_UPLOAD => true, CURLOPT_READFUNCTION => $read, CURLOPT_INFILESIZE => fstat( $file )['size'], CURLOPT_CUSTOMREQUEST => $method ) );
	}
	$done             = curl_exec( $curl );
	$answer['status'] = (int) curl_getinfo( $curl, CURLINFO_RESPONSE_CODE );
	if ( false === $done ) {
		$answer['error'] = curl_error( $curl );
	} elseif ( $answer['status'] >= 400 ) {
		// S3 says in XML which error it is.
		$answer['error'] = 'status ' . $answer['status'] . ( preg_match( '{<Code>(\w+)</Code>}', $answer['body'], $code ) ? ' ' . $code[1] : '' );
	}
	return $answer;
}

/** Says in the log what failed. Not by trigger_error(): WordPress silences what it does with files. */
function platform_s3_failed( string $what, string $key, string $error ): void {
	platform_log( E_USER_WARNING, "object storage: $what of $key: $error", __FILE__, __LINE__ );
}

/** SHA-256 of the file, which is at its beginning afterwards. */
function platform_s3_hash( $file ): string {
	if ( null === $file ) {
		return PLATFORM_S3_EMPTY;
	}
	rewind( $file );
	$hash = hash_init( 'sha256' );
	hash_update_stream( $hash, $file );
	rewind( $file );
	return hash_final( $hash );
}

/** The header Authorization: AWS Signature Version 4 for S3, "Signature Calculations for the Authorization Header". */
function platform_s3_authorization( string $method, string $path, string $search, array $headers ): string {
	ksort( $headers );
	$date      = $headers['x-amz-date'];
	$scope     = substr( $date, 0, 8 ) . '/' . platform_env( 'S3_REGION' ) . '/s3/aws4_request';
	$signed    = implode( ';', array_keys( $headers ) );
	$lines     = implode( '', array_map( static fn( $name, $value ) => $name . ':' . trim( $value ) . "\n", array_keys( $headers ), $headers ) );
	$canonical = implode( "\n", array( $method, $path, $search, $lines, $signed, $headers['x-amz-content-sha256'] ) );
	$key       = 'AWS4' . platform_env( 'S3_SECRET_KEY' );
	foreach ( explode( '/', $scope ) as $part ) {
		$key = hash_hmac( 'sha256', $part, $key, true );
	}
	$signature = hash_hmac( 'sha256', implode( "\n", array( 'AWS4-HMAC-SHA256', $date, $scope, hash( 'sha256', $canonical ) ) ), $key );
	return 'AWS4-HMAC-SHA256 Credential=' . platform_env( 'S3_ACCESS_KEY' ) . "/$scope, SignedHeaders=$signed, Signature=$signature";
}

/** Keys that begin so, at most `$most`; null if the bucket does not say. With `$level`, those below a further slash are left out. */
function platform_s3_list( string $prefix, int $most, bool $level = true ): ?array {
	$answer = platform_s3( 'GET', '', array(), array( 'list-type' => '2', 'prefix' => $prefix, 'max-keys' => (string) $most ) + ( $level ? array( 'delimiter' => '/' ) : array() ) );
	if ( '' !== $answer['error'] ) {
		platform_s3_failed( 'list', $prefix, $answer['error'] );
		return null;
	}
	preg_match_all( '{<Key>([^<]*)</Key>}', $answer['body'], $keys );
	return array_map( static fn( $key ) => html_entity_decode( $key, ENT_QUOTES | ENT_XML1 ), $keys[1] );
}
