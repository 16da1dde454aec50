// The style sheet and the script of all pages, with a hash of what they hold in their names: a browser may keep them for a year.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

function asset(file: string, type: string): { path: string; type: string; text: string } {
  const text = readFileSync(new URL(file, import.meta.url), 'utf8');
  const [name, end] = file.replace('./', '').split('.');
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 12);
  return { path: `/assets/${name}.${hash}.${end}`, type, text };
}

export const ASSETS = {
  css: asset('./style.css', 'text/css; charset=utf-8'),
  js: asset('./page.js', 'text/javascript; charset=utf-8'),
} as const;
