<?php
/**
 * GET /readyz: 200 if the database answers, else 503; without Redis the site is slow, not down. nginx runs this file by itself: WordPress
 * connects to the database before any plugin is loaded, so a plugin could not say that it is gone. Tells no address, name or error.
 */
require_once __DIR__ . '/env.php';
require_once __DIR__ . '/redis-link.php';
platform_require_env();

/** Seconds until the database counts as gone; the kubelet waits 5 s for the whole answer. */
const PLATFORM_DATABASE_TIMEOUT = 2;

/** Whether the database answers a query. */
function platform_database_answers(): bool {
	mysqli_report( MYSQLI_REPORT_OFF );
	$link = mysqli_init();
	$link->options( MYSQLI_OPT_CONNECT_TIMEOUT, PLATFORM_DATABASE_TIMEOUT );
	$link->options( MYSQLI_OPT_READ_TIMEOUT, PLATFORM_DATABASE_TIMEOUT );
	$there  = @$link->real_connect(
		platform_env( 'DB_HOST' ),
		platform_env( 'DB_USER' ),
		platform_env( 'DB_PASSWORD' ),
		platform_env( 'DB_NAME' ),
		(int) platform_env( 'DB_PORT' )
	);
	$result = $there ? @$link->query( 'SELECT 1' ) : false;
	return $result instanceof mysqli_result && '1' === (string) ( $result->fetch_row()[0] ?? '' );
}

$database = platform_database_answers();
$cache    = null !== platform_redis();
http_response_code( $database ? 200 : 503 );
header( 'Content-Type: application/json' );
header( 'Cache-Control: no-store' );
echo json_encode( array( 'database' => $database, 'cache' => $cache ? 'ok' : 'degraded' ) ), "\n";
