<?php
/**
 * The stream s3://BUCKET/KEY: files of the bucket for PHP's functions, as WordPress uses them. A file is held in a temporary one while it is
 * open, and goes to the bucket when it is closed. A name without an extension is a folder, which a bucket has everywhere.
 */
require_once __DIR__ . '/s3.php';
require_once __DIR__ . '/trait-platform-upload-folder.php';

final class Platform_Upload_Stream {
	use Platform_Upload_Folder;

	/** Kilobytes of an open file that stay in memory; more are in /tmp. */
	private const IN_MEMORY_KB = 2048;

	/** @var resource|null Set by PHP. */
	public $context;
	/** @var resource */
	private $file;
	private string $key    = '';
	private bool $is_dirty = false;

	/** Where uploads are, for the filter upload_dir. */
	public static function base(): string {
		return 's3://' . platform_env( 'S3_BUCKET' ) . '/wp-content/uploads';
	}

	/** The key of a path; null for another bucket, or a way out of the uploads. */
	public static function key( string $path ): ?string {
		$base = 's3://' . platform_env( 'S3_BUCKET' ) . '/';
		$key  = preg_replace( '{/+}', '/', substr( $path, strlen( $base ) ) );
		return 0 === strpos( $path, $base ) && ! preg_match( '{(^|/)\.\.?(/|$)}', $key ) ? $key : null;
	}

	private static function is_folder( string $key ): bool {
		return false === strpos( basename( $key ), '.' );
	}

	private static function failed( string $what, string $key, string $error ): bool {
		platform_s3_failed( $what, $key, $error );
		return false;
	}

	public function stream_open( string $path, string $mode ): bool {
		$key = self::key( $path );
		if ( null === $key || self::is_folder( $key ) ) {
			return false;
		}
		$this->key  = $key;
		$this->file = fopen( 'php://temp/maxmemory:' . self::IN_MEMORY_KB * 1024, 'w+b' );
		if ( preg_match( '/[wxc]/', $mode ) ) {
			$this->is_dirty = true; // also an empty file is one
			return true;
		}
		$answer = platform_s3( 'GET', $key, array(), array(), null, fn( $status, $headers, $piece ) => fwrite( $this->file, $piece ) );
		if ( '' !== $answer['error'] && ! ( 404 === $answer['status'] && false !== strpos( $mode, 'a' ) ) ) {
			return 404 !== $answer['status'] && self::failed( 'GET', $key, $answer['error'] );
		}
		return 0 === fseek( $this->file, 0, false === strpos( $mode, 'a' ) ? SEEK_SET : SEEK_END );
	}

	public function stream_read( int $count ) {
		return fread( $this->file, $count );
	}

	public function stream_write( string $data ): int {
		$this->is_dirty = true;
		return (int) fwrite( $this->file, $data );
	}

	public function stream_eof(): bool {
		return feof( $this->file );
	}

	public function stream_tell() {
		return ftell( $this->file );
	}

	public function stream_seek( int $offset, int $whence = SEEK_SET ): bool {
		return 0 === fseek( $this->file, $offset, $whence );
	}

	public function stream_truncate( int $size ): bool {
		$this->is_dirty = true;
		return ftruncate( $this->file, $size );
	}

	/** PHP calls it before it closes a file. A second try, as the visitor's file would be lost. */
	public function stream_flush(): bool {
		if ( ! $this->is_dirty ) {
			return true;
		}
		$headers = array( 'content-type' => wp_check_filetype( $this->key )['type'] ?: 'application/octet-stream', 'cache-control' => 'public, max-age=86400' );
		foreach ( array( 1, 2 ) as $try ) {
			$answer = platform_s3( 'PUT', $this->key, $headers, array(), $this->file );
			if ( '' === $answer['error'] || ( $answer['status'] > 0 && $answer['status'] < 500 ) ) {
				break;
			}
		}
		unset( self::$known[ $this->key ] );
		$this->is_dirty = '' !== $answer['error'];
		return '' === $answer['error'] || self::failed( 'PUT', $this->key, $answer['error'] );
	}

	public function stream_close(): void {
		fclose( $this->file );
	}

	public function stream_stat(): array {
		return self::stat( fstat( $this->file )['size'] );
	}

	public function stream_metadata(): bool {
		return true; // rights and times are the bucket's
	}

	public function stream_set_option(): bool {
		return false;
	}

	public function stream_lock(): bool {
		return true;
	}
}
