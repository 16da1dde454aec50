// Regular expressions of label matchers, by the rules of RE2 (which Prometheus uses) as far as JavaScript's engine can tell. Pure.

/** Letters that RE2 knows behind a backslash: https://github.com/google/re2/wiki/Syntax (without \C, which Go refuses). */
const KNOWN_ESCAPES = 'afnrtvxdDsSwWbBAzpPQE0';
const FLAGS = /\(\?[imsU-]+(:|\))/g;
/** RE2 refuses more repetitions than this. */
const MOST_REPETITIONS = 1000;

/** Why RE2 would refuse it; undefined if nothing is known against it. */
export function regexProblem(source: string): string | undefined {
  if (/\(\?<?[=!]/.test(source)) return 'RE2 has no look-around';
  const escapes = [...source.matchAll(/\\(.)/gs)].map((m) => m[1]!);
  if (escapes.some((letter) => /[1-9]/.test(letter))) return 'RE2 has no back-references';
  const unknown = escapes.find((letter) => /[a-zA-Z0-9]/.test(letter) && !KNOWN_ESCAPES.includes(letter));
  if (unknown !== undefined) return `RE2 does not know \\${unknown}`;
  if (/(?<!\\)[*+?}]\+/.test(source.replace(/\[[^\]]*\]/g, ''))) return 'RE2 has no possessive repetition';
  const repeats = [...source.matchAll(/(?<!\\)\{(\d+)(?:,(\d*))?\}/g)].flatMap((m) => [
    Number(m[1]),
    Number(m[2] ?? 0),
  ]);
  if (repeats.some((n) => n > MOST_REPETITIONS)) return `RE2 repeats at most ${MOST_REPETITIONS} times`;
  try {
    compiled(source);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Whether a matcher's regular expression, which is anchored at both ends, takes `text`. Throws what RegExp throws. */
export const matchesWhole = (source: string, text: string): boolean => compiled(source).test(text);

/** In the words of JavaScript. Flags inside are dropped: they say nothing about validity, nor about the empty text. */
const compiled = (source: string): RegExp =>
  new RegExp(`^(?:${source.replace(FLAGS, (_, end) => (end === ':' ? '(?:' : '')).replaceAll('(?P<', '(?<')})$`, 's');
