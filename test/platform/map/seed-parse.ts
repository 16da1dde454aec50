// Reads the document that this platform is built from: boxes and arrows of its three drawings, and the items of its lists. Pure.
// Knows the Mermaid that is used there and throws at a line that it does not know, so that nothing is dropped without a word.

/** One heading of the document, with what stands below it. */
export interface Section {
  readonly title: string;
  /** `Id: words`, or the words alone where the drawing has no others; frames are `frame: words`. */
  readonly boxes: readonly string[];
  /** `From → To`, with ⇢ for a dotted one and its label in brackets. */
  readonly arrows: readonly string[];
  /** Bullets, numbered steps, and the sentences below the first drawing. */
  readonly bullets: readonly string[];
}

/** Without icons, emoji, line breaks and Markdown's stars. */
const plain = (text: string): string =>
  text
    .replace(/<i [^>]*><\/i>/g, '')
    .replace(/<br\/>/g, ' ')
    .replace(/[^\x20-\x7e]/g, '')
    .replace(/\*\*/g, '')
    .replace(/\s+/g, ' ')
    .trim();

/** Text outside of fenced blocks, and the blocks, by heading. */
function pieces(text: string): { title: string; lines: string[]; drawing: string[]; tree: string[] }[] {
  const found: ReturnType<typeof pieces> = [];
  let fence = '';
  for (const line of text.split('\n')) {
    const mark = /^\s*```(\w*)/.exec(line);
    if (mark !== null) fence = fence === '' ? mark[1] || 'tree' : '';
    else if (fence === '' && line.startsWith('#'))
      found.push({ title: plain(line.replace(/^#+/, '')), lines: [], drawing: [], tree: [] });
    else if (fence === 'mermaid') found.at(-1)!.drawing.push(line.trim());
    else if (fence === 'tree') found.at(-1)!.tree.push(line);
    else if (fence === '') found.at(-1)?.lines.push(line);
  }
  return found;
}

const ARROWS: readonly (readonly [RegExp, string])[] = [
  [/^(\w+) --> (\w+)$/, '→'],
  [/^(\w+) -\.-> (\w+)$/, '⇢'],
  [/^(\w+) -- (?<label>.+) --> (\w+)$/, '→'],
  [/^(\w+) -\. (?<label>.+) \.-> (\w+)$/, '⇢'],
  [/^(\w+) -->\|"(?<label>.+)"\| (\w+)$/, '→'],
];

function arrowIn(line: string): string | undefined {
  for (const [form, sign] of ARROWS) {
    const match = form.exec(line);
    if (match === null) continue;
    const label = match.groups?.label;
    return `${match[1]} ${sign} ${match.at(-1)}${label === undefined ? '' : ` (${plain(label)})`}`;
  }
  return;
}

function drawn(lines: readonly string[]): Pick<Section, 'boxes' | 'arrows'> {
  const boxes = new Set<string>();
  const arrows: string[] = [];
  for (const line of lines) {
    const arrow = arrowIn(line);
    const frame = /^subgraph "(.+)"$/.exec(line);
    const box = /^(\w+)(?:\[(.+)\])?$/.exec(line);
    if (line === '' || /^(%%|classDef |class |flowchart |graph |end$)/.test(line)) continue;
    if (arrow !== undefined) arrows.push(arrow);
    else if (frame !== null) boxes.add(`frame: ${plain(frame[1]!)}`);
    else if (box !== null) boxes.add(box[2] === undefined ? box[1]! : `${box[1]}: ${plain(box[2])}`);
    else throw new Error(`this line of the drawing is not understood: ${line}`);
  }
  return { boxes: [...boxes], arrows };
}

const listed = (lines: readonly string[]): string[] =>
  lines.flatMap((line) => {
    const item = /^(?:- |\d+\. )(.+)$/.exec(line)?.[1];
    return item === undefined ? [] : [plain(item).replace(/`/g, '').replace(/:$/, '')];
  });

/** Sentences that explain the drawing above them. */
const sentences = (lines: readonly string[]): string[] =>
  lines.filter((line) => /^[A-Z].*[.]$/.test(line.trim())).map(plain);

/** Folders with what they are for, from the drawing of the project's folders. */
const folders = (lines: readonly string[]): string[] =>
  lines.flatMap((line) => {
    const [name, what] = plain(line).split(/\s*# /);
    return what === undefined ? [] : [`${name}: ${what}`];
  });

/** Sections that draw or list something, in the document's order. Throws an Error at a line of a drawing that is not understood. */
export const parseSeed = (text: string): Section[] =>
  pieces(text)
    .map(({ title, lines, drawing, tree }) => ({
      title,
      ...drawn(drawing),
      bullets: [...listed(lines), ...(drawing.length > 0 ? sentences(lines) : []), ...folders(tree)],
    }))
    .filter(({ boxes, arrows, bullets }) => boxes.length + arrows.length + bullets.length > 0);
