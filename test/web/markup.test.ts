// What goes into a page as text comes out as text: of any string, in any place that a template has for it.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escaped, Html, html, safeUrl } from '../../src/web/markup.ts';

const NASTY = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onload='x",
  '`',
  '&lt;',
  ']]>',
  '</title>',
  '\u0000',
  '\u202e',
  '\ud800',
  '-->',
  '{{7*7}}',
  '\u2028',
];
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string(),
  fc.constantFrom(...NASTY),
  fc.array(fc.constantFrom(...NASTY)).map((a) => a.join('')),
);

/** What a parser reads of escaped text. */
const unescaped = (markup: string): string =>
  markup.replaceAll(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)));

describe('a template', () => {
  it('leaves no character of a value that could end a text or an attribute, and loses none that can be seen', () => {
    fc.assert(
      fc.property(text, (value) => {
        const markup = html`${value}`.text;
        expect(markup).not.toMatch(/[<>"'`]|&(?!#\d+;)/);
        expect(markup.isWellFormed()).toBe(true);
        const seen = value.toWellFormed();
        expect(unescaped(markup)).toHaveLength(seen.length);
        if (/^[\x20-\x7e]*$/.test(value)) expect(unescaped(markup)).toBe(value);
      }),
    );
  });
  it('makes marks that turn the direction of text visible, and controls too', () => {
    expect(escaped('a\u202eb\u0000c\u0085d\u2066e')).toBe('a\ufffdb\ufffdc\ufffdd\ufffde');
  });
  it('puts markup into markup as it is, joins lists, and shows nothing for nothing', () => {
    expect(html`<p>${[html`<b>${1}</b>`, 'a<', null, undefined, false, 0]}</p>`.text).toBe('<p><b>1</b>a&#60;0</p>');
    expect(html`${new Html('<i>')}`.text).toBe('<i>');
  });
  it('refuses a value in a tag without quotes, also after a quoted one', () => {
    expect(() => html`<a href=${'x'}>`).toThrow('without quotes');
    expect(() => html`<a title="${'x'}" ${'onclick'}>`).toThrow('without quotes');
    expect(html`<p>a = ${'x'}</p>`.text).toBe('<p>a = x</p>');
  });
  it('lets a URL lead to this site, http and https, and nowhere else', () => {
    for (const url of [
      'javascript:alert(1)',
      ' javascript:alert(1)',
      'JAVASCRIPT:x',
      'data:text/html,x',
      '//evil.example',
      '/\\evil.example',
      'vbscript:x',
      'https://a b',
      'java\nscript:x',
      'http://',
    ])
      expect([url, html`<a href="${url}">`.text]).toEqual([url, '<a href="#">']);
    for (const url of ['/slo/a', '?a=b', '#c', './x', 'https://example.org/?a=1', 'http://[::1]:80/'])
      expect(html`<a href='${'x'}' href="${url}">`.text).toContain(`href="${url}"`);
  });
  it('never makes a URL of another scheme, of any text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.webUrl(),
          text,
          text.map((t) => `javascript:${t}`),
        ),
        (value) => {
          const url = safeUrl(value);
          expect(['https:', 'http:']).toContain(new URL(url, 'https://own.example/').protocol);
          if (!/^https?:/i.test(url)) expect(new URL(url, 'https://own.example/').host).toBe('own.example');
        },
      ),
    );
  });
});
