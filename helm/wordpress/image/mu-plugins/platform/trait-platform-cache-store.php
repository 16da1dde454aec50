<?php
/**
 * How the object cache speaks to Redis: names, lifetimes, values as text, and what happens when Redis stops to answer. Never throws.
 */
defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/log.php';

trait Platform_Cache_Store {
	/** What Redis answers; false when it does not, from then on without asking again. */
	private function ask( callable $command ) {
		if ( null === $this->redis ) {
			return false;
		}
		try {
			return $command( $this->redis );
		} catch ( RedisException $e ) {
			$this->redis = null;
			wp_using_ext_object_cache( false ); // transients go to the database now
			platform_log( E_USER_WARNING, 'Redis does not answer: ' . $e->getMessage(), __FILE__, __LINE__ );
			return false;
		}
	}

	private function blog_of( string $group ): string {
		return isset( $this->global_groups[ $group ] ) ? '' : $this->blog;
	}

	private function name( $key, string $group ): string {
		return "{$this->prefix}{$this->generation}:{$this->blog_of( $group )}$group:$key";
	}

	/** The name in Redis; null for what stays in this process. */
	private function shared( $key, string &$group ): ?string {
		$group = '' === $group ? 'default' : $group;
		return null === $this->redis || isset( $this->own[ $group ] ) || ! $this->is_valid_key( $key ) ? null : $this->name( $key, $group );
	}

	private static function ttl( int $expire, string $group ): int {
		$most = in_array( $group, self::TRANSIENT, true ) ? WEEK_IN_SECONDS : self::MAX_TTL;
		return $expire > 0 ? min( $expire, $most ) : $most;
	}

	/** Whole numbers as they are, so that Redis can count; serialize() never makes a text of digits alone. */
	private static function pack( $data ): string {
		return is_int( $data ) ? (string) $data : serialize( $data );
	}

	/** Redis that is full takes nothing new; then the old value must go. */
	private static function set_or_delete( Redis $redis, string $name, int $ttl, string $data ) {
		try {
			return $redis->setex( $name, $ttl, $data );
		} catch ( RedisException $e ) {
			return $redis->del( $name );
		}
	}

	private static function unpack( string $raw ) {
		return preg_match( '/^-?\d+$/', $raw ) ? (int) $raw : unserialize( $raw );
	}
}
