<?php
/**
 * Plugin Name: Platform metrics
 * Description: GET /metrics on port 8081 for Prometheus: cron, updates, object cache, slow queries. Closed elsewhere: nginx says which port was asked. PHP-FPM's own series come from the exporter beside it.
 */
defined( 'ABSPATH' ) || exit;

// A parameter of FastCGI: no header and no query of a client can set it. Early, so that a plugin which fails hides nothing.
if ( 'metrics' === ( $_SERVER['PLATFORM_ENDPOINT'] ?? '' ) ) {
	add_action( 'muplugins_loaded', 'platform_metrics_answer' );
}

/** Answers with Prometheus' text format 0.0.4. */
function platform_metrics_answer(): void {
	nocache_headers();
	header( 'Content-Type: text/plain; version=0.0.4; charset=utf-8' );
	foreach ( array_merge( platform_metrics_core(), platform_metrics_cron(), platform_metrics_updates() ) as $family ) {
		echo platform_metrics_text( ...$family );
	}
	exit;
}

/**
 * One family as text.
 *
 * @param string $type    gauge or counter.
 * @param array  $samples Pairs of labels (name => value) and value.
 */
function platform_metrics_text( string $name, string $type, string $help, array $samples ): string {
	$text = "# HELP $name $help\n# TYPE $name $type\n";
	foreach ( $samples as list( $labels, $value ) ) {
		$pairs = array();
		foreach ( $labels as $label => $is ) {
			$pairs[] = $label . '="' . addcslashes( str_replace( "\n", ' ', $is ), '\\"' ) . '"';
		}
		$text .= $name . ( $pairs ? '{' . implode( ',', $pairs ) . '}' : '' ) . ' ' . $value . "\n";
	}
	return $text;
}

function platform_metrics_core(): array {
	global $wpdb, $wp_version, $wp_db_version;
	$slow     = $wpdb->get_var( "SHOW GLOBAL STATUS LIKE 'Slow_queries'", 1 );
	$families = array(
		array( 'wordpress_info', 'gauge', 'Always 1; versions as labels.', array( array( array( 'version' => $wp_version, 'php_version' => PHP_VERSION ), 1 ) ) ),
		array(
			'wordpress_database_update_required',
			'gauge',
			'1 if the tables are older than the code: the update of the schema did not run.',
			array( array( array(), (int) ( (int) get_option( 'db_version' ) !== (int) $wp_db_version ) ) ),
		),
		array(
			'wordpress_object_cache_up',
			'gauge',
			'1 if the object cache is kept between requests: the drop-in is there and Redis answers.',
			array( array( array(), (int) (bool) wp_using_ext_object_cache() ) ),
		),
	);
	if ( is_numeric( $slow ) ) {
		$families[] = array( 'wordpress_database_slow_queries_total', 'counter', 'Queries that the database server found slow, whoever sent them.', array( array( array(), (int) $slow ) ) );
	}
	return $families;
}

/** Events of WP-Cron that are due; the oldest of them is the lag. */
function platform_metrics_cron(): array {
	$crons   = _get_cron_array();
	$overdue = 0;
	$oldest  = time();
	foreach ( is_array( $crons ) ? $crons : array() as $due => $hooks ) {
		if ( (int) $due > time() ) {
			continue;
		}
		$oldest   = min( $oldest, (int) $due );
		$overdue += array_sum( array_map( 'count', $hooks ) );
	}
	return array(
		array( 'wordpress_cron_overdue_events', 'gauge', 'Events of WP-Cron that are due and did not run yet.', array( array( array(), $overdue ) ) ),
		array( 'wordpress_cron_lag_seconds', 'gauge', 'How late the oldest of them is.', array( array( array(), time() - $oldest ) ) ),
	);
}

/** Updates that WordPress has heard of. No sample before it could ask wordpress.org: nothing known is not nothing to do. */
function platform_metrics_updates(): array {
	$pending = array();
	$asked   = array();
	foreach ( array( 'core' => 'update_core', 'plugin' => 'update_plugins', 'theme' => 'update_themes' ) as $type => $transient ) {
		$known = get_site_transient( $transient );
		// Without an answer WordPress notes the try alone, and for itself an empty list; after one, its list holds at least the present release.
		$list = is_object( $known ) ? ( 'core' === $type ? ( $known->updates ?? null ) : ( $known->response ?? null ) ) : null;
		if ( ! is_array( $list ) || ( 'core' === $type && array() === $list ) ) {
			continue;
		}
		$list      = 'core' === $type ? array_filter( $list, static fn( $update ) => 'upgrade' === ( $update->response ?? '' ) ) : $list;
		$pending[] = array( array( 'type' => $type ), count( $list ) );
		$asked[]   = array( array( 'type' => $type ), (int) ( $known->last_checked ?? 0 ) );
	}
	return array() === $pending ? array() : array(
		array( 'wordpress_updates_pending', 'gauge', 'Updates that are there to be built into the image.', $pending ),
		array( 'wordpress_updates_checked_timestamp_seconds', 'gauge', 'When wordpress.org was last asked for them.', $asked ),
	);
}
