<?php
/**
 * WordPress' own cache, which lasts for a request, with Redis behind it. When Redis stops to answer, the request goes on with the former alone.
 */
defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/trait-platform-cache-store.php';

final class Platform_Object_Cache extends WP_Object_Cache {
	use Platform_Cache_Store;

	/**
	 * Seconds that a value lives at most. While a pod cannot reach Redis it cannot say there that a value is out of date: the others see
	 * the old one for so long. Transients name their own time, and are nobody's copy.
	 */
	private const MAX_TTL   = 3600;
	private const TRANSIENT = array( 'transient', 'site-transient', 'platform' );

	private ?Redis $redis;
	private string $prefix;
	private string $blog;
	private string $generation;
	private array $own = array(); // groups that stay in this process

	public function __construct( Redis $redis, string $prefix ) {
		parent::__construct();
		$this->redis  = $redis;
		$this->prefix = $prefix;
		$this->blog   = is_multisite() ? get_current_blog_id() . ':' : '';
		$first        = (string) microtime( true );
		$known        = $this->ask( static fn( Redis $r ) => $r->get( $prefix . 'generation' ) );
		if ( ! is_string( $known ) ) {
			$this->ask( static fn( Redis $r ) => $r->set( $prefix . 'generation', $first, array( 'nx' ) ) );
			$known = $this->ask( static fn( Redis $r ) => $r->get( $prefix . 'generation' ) );
		}
		$this->generation = is_string( $known ) ? $known : $first;
	}

	public function add( $key, $data, $group = 'default', $expire = 0 ) {
		$name = $this->shared( $key, $group );
		if ( null === $name || wp_suspend_cache_addition() ) {
			return parent::add( $key, $data, $group, $expire );
		}
		$new = array( 'nx', 'ex' => self::ttl( (int) $expire, $group ) );
		$ok  = $this->ask( static fn( Redis $r ) => $r->set( $name, self::pack( $data ), $new ) );
		return null === $this->redis ? parent::add( $key, $data, $group ) : $ok && parent::set( $key, $data, $group );
	}

	public function replace( $key, $data, $group = 'default', $expire = 0 ) {
		$this->get( $key, $group, true, $found );
		return $found && $this->set( $key, $data, $group, $expire );
	}

	public function set( $key, $data, $group = 'default', $expire = 0 ) {
		$name = $this->shared( $key, $group );
		if ( null !== $name ) {
			$ttl = self::ttl( (int) $expire, $group );
			$this->ask( static fn( Redis $r ) => self::set_or_delete( $r, $name, $ttl, self::pack( $data ) ) );
		}
		return parent::set( $key, $data, $group );
	}

	public function get( $key, $group = 'default', $force = false, &$found = null ) {
		$name = $this->shared( $key, $group );
		if ( null === $name || ! $force ) {
			$value = parent::get( $key, $group, false, $found );
			if ( null === $name || $found ) {
				return $value;
			}
		}
		$raw   = $this->ask( static fn( Redis $r ) => $r->get( $name ) );
		$found = is_string( $raw );
		if ( ! $found ) {
			return false;
		}
		parent::set( $key, self::unpack( $raw ), $group );
		if ( ! $force ) {
			--$this->cache_misses;
		}
		return parent::get( $key, $group );
	}

	/** All that is not here yet, in one round trip. */
	public function get_multiple( $keys, $group = 'default', $force = false ) {
		$names = array();
		foreach ( $keys as $key ) {
			$name = $this->shared( $key, $group );
			if ( null !== $name && ( $force || ! $this->_exists( $this->blog_of( $group ) . $key, $group ) ) ) {
				$names[ $key ] = $name;
			}
		}
		$raw = array() === $names ? array() : $this->ask( static fn( Redis $r ) => $r->mget( array_values( $names ) ) );
		foreach ( array_keys( $names ) as $i => $key ) {
			if ( is_string( $raw[ $i ] ?? null ) ) {
				parent::set( $key, self::unpack( $raw[ $i ] ), $group );
			}
		}
		$values = array();
		foreach ( $keys as $key ) {
			$values[ $key ] = parent::get( $key, $group );
		}
		return $values;
	}

	public function delete( $key, $group = 'default', $deprecated = false ) {
		$name  = $this->shared( $key, $group );
		$here  = parent::delete( $key, $group );
		$there = null === $name ? 0 : $this->ask( static fn( Redis $r ) => $r->del( $name ) );
		return $here || $there > 0;
	}

	public function incr( $key, $offset = 1, $group = 'default' ) {
		$name = $this->shared( $key, $group );
		if ( null === $name ) {
			return parent::incr( $key, $offset, $group );
		}
		// Counted there, for all pods; a value that is not there is not made, and one that is no number becomes 0, as in WordPress' own.
		$count = $this->ask( static fn( Redis $r ) => $r->eval( self::COUNT, array( $name, (int) $offset ), 1 ) );
		return is_int( $count ) && parent::set( $key, $count, $group ) ? $count : false;
	}

	private const COUNT = 'local v = redis.call("GET", KEYS[1]) if not v then return false end local n = math.max(0, (tonumber(v) or 0) + ARGV[1]) redis.call("SET", KEYS[1], string.format("%d", n), "KEEPTTL") return n';

	public function decr( $key, $offset = 1, $group = 'default' ) {
		return $this->incr( $key, -(int) $offset, $group );
	}

	/** Values of an older generation are never read again, and expire. Other users of the same Redis keep theirs. */
	public function flush() {
		$this->generation = (string) microtime( true );
		$this->ask( fn( Redis $r ) => $r->set( $this->prefix . 'generation', $this->generation ) );
		return parent::flush();
	}

	public function flush_runtime() {
		return parent::flush();
	}

	public function add_non_persistent_groups( $groups ) {
		$this->own += array_fill_keys( (array) $groups, true );
	}

	public function switch_to_blog( $blog_id ) {
		parent::switch_to_blog( $blog_id );
		$this->blog = is_multisite() ? (int) $blog_id . ':' : '';
	}
}
