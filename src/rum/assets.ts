// The scripts that pages load: the loader of a site, and two bundles with hash, SRI and both compressions, made once at the start.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Site } from '../spec/site.ts';

export interface Bundle {
  /** Below the base that the loader is at: /rum/lite-0123abcd.js. */
  readonly path: string;
  readonly sri: string;
  readonly plain: Buffer;
  readonly gzip: Buffer;
  readonly brotli: Buffer;
}

export interface Assets {
  readonly bundles: readonly Bundle[];
  loader(site: Site): { readonly text: string; readonly etag: string };
}

const require = createRequire(import.meta.url);

/** A file of a package, whatever its exports say; `entry` is a file that they name. */
function fromPackage(name: string, entry: string, path: string): string {
  const folder = `node_modules/${name}/`;
  const root = entry.slice(0, entry.lastIndexOf(folder) + folder.length);
  return readFileSync(join(root, path), 'utf8').replace(/\n?\/\/# sourceMappingURL=\S+\s*$/, '');
}
const ours = (name: string): string =>
  readFileSync(join(dirname(new URL(import.meta.url).pathname), 'browser', name), 'utf8');
const withoutComment = (text: string): string => text.replaceAll(/^\s*\/\/.*\n/gm, '');

/** Reads and packs the scripts; takes about a third of a second, so only where there are sites. */
export function makeAssets(): Assets {
  const faroOf = (path: string) => fromPackage('@grafana/faro-web-sdk', require.resolve('@grafana/faro-web-sdk'), path);
  const { version } = JSON.parse(faroOf('package.json')) as { version: string };
  const faro = faroOf('dist/bundle/faro-web-sdk.iife.js');
  const vitals = fromPackage('web-vitals', require.resolve('web-vitals'), 'dist/web-vitals.iife.js');
  const lite = bundle('lite', inFunction(vitals, ours('lite.js')));
  const full = bundle(`faro-${version}`, inFunction(faro, ours('full.js')));
  const source = withoutComment(ours('loader.js')).replaceAll(/\n\s*/g, '\n');
  return {
    bundles: [lite, full],
    loader({ key, mode, sample }) {
      const { path: src, sri } = mode === 'lite' ? lite : full;
      const text = source.replace('__CONFIG__', () => JSON.stringify({ site: key, mode, sample, src, sri }));
      return { text, etag: `"${hash(text)}"` };
    },
  };
}

/** Names of the package stay within: nothing is added to the page's globals. */
const inFunction = (library: string, own: string): Buffer =>
  Buffer.from(`(()=>{${library}\n${withoutComment(own)}})();\n`);

const hash = (text: Buffer | string): string => createHash('sha256').update(text).digest('hex').slice(0, 12);

function bundle(name: string, plain: Buffer): Bundle {
  return {
    path: `/rum/${name}-${hash(plain)}.js`,
    sri: `sha384-${createHash('sha384').update(plain).digest('base64')}`,
    plain,
    gzip: gzipSync(plain, { level: 9 }),
    brotli: brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 10 } }),
  };
}
