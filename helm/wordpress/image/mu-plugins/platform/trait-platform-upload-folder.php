<?php
/**
 * What PHP asks of s3:// but the content of a file: is it there, how big is it, delete, rename, list. Folders need nothing done.
 */
require_once __DIR__ . '/s3.php';

trait Platform_Upload_Folder {
	/** Sizes that this request knows; false for what is not there. */
	private static array $known = array();
	/** Of the folder that is being read. */
	private array $names = array();

	public function url_stat( string $path ) {
		$key = self::key( $path );
		if ( null === $key || self::is_folder( $key ) ) {
			return null === $key ? false : self::stat( 0, 0040777 );
		}
		if ( ! isset( self::$known[ $key ] ) ) {
			$answer = platform_s3( 'HEAD', $key );
			if ( 200 !== $answer['status'] && 404 !== $answer['status'] ) {
				return self::failed( 'HEAD', $key, $answer['error'] );
			}
			self::$known[ $key ] = 200 === $answer['status'] ? (int) ( $answer['headers']['content-length'] ?? 0 ) : false;
		}
		return false === self::$known[ $key ] ? false : self::stat( self::$known[ $key ] );
	}

	private static function stat( int $size, int $mode = 0100666 ): array {
		return array( 'dev' => 0, 'ino' => 0, 'mode' => $mode, 'nlink' => 1, 'uid' => 0, 'gid' => 0, 'rdev' => 0, 'size' => $size, 'atime' => 0, 'mtime' => 0, 'ctime' => 0, 'blksize' => -1, 'blocks' => -1 );
	}

	public function unlink( string $path ): bool {
		$key = (string) self::key( $path );
		unset( self::$known[ $key ] );
		$answer = '' === $key ? array( 'error' => 'no such path' ) : platform_s3( 'DELETE', $key );
		return '' === $answer['error'] || self::failed( 'DELETE', $key, $answer['error'] );
	}

	public function rename( string $from, string $to ): bool {
		return copy( $from, $to ) && file_exists( $to ) && $this->unlink( $from );
	}

	public function mkdir(): bool {
		return true;
	}

	public function rmdir(): bool {
		return true;
	}

	public function dir_opendir( string $path ): bool {
		$prefix = rtrim( (string) self::key( $path ), '/' ) . '/';
		$keys   = platform_s3_list( $prefix, 1000 );
		if ( null === $keys ) {
			return false;
		}
		$this->names = array_map( static fn( $key ) => substr( $key, strlen( $prefix ) ), $keys );
		return true;
	}

	public function dir_readdir() {
		$name = current( $this->names );
		next( $this->names );
		return $name;
	}

	public function dir_rewinddir(): bool {
		reset( $this->names );
		return true;
	}

	public function dir_closedir(): bool {
		return true;
	}
}
