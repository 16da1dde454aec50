// The table of values in the README of a chart, made of its values.yaml and values.schema.json.
// `node test/platform/helm/values-table.ts CHART [--check]` writes it, or says whether it is as it should be.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { chartFolder } from './chart.ts';

interface Schema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

const BEGIN = '<!-- values -->\n';
const END = '\n<!-- /values -->';

/**
 * A row for each value that can be set, in the order of values.yaml; what a list holds has rows of its own. Throws an Error for a
 * value that the schema does not describe, and for one that values.yaml leaves out.
 */
export function valuesTable(values: unknown, schema: Schema): string {
  const rows = rowsOf('', values, schema);
  return ['| value | default | meaning |', '| --- | --- | --- |', ...rows].join('\n');
}

function rowsOf(path: string, value: unknown, schema: Schema): string[] {
  const { properties, items, description } = schema;
  const here = path === '' ? [] : [row(path, value, description)];
  if (items?.properties !== undefined)
    return [
      ...here,
      ...Object.entries(items.properties).map(([key, of]) => row(`${path}[].${key}`, undefined, of.description)),
    ];
  // A default of {} stands for the whole, as a reference to a secret does.
  if (properties === undefined || (path !== '' && Object.keys(value as object).length === 0)) return here;
  // A group is no value of its own: what is in it has rows.
  const left = Object.keys(properties).filter((key) => key !== 'global' && !Object.hasOwn(value as object, key));
  if (left.length > 0) throw new Error(`values.yaml has no ${left.map((key) => below(path, key)).join(', ')}`);
  return Object.entries(value as object).flatMap(([key, of]) => {
    const known = properties[key];
    if (known === undefined) throw new Error(`values.schema.json has no ${below(path, key)}`);
    return rowsOf(below(path, key), of, known);
  });
}

const below = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);

function row(path: string, value: unknown, description: string | undefined): string {
  if (description === undefined) throw new Error(`values.schema.json does not describe ${path}`);
  const shown = value === undefined ? '' : `\`${JSON.stringify(value)}\``;
  return `| \`${path}\` | ${shown} | ${description.replaceAll('|', '\\|')} |`;
}

/** The README as it is and as it should be; throws an Error if it has no place for the table. */
export function readmeOf(chart: string): { readonly path: string; readonly is: string; readonly shouldBe: string } {
  const text = (name: string) => readFileSync(join(chartFolder(chart), name), 'utf8');
  const is = text('README.md');
  const [before, rest] = is.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined)
    throw new Error(`helm/${chart}/README.md has no place for the table: ${BEGIN.trim()} and ${END.trim()}`);
  const table = valuesTable(parse(text('values.yaml')), JSON.parse(text('values.schema.json')) as Schema);
  return { path: join(chartFolder(chart), 'README.md'), is, shouldBe: `${before}${BEGIN}${table}${END}${after}` };
}

if (import.meta.main) {
  const [chart = '', check] = process.argv.slice(2);
  try {
    const { path, is, shouldBe } = readmeOf(chart);
    if (check !== '--check') writeFileSync(path, shouldBe);
    else if (is !== shouldBe)
      throw new Error(
        `${path}: the table is not that of the values; write it: node test/platform/helm/values-table.ts ${chart}`,
      );
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}
