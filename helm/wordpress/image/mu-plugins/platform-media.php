<?php
/**
 * Plugin Name: Platform media
 * Description: Uploads go to object storage and are shown by the CDN's address: pods keep no files. WordPress writes to s3:// as to a folder.
 */
defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/platform/class-platform-upload-stream.php';
stream_wrapper_register( 's3', Platform_Upload_Stream::class );

add_filter(
	'upload_dir',
	static function ( array $dir ): array {
		$dir['basedir'] = Platform_Upload_Stream::base();
		$dir['baseurl'] = rtrim( platform_env( 'CDN_URL' ), '/' );
		$dir['path']    = $dir['basedir'] . $dir['subdir'];
		$dir['url']     = $dir['baseurl'] . $dir['subdir'];
		return $dir;
	}
);

// WordPress looks for a free name in a list of the folder, which may hold thousands of files; those that begin alike are enough.
add_filter(
	'pre_wp_unique_filename_file_list',
	static function ( $files, $dir, $filename ) {
		if ( 0 !== strpos( $dir, 's3://' ) ) {
			return $files;
		}
		$folder = rtrim( (string) Platform_Upload_Stream::key( $dir ), '/' ) . '/';
		$keys   = platform_s3_list( $folder . pathinfo( $filename, PATHINFO_FILENAME ), 1000 );
		return null === $keys ? $files : array_map( 'basename', $keys );
	},
	10,
	3
);

// PHP does not tell WordPress that the end of a file did not reach the bucket: better an error than a broken picture.
add_filter(
	'wp_handle_upload',
	static function ( array $upload ): array {
		$is_lost = 0 === strpos( $upload['file'] ?? '', 's3://' ) && ! file_exists( $upload['file'] );
		return $is_lost ? array( 'error' => 'The file could not be kept: object storage does not take it. Try again in a few minutes.' ) : $upload;
	}
);
