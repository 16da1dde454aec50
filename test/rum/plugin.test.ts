// The plugin of WordPress in both of its ways, without WordPress: as text before 6.4, as attributes since. The first one runs in visit.test.ts.
import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { IMAGE } from '../services/wordpress-image.ts';

const PHP = 'php8.2';

/** What the plugin makes of a tag and of attributes, with just enough of WordPress. */
function run(version: string, env: Record<string, string> = { RUM_SITE: 'shop' }): Record<string, unknown> {
  const code = `
    define('ABSPATH', '/'); $GLOBALS['wp_version'] = '${version}'; $hooks = []; $scripts = [];
    function add_action($name, $do) { $GLOBALS['hooks'][$name] = $do; }
    function add_filter($name, $do) { $GLOBALS['hooks'][$name] = $do; }
    function is_preview() { return false; } function is_customize_preview() { return false; }
    function get_bloginfo() { return $GLOBALS['wp_version']; } function esc_attr($text) { return $text; }
    function wp_get_script_tag() {} function add_query_arg($key, $value, $url) { return "$url?$key=$value"; }
    function wp_enqueue_script(...$args) { $GLOBALS['scripts'][] = $args; }
    foreach (['front_page', 'home', 'single', 'page', 'search', '404', 'archive'] as $kind) eval("function is_$kind() { return '$kind' === 'single'; }");
    include '${IMAGE}/mu-plugins/platform-rum.php';
    if (isset($hooks['wp_enqueue_scripts'])) $hooks['wp_enqueue_scripts']();
    echo json_encode([
      'scripts' => $scripts,
      'tag' => isset($hooks['script_loader_tag']) ? $hooks['script_loader_tag']("<script src='x' id='platform-rum-js'></script>", 'platform-rum') : null,
      'other' => isset($hooks['script_loader_tag']) ? $hooks['script_loader_tag']("<script src='y'></script>", 'jquery') : null,
      'attributes' => isset($hooks['wp_script_attributes']) ? $hooks['wp_script_attributes'](['id' => 'platform-rum-js']) : null,
      'untouched' => isset($hooks['wp_script_attributes']) ? $hooks['wp_script_attributes'](['id' => 'jquery-js']) : null,
    ]);`;
  return JSON.parse(
    execFileSync(PHP, ['-n', '-r', code], { encoding: 'utf8', env: { PATH: process.env.PATH, ...env } }),
  );
}

it('WordPress 6.1: the tag is text, deferred, and no other tag is touched', () => {
  expect(run('6.1.9')).toEqual({
    scripts: [['platform-rum', '/_rum/rum/loader.js?site=shop', [], null, false]],
    tag: `<script defer data-page="single" data-no-optimize="1" data-no-defer="1" data-no-minify="1" data-cfasync="false" nowprocket src='x' id='platform-rum-js'></script>`,
    other: "<script src='y'></script>",
    attributes: null,
    untouched: null,
  });
});
it('WordPress 6.4 and later: attributes, and the strategy defer', () => {
  const { scripts, tag, attributes, untouched } = run('6.8.1', {
    RUM_SITE: 'shop',
    RUM_BASE: 'https://rum.example.org/',
  });
  expect(scripts).toEqual([
    ['platform-rum', 'https://rum.example.org/rum/loader.js?site=shop', [], null, { strategy: 'defer' }],
  ]);
  expect(tag).toBeNull();
  expect(attributes).toMatchObject({
    id: 'platform-rum-js',
    'data-page': 'single',
    'data-no-defer': '1',
    nowprocket: true,
  });
  expect(untouched).toEqual({ id: 'jquery-js' });
});
it.each([{}, { RUM_SITE: '' }, { RUM_SITE: '"><' }])('nothing without a site: %j', (env) => {
  expect(run('6.1.9', env)).toMatchObject({ scripts: [], tag: null, attributes: null });
});
