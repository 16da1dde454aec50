// The tagged template of all pages: every value is escaped, and URLs can lead to http, https or this site only. Never trusts a text.

/** Markup that is finished: it is put into other markup as it is. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

export type Value = Html | string | number | null | undefined | false | readonly Value[];

/** Controls that XML forbids, and marks that turn the direction of what follows: they become a visible U+FFFD. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const UNSEEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/g;

/** Text for HTML, SVG and Atom, also between quotes. */
export const escaped = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(UNSEEN, '\ufffd')
    .replaceAll(/[&<>"'`]/g, (c) => `&#${c.codePointAt(0)};`);

/** A URL of this site (`/x`, `?x`, `#x`, `./x`), or http and https; anything else, `javascript:` above all, leads nowhere. */
export function safeUrl(url: string): string {
  if (/^(\/(?![/\\])|[?#]|\.\/)[^\s\\]*$/.test(url)) return url;
  return /^https?:\/\/[^\s\\]+$/i.test(url) && URL.canParse(url) ? url : '#';
}

type Place = 'text' | 'tag' | 'attribute' | 'url';
const URL_ATTRIBUTE = /\b(?:href|src|action|formaction)=$/;
const known = new WeakMap<TemplateStringsArray, readonly Place[]>();

/** Where each value of a template stands: in text, in quotes, at the beginning of a URL, or in a tag and not in quotes. */
function placesOf(strings: TemplateStringsArray): readonly Place[] {
  const found = known.get(strings);
  if (found !== undefined) return found;
  let quote = '';
  let inTag = false;
  const places = strings.slice(0, -1).map((piece): Place => {
    let opened = -1;
    for (const [i, c] of [...piece].entries()) {
      if (quote !== '') quote = c === quote ? '' : quote;
      else if (inTag && (c === '"' || c === "'")) [quote, opened] = [c, i];
      else if (c === '<' || c === '>') inTag = c === '<';
    }
    if (!inTag) return 'text';
    if (quote === '') return 'tag';
    const isFirst = opened === [...piece].length - 1;
    return isFirst && URL_ATTRIBUTE.test(piece.slice(0, -1)) ? 'url' : 'attribute';
  });
  known.set(strings, places);
  return places;
}

/**
 * Markup with escaped values; false, null and undefined are nothing, lists are joined. Throws if a value stands in a tag
 * without quotes: no escaping would be enough there.
 */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Html {
  const places = placesOf(strings);
  let text = strings[0]!;
  values.forEach((value, i) => {
    const place = places[i]!;
    if (place === 'tag') throw new Error(`a value in a tag without quotes, after ${strings[i]!.slice(-20)}`);
    text += place === 'url' ? escaped(safeUrl(String(value ?? '#'))) : rendered(value);
    text += strings[i + 1]!;
  });
  return new Html(text);
}

function rendered(value: Value): string {
  if (value === null || value === undefined || value === false) return '';
  if (value instanceof Html) return value.text;
  if (Array.isArray(value)) return value.map(rendered).join('');
  return escaped(String(value));
}
