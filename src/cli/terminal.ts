// What the terminal can do. Colour only where a person looks, and never with NO_COLOR (https://no-color.org).

/** Colour on this stream? A NO_COLOR that is set and not empty wins. */
export const wantsColor = (stream: { readonly isTTY?: boolean }): boolean =>
  stream.isTTY === true && (process.env.NO_COLOR ?? '') === '' && process.env.TERM !== 'dumb';
