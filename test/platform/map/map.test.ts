// The map in infra/README.md is true: every row leads to files, resources and tests that are there, and nothing that is drawn or
// listed is missing.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { faultsOf, itemsOf, README, ROOT, rowsOf } from './rows.ts';
import { SEED } from './seed.ts';
import { parseSeed } from './seed-parse.ts';

const DOCUMENT = join(ROOT, '../shared/seed');
const rows = rowsOf(readFileSync(README, 'utf8'));

describe('the list of what is drawn and listed', () => {
  it('has three drawings, and no arrow that begins or ends at nothing', () => {
    const drawings = SEED.filter(({ arrows }) => arrows.length > 0);
    expect(drawings.map(({ boxes, arrows }) => [boxes.length, arrows.length])).toEqual([
      [12, 15],
      [69, 75],
      [21, 18],
    ]);
    for (const { boxes, arrows } of drawings) {
      const ids = new Set(boxes.map((box) => box.split(':')[0]!));
      const ends = arrows.flatMap((arrow) => arrow.replace(/ \(.*$/, '').split(/ [→⇢] /));
      expect(ends.filter((id) => !ids.has(id))).toEqual([]);
    }
  });
  it('is what the document says', (context) => {
    if (!existsSync(DOCUMENT)) context.skip('not possible here: the document is not beside the repository');
    const texts = globSync('*.txt', { cwd: DOCUMENT }).map((file) => readFileSync(join(DOCUMENT, file), 'utf8'));
    expect(texts).toHaveLength(1);
    expect(parseSeed(texts[0]!)).toEqual(SEED);
  });
  it('is refused when a drawing has a line that is not understood', () => {
    expect(() => parseSeed('# A\n```mermaid\nflowchart TD\nA ==> B\n```\n')).toThrow('not understood: A ==> B');
  });
});

describe('the map', () => {
  it('has the numbers of each kind once, in order, without a gap', () => {
    for (const kind of ['B', 'A', 'L']) {
      const numbers = rows.map(({ number }) => number).filter((number) => number.startsWith(kind));
      expect(numbers.length).toBeGreaterThan(50);
      expect(numbers).toEqual(numbers.map((_, at) => `${kind}${at + 1}`));
    }
    expect(rows.filter(({ number }) => !/^[BAL]\d+$/.test(number))).toEqual([]);
  });
  it.each(SEED)(
    'has everything of "$title" once, in its words, and nothing else',
    ({ title, boxes, arrows, bullets }) => {
      const inMap = rows.filter(({ section }) => section === title);
      const items = (kind: string) => inMap.filter(({ number }) => number.startsWith(kind)).flatMap(itemsOf);
      expect(items('B').sort()).toEqual([...boxes].sort());
      expect(items('A').sort()).toEqual([...arrows].sort());
      expect(items('L').sort()).toEqual([...bullets].sort());
    },
  );
  it('has no section that the document has not', () => {
    const titles = new Set(SEED.map(({ title }) => title));
    expect(rows.filter(({ section }) => !titles.has(section)).map(({ number }) => number)).toEqual([]);
  });
  it.each(rows)('$number ($seed) names files, resources and tests that are there', (row) => {
    expect(faultsOf(row)).toEqual([]);
  });
  it('refers to rows that it has', () => {
    const numbers = new Set(rows.map(({ number }) => number));
    const named = rows.flatMap(({ differs }) => [...differs.matchAll(/\b[BAL]\d+\b/g)].map(([number]) => number));
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((number) => !numbers.has(number))).toEqual([]);
  });
});
