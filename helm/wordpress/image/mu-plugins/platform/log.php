<?php
/**
 * Errors of PHP as one JSON object a line, with the trace of the request, to the output of the container. Runs before every script
 * (auto_prepend_file). Never changes what an error does; what a plugin writes by error_log() stays plain text.
 */

/** Severity names by PHP's level. */
const PLATFORM_LOG_LEVELS = array(
	E_ERROR             => 'error',
	E_PARSE             => 'error',
	E_CORE_ERROR        => 'error',
	E_COMPILE_ERROR     => 'error',
	E_USER_ERROR        => 'error',
	E_RECOVERABLE_ERROR => 'error',
	E_WARNING           => 'warn',
	E_CORE_WARNING      => 'warn',
	E_COMPILE_WARNING   => 'warn',
	E_USER_WARNING      => 'warn',
);
/** Those that end a script and reach no handler. */
const PLATFORM_LOG_FATAL = E_ERROR | E_PARSE | E_CORE_ERROR | E_COMPILE_ERROR;

/** Writes one line. A message is cut at 4 kB: PHP-FPM would break a longer line. */
function platform_log( int $level, string $message, string $file, int $line ): void {
	$entry = array(
		'time'     => gmdate( 'Y-m-d\TH:i:s\Z' ),
		'level'    => PLATFORM_LOG_LEVELS[ $level ] ?? 'info',
		'source'   => 'php',
		'message'  => substr( $message, 0, 4000 ),
		'file'     => $file,
		'line'     => $line,
		'method'   => $_SERVER['REQUEST_METHOD'] ?? '',
		// Without the query: it may hold keys.
		'path'     => strtok( $_SERVER['REQUEST_URI'] ?? '', '?' ) ?: '',
		'trace_id' => $_SERVER['TRACE_ID'] ?? '',
	);
	file_put_contents( 'php://stderr', json_encode( $entry, JSON_UNESCAPED_SLASHES | JSON_INVALID_UTF8_SUBSTITUTE ) . "\n" );
}

set_error_handler(
	static function ( int $level, string $message, string $file, int $line ): bool {
		if ( error_reporting() & $level ) {
			platform_log( $level, $message, $file, $line );
		}
		return E_USER_ERROR !== $level && E_RECOVERABLE_ERROR !== $level;
	}
);

register_shutdown_function(
	static function (): void {
		$last = error_get_last();
		if ( null !== $last && ( $last['type'] & PLATFORM_LOG_FATAL ) ) {
			platform_log( $last['type'], $last['message'], $last['file'], $last['line'] );
		}
	}
);
// From here on the lines above are the log; PHP's own would say each fatal error twice.
ini_set( 'log_errors', '0' );
