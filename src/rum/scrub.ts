// Takes out of texts and addresses what may be about a person. Pure; never keeps what it took out.

const MOST_CHARACTERS = 256;

/** Scheme, host and path: queries and fragments hold e-mail addresses, tokens and searches. Not an address: ''. */
export function cleanUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return '';
  return `${url.origin}${cleanPath(url.pathname)}`.slice(0, MOST_CHARACTERS);
}

/** The path of an address without what may be about a person; '' if there is none. */
export const pathOf = (url: string | undefined): string => {
  const found = cleanUrl(url ?? '');
  return found === '' ? '' : new URL(found).pathname;
};

/** A path may hold a token too: /reset/eyJ... */
export const cleanPath = (path: string): string => path.split('/').map(cleanPart).join('/');

function cleanPart(part: string): string {
  let plain = part;
  try {
    plain = decodeURIComponent(part);
  } catch {
    // Taken as it is.
  }
  return cleanText(plain) === plain ? part : 'masked';
}

// From the special to the general; each is linear in the length of the text, which is bounded.
const MASKS: readonly (readonly [RegExp, string])[] = [
  [/https?:\/\/[^\s"'<>()?#]*[?#][^\s"'<>()]*/gi, '[address]'],
  [/[\w.+%-]{1,64}(?:@|%40)[\w-]{1,63}(?:\.[\w-]{1,63})+/g, '[e-mail]'],
  [/\beyJ[\w-]{5,}(?:\.[\w-]+){0,2}/g, '[token]'],
  [/\b(?:token|key|secret|password|passwd|session|auth|sid|code)=[^\s&"']+/gi, '[secret]'],
  [/\bBearer\s+\S+/gi, '[token]'],
  [/\b(?=\w*\d)(?=\w*[a-z])[\w-]{20,}/gi, '[token]'],
  [/\b(?:\d{1,3}\.){3}\d{1,3}\b/g, '[address]'],
  [/\d(?:[ -]?\d){5,}/g, '[number]'],
];

/** At most 256 characters, with e-mail addresses, tokens, long numbers, IP addresses and queries masked. */
export function cleanText(text: string): string {
  let clean = text.slice(0, 4 * MOST_CHARACTERS);
  for (const [pattern, mask] of MASKS) clean = clean.replace(pattern, mask);
  return clean.slice(0, MOST_CHARACTERS);
}
