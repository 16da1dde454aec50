// Whole pages with any text where people, pipelines and targets can put one: the markup is that of a harmless text.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { webPlatform } from './platform.ts';

const URLS = [
  '/',
  '/slo/exhausted-slo',
  '/slo/maintenance-slo',
  '/target/exhausted',
  '/events',
  '/config',
  '/real-users/shop',
  '/slo/lcp-slo',
  '/status',
  '/feed.atom',
];

/** Names of tags and attributes in their order: what a text could add to. */
const skeleton = (body: string): string =>
  (body.match(/<[^>]*>/g) ?? []).map((tag) => tag.replaceAll(/"[^"]*"/g, '""')).join('\n');

async function skeletons(text: string, link: string): Promise<string[]> {
  const { app } = await webPlatform({ text, link }, { historyMs: 7_200_000 });
  const bodies = await Promise.all(URLS.map(async (url) => (await app.inject({ url })).body));
  await app.close();
  return bodies.map(skeleton);
}

const NASTY = [
  '<',
  '>',
  '"',
  "'",
  '&',
  '`',
  '=',
  ' ',
  '/',
  '<script>',
  '</title>',
  '-->',
  ']]>',
  '<!--',
  ' onerror=',
  'javascript:',
  '\u2028',
  '\u202e',
  '\u0000',
  '&lt;',
  '\\',
  '{{',
  'a',
];
const hostile = fc
  .array(fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: 'binary', maxLength: 4 })), {
    minLength: 1,
    maxLength: 20,
  })
  .map((parts) => `x${parts.join('')}`.replaceAll('${', '$').slice(0, 190).toWellFormed());

describe('a page', () => {
  it('has the same tags and attributes whatever the texts in it say', async () => {
    const harmless = await skeletons('harmless', 'https://ci.example.org/');
    for (const [i, tags] of harmless.entries())
      expect([URLS[i], tags.split('\n').length > 10]).toEqual([URLS[i], true]);
    await fc.assert(
      fc.asyncProperty(
        hostile,
        fc.oneof(
          hostile,
          hostile.map((text) => `javascript:${text}`),
        ),
        async (text, link) => {
          expect(await skeletons(text, link)).toEqual(harmless);
        },
      ),
      { numRuns: 60 },
    );
  });
});
