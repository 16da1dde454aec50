<?php
/**
 * The connection to Redis of this request, with short limits: a page must not wait for a cache. Never throws; loads nothing of WordPress.
 */

/** Seconds for the connection and for each answer. Redis answers within a millisecond; what takes longer is out of order. */
const PLATFORM_REDIS_TIMEOUT = 0.5;

/** A connection that answered just now; null if Redis is not there or does not let us in. */
function platform_redis(): ?Redis {
	if ( ! class_exists( 'Redis', false ) ) {
		return null;
	}
	try {
		$redis = new Redis();
		if ( ! @$redis->connect( platform_env( 'CACHE_HOST' ), (int) platform_env( 'CACHE_PORT' ), PLATFORM_REDIS_TIMEOUT, null, 0, PLATFORM_REDIS_TIMEOUT ) ) {
			return null;
		}
		$user     = platform_env( 'CACHE_USER' );
		$password = platform_env( 'CACHE_PASSWORD' );
		if ( '' !== $password && ! @$redis->auth( '' === $user ? $password : array( $user, $password ) ) ) {
			return null;
		}
		return $redis->ping() ? $redis : null;
	} catch ( RedisException $e ) {
		return null;
	}
}
