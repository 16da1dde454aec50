// What every part of a page needs: escaped text, and the colours of a board in hexadecimal. Never builds a page.

/** Grafana's names, dark enough to read white text on. */
const COLORS: Readonly<Record<string, string>> = {
  green: '#1a7f37',
  orange: '#b3560b',
  red: '#c4162a',
  blue: '#1f60c4',
  purple: '#8f3bb8',
  yellow: '#8a6d00',
};
/** The same for lines and letters on the dark ground. */
const BRIGHT: Readonly<Record<string, string>> = {
  green: '#73bf69',
  orange: '#ff9830',
  red: '#f2495c',
  blue: '#5794f2',
  purple: '#b877d9',
  yellow: '#f2cc0c',
};

const hexOf =
  (names: Readonly<Record<string, string>>) =>
  (color: string | undefined): string | undefined =>
    color && (names[color] ?? (/^#[0-9a-f]{3,8}$/i.test(color) ? color : undefined));

/** The ground of a cell, a stat or a lane; undefined where the board names no colour. */
export const ground = hexOf(COLORS);
/** A line or a text. */
export const bright = hexOf(BRIGHT);

/** Text for HTML, in an attribute too. */
export const html = (text: unknown): string => String(text).replaceAll(/[&<>"']/g, (c) => `&#${c.codePointAt(0)};`);
