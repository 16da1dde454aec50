// A WordPress answer is judged by what it is, not by the words that it quotes.
import { describe, expect, it } from 'vitest';
import { judgePage, judgeStatus } from '../../src/probe/judge-page.ts';

const SENTENCES = [
  ['db_error', 'Error establishing a database connection'],
  ['critical_error', 'There has been a critical error on this website.'],
  ['wp_maintenance', 'Briefly unavailable for scheduled maintenance. Check back in a minute.'],
] as const;
const THEME = '<link rel="stylesheet" href="https://shop.example.org/wp-content/themes/x/style.css">';
const page = (body: string, head = THEME) =>
  `<!DOCTYPE html><html><head><title>Shop</title>${head}</head><body>${body}${'x'.repeat(600)}</body></html>`;
const died = (message: string) =>
  `<!DOCTYPE html>\n<html dir='ltr'><body id="error-page">\n\t<div class="wp-die-message">${message}</div></body>\n</html>`;
const judge = (body: string, status = 200, headers: Record<string, string> = {}) =>
  judgePage({ status, headers, body, url: 'https://shop.example.org/' }, { host: 'shop.example.org', minBytes: 512 })
    .outcome;

describe.each(SENTENCES)('%s', (outcome, sentence) => {
  it('is not what a healthy page says that quotes it', () => {
    expect(judge(page(`<p>How to mend "${sentence}"</p>`))).toBe('ok');
    expect(judge(page(`<code>&lt;body id="error-page"&gt; ${sentence}</code>`))).toBe('ok');
  });
  it('is seen with a status of 500 on, whatever else the page holds; 499 is the last that is not', () => {
    expect(judge(page(sentence), 500)).toBe(outcome);
    expect(judge(page(sentence), 499)).toBe('status');
  });
  it('is seen when wp_die sends it with 200, also after half a page of a theme', () => {
    expect(judge(died(sentence))).toBe(outcome);
    expect(judge(`<html><head>${THEME}</head><body>shop${died(sentence)}`)).toBe(outcome);
  });
  it('is seen when a drop-in sends it with 200', () => {
    expect(judge(page(sentence, ''))).toBe(outcome);
    expect(judge(sentence)).toBe(outcome);
  });
});

describe("core's error page in another language", () => {
  it('is told by its structure', () => {
    expect(judge(died('<h1>Fehler beim Aufbau einer Datenbankverbindung</h1>'), 500)).toBe('db_error');
    expect(
      judge(
        died(
          '<p>Es gab einen kritischen Fehler.</p><p><a href="https://wordpress.org/support/article/faq-troubleshooting/">Mehr</a></p>',
        ),
        500,
      ),
    ).toBe('critical_error');
    expect(judge(died('Wegen Wartungsarbeiten kurz nicht da.'), 503, { 'retry-after': '600' })).toBe('wp_maintenance');
    expect(judge(died('Etwas ging schief.'), 500)).toBe('server_error');
    expect(judge(died('Etwas ging schief.'), 503)).toBe('overloaded');
  });
});

describe('the end of a page', () => {
  it('may be followed by anything, but must be there', () => {
    expect(judge(`${page('shop')}\n<!-- cached 1 -->\n<!-- cached 2 --> trailing text`)).toBe('ok');
    expect(judge(page('shop').replace('</html>', '</HTML>'))).toBe('ok');
    expect(judge(page('shop').replace('</html>', ''))).toBe('white_screen');
  });
  it('is looked for in linear time, also in a hostile body', { timeout: 5_000 }, () => {
    expect(judge(page(`</html>${'<!-- --> '.repeat(200_000)}`))).toBe('ok');
    expect(judge(`${'<body '.repeat(300_000)}${'wp-die-message">        '.repeat(1_000)}`)).toBe('white_screen');
  });
});

describe('a status', () => {
  it.each([
    [403, {}, 'denied', 'waf_block'],
    [406, {}, 'denied', 'waf_block'],
    [403, {}, THEME, 'status'],
    [403, {}, '{"code":"rest_forbidden"}', 'status'],
    [403, {}, '<body id="error-page">Sorry, you are not allowed.', 'status'],
    [503, { 'cf-mitigated': 'challenge' }, 'Just a moment...', 'challenge'],
    [403, { 'cf-mitigated': 'challenge' }, '', 'challenge'],
    [403, { 'cf-mitigated': 'other' }, '', 'waf_block'],
    [451, {}, THEME, 'geo_block'],
    [403, {}, 'error code: 1009', 'geo_block'],
    [403, {}, 'has banned the country or region your IP address is in', 'geo_block'],
    [403, {}, 'error code: 1020', 'waf_block'],
    [403, {}, `${THEME}error code: 1009`, 'status'],
    [299, {}, '', undefined],
    [300, {}, '', 'status'],
    [499, {}, '', 'status'],
    [500, {}, '', 'server_error'],
  ] as const)('of %i with %j and "%s" is %s', (status, headers, body, outcome) => {
    expect(judgeStatus({ status, headers, body })?.outcome).toBe(outcome);
  });
});
