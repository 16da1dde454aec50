// The rows of the map in infra/README.md, and what is wrong with one. Reads the repository, changes nothing.
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../../..');
export const README = join(ROOT, 'infra/README.md');

export interface Row {
  /** B1, A1, L1: boxes, arrows, list items. */
  readonly number: string;
  readonly section: string;
  /** In the words of the document; several are parted by semicolons. */
  readonly seed: string;
  readonly deployed: string;
  readonly tested: string;
  readonly differs: string;
}

/** Rows of the tables below the heading "The map". Throws an Error at one that has not five cells. */
export function rowsOf(readme: string): Row[] {
  const map = readme.split('\n## The map\n')[1]?.split('\n## ')[0] ?? '';
  let section = '';
  return map.split('\n').flatMap((line) => {
    section = /^### (.+)$/.exec(line)?.[1] ?? section;
    if (!/^\| [A-Z]+\d+ \|/.test(line)) return [];
    const cells = line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim());
    if (cells.length !== 5) throw new Error(`five cells are needed, and there are ${cells.length}: ${line}`);
    const [number, seed, deployed, tested, differs] = cells as [string, string, string, string, string];
    return [{ number, section, seed, deployed, tested, differs }];
  });
}

const ARROW = /^(.+?) (→|⇢) (.+?)( \(.+\))?$/;

/** Boxes, arrows and items of a row, each as the document has it: `A, B → C` are two arrows. */
export const itemsOf = ({ number, seed }: Row): string[] =>
  number.startsWith('L')
    ? [seed]
    : seed.split('; ').flatMap((item) => {
        const [, from, sign, to, label = ''] = ARROW.exec(item) ?? [];
        if (from === undefined || !number.startsWith('A')) return [item];
        return from.split(', ').flatMap((one) => to!.split(', ').map((other) => `${one} ${sign} ${other}${label}`));
      });

const marked = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1]!);
const isResource = (word: string): boolean => /^ionoscloud_\w+$/.test(word);
/** An alert is named by its runbook; everything else is a path. */
const pathOf = (word: string): string => (/^[A-Z][A-Za-z]+$/.test(word) ? `alerts/runbooks/${word}.md` : word);
const TEST_FILE = /^(test\/.+\.test\.ts|infra\/terraform\/.+\.tftest\.hcl)$/;

/** Text of a file, or of all Terraform files below a folder. */
function textOf(path: string): string {
  const at = join(ROOT, path);
  if (!existsSync(at)) return '';
  if (!statSync(at).isDirectory()) return readFileSync(at, 'utf8');
  return globSync('**/*.tf', { cwd: at, exclude: ['**/.terraform'] })
    .map((file) => readFileSync(join(at, file), 'utf8'))
    .join('\n');
}

/** A test with the files that it takes its cases from. */
const testText = (path: string): string =>
  [path, path.replace('environments.test.ts', 'policies.ts')].map(textOf).join('\n');

/** What is wrong with a row, in words; nothing if it is true. */
export function faultsOf({ deployed, tested, differs }: Row): string[] {
  const [by, tests] = [marked(deployed), marked(tested)];
  const paths = [...by, ...tests, ...marked(differs)].filter((word) => !isResource(word)).map(pathOf);
  const code = by.filter((word) => word.includes('.tf') || word.startsWith('infra/terraform')).map(textOf);
  const types = [...new Set(by.filter(isResource))];
  return [
    ...paths.filter((path) => !existsSync(join(ROOT, path))).map((path) => `${path} does not exist`),
    ...types
      .filter((type) => !code.some((text) => new RegExp(`^resource "${type}" `, 'm').test(text)))
      .map((type) => `${type} is not in the files that the row names`),
    ...types
      .filter((type) => !tests.some((path) => testText(path).includes(type)))
      .map((type) => `${type} is in none of the tests that the row names`),
    ...tests.filter((path) => !TEST_FILE.test(path)).map((path) => `${path} is no test file`),
    ...(tests.length > 0 || tested === '—' ? [] : ['it names no test: write — if there is none']),
    ...(by.length > 0 && tests.length === 0 ? ['what is deployed has no test'] : []),
    ...(by.length > 0 || (deployed === 'Nothing to deploy' && differs !== '')
      ? []
      : ['it says neither what deploys it, nor why there is nothing to deploy']),
    ...(/not there yet/.test(deployed) ? ['nothing is promised for later: say what stands in, and why'] : []),
  ];
}
