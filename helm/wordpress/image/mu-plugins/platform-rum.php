<?php
/**
 * Plugin Name: Platform real users
 * Description: Puts the loader of Plimsoll's real-user measurement into pages, and tells the browser the trace of its page. No inline script, no nonce, nothing that differs between visitors: a cache may keep the page.
 */
defined( 'ABSPATH' ) || exit;

// RUM_SITE is the key of the site in Plimsoll's spec; without it there is nothing here. RUM_BASE is where /rum and /collect are.
define( 'PLATFORM_RUM_SITE', (string) preg_replace( '/[^a-z0-9-]/', '', (string) getenv( 'RUM_SITE' ) ) );
if ( '' === PLATFORM_RUM_SITE ) {
	return;
}

const PLATFORM_RUM_HANDLE = 'platform-rum';

add_action(
	'wp_enqueue_scripts',
	static function () {
		if ( is_preview() || is_customize_preview() ) {
			return;
		}
		$base = rtrim( getenv( 'RUM_BASE' ) ?: '/_rum', '/' );
		$src  = add_query_arg( 'site', PLATFORM_RUM_SITE, $base . '/rum/loader.js' );
		// Before 6.3 the last argument is $in_footer: an array that is not empty would mean the footer.
		wp_enqueue_script( PLATFORM_RUM_HANDLE, $src, array(), null, platform_rum_has_strategy() ? array( 'strategy' => 'defer' ) : false );
	},
	1
);

function platform_rum_has_strategy(): bool {
	return version_compare( get_bloginfo( 'version' ), '6.3', '>=' );
}

/** What kind of page it is: the template, nothing of the visitor. */
function platform_rum_page(): string {
	foreach ( array( 'front_page', 'home', 'single', 'page', 'search', '404', 'archive' ) as $kind ) {
		if ( call_user_func( 'is_' . $kind ) ) {
			return $kind;
		}
	}
	return 'other';
}

/** Attributes of the script: what plugins that put scripts off are asked not to do would lose the visitors that leave at once. */
function platform_rum_attributes(): array {
	return array(
		'data-page'        => platform_rum_page(),
		'data-no-optimize' => '1',
		'data-no-defer'    => '1',
		'data-no-minify'   => '1',
		'data-cfasync'     => 'false',
		'nowprocket'       => true,
	);
}

if ( function_exists( 'wp_get_script_tag' ) && version_compare( $GLOBALS['wp_version'], '6.4', '>=' ) ) {
	// Since 6.4 every script of the queue goes through this.
	add_filter(
		'wp_script_attributes',
		static function ( array $attributes ): array {
			return PLATFORM_RUM_HANDLE . '-js' === ( $attributes['id'] ?? '' ) ? $attributes + platform_rum_attributes() : $attributes;
		}
	);
} else {
	// Before: the tag is text.
	add_filter(
		'script_loader_tag',
		static function ( $tag, $handle ) {
			if ( PLATFORM_RUM_HANDLE !== $handle || ! is_string( $tag ) ) {
				return $tag;
			}
			$text = ' defer';
			foreach ( platform_rum_attributes() as $name => $value ) {
				$text .= true === $value ? ' ' . $name : sprintf( ' %s="%s"', $name, esc_attr( $value ) );
			}
			return str_replace( '<script ', '<script' . $text . ' ', $tag );
		},
		10,
		2
	);
}

// The trace of this request, for the beacon: nginx took it from the gateway, or made it up. A copy in a cache keeps that of its first visitor.
add_action(
	'send_headers',
	static function () {
		$trace = (string) ( $_SERVER['TRACE_ID'] ?? '' );
		if ( 1 === preg_match( '/^[0-9a-f]{32}$/', $trace ) ) {
			header( sprintf( 'Server-Timing: traceparent;desc="00-%s-%s-01"', $trace, substr( hash( 'sha256', $trace ), 0, 16 ) ), false );
		}
	}
);
