// Every Mermaid picture of the repository's Markdown is parsed by Mermaid itself. Nothing is drawn: that would need a browser.
import { globSync, readFileSync } from 'node:fs';
import DOMPurify from 'dompurify';
import mermaid from 'mermaid';
import { describe, expect, it } from 'vitest';
import { ROOT } from './rows.ts';

// Cleaning HTML needs a browser's document; parsing does not need cleaned HTML.
Object.assign(DOMPurify, { addHook: () => {}, sanitize: (text: string) => text });

const pictures = globSync('**/*.md', { cwd: ROOT, exclude: ['**/node_modules', '**/.terraform'] }).flatMap((file) =>
  [...readFileSync(`${ROOT}/${file}`, 'utf8').matchAll(/^```mermaid\n(.*?)^```$/gms)].map(([, text]) => ({
    file,
    text: text!,
  })),
);

interface Flow {
  getVertices(): Map<string, { readonly text?: string }>;
  getSubGraphs(): readonly { readonly id: string }[];
  getEdges(): readonly { readonly start: string; readonly end: string }[];
}
const flow = async (text: string): Promise<Flow> =>
  (await mermaid.mermaidAPI.getDiagramFromText(text)).db as unknown as Flow;

/** Ids that were drawn without words: Mermaid makes a new box of a mistyped id. */
async function mistyped(text: string): Promise<string[]> {
  const of = await flow(text);
  const frames = new Set(of.getSubGraphs().map(({ id }) => id));
  return [...of.getVertices()]
    .filter(([id, { text: words }]) => !frames.has(id) && (words === undefined || words === id))
    .map(([id]) => id);
}

describe('pictures', () => {
  it('are found: the platform has one', () => {
    expect(pictures.map(({ file }) => file)).toContain('infra/README.md');
  });
  it.each(pictures)('of $file can be parsed, and every box has words', async ({ text }) => {
    expect(await mermaid.parse(text)).toMatchObject({ diagramType: 'flowchart-v2' });
    expect(await mistyped(text)).toEqual([]);
    expect((await flow(text)).getEdges().length).toBeGreaterThan(10);
  });
  it('with a fault are refused', async () => {
    await expect(mermaid.parse('flowchart TD\n  A[open --> B[box]\n')).rejects.toThrow('Parse error on line 2');
    expect(await mistyped('flowchart TD\n  A[box] --> B[other]\n  A --> Bb\n')).toEqual(['Bb']);
  });
});
