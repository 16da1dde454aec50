// The reference of the spec for the README: Markdown tables generated from the schema and the list of outcomes. Pure.
import type { z } from 'zod';
import { RECEIVER_SCHEMAS } from '../../src/spec/notify.ts';
import { OUTCOMES } from '../../src/spec/outcome.ts';
import { formatDuration } from '../../src/spec/scalars.ts';
import { bare, definitionOf, keysOf, kindsOf, literalOf } from '../../src/spec/schema-walk.ts';
import { SLI_SCHEMAS, specSchema } from '../../src/spec/spec.ts';
import { TARGET_SCHEMAS } from '../../src/spec/target.ts';

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const row = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');

/** Tables of every option: path, type, default, meaning; one per section, target kind and SLI kind. */
export function specReference(): string {
  const sections: [title: string, schema: z.ZodType, prefix: string][] = [
    ...Object.entries(TARGET_SCHEMAS).map(([kind, schema]): [string, z.ZodType, string] => [
      `Target: ${kind}`,
      schema,
      'targets[].',
    ]),
    ['SLO', specSchema.shape.slos.unwrap().element, 'slos[].'],
    ...Object.entries(SLI_SCHEMAS).map(([kind, schema]): [string, z.ZodType, string] => [
      `SLI: ${kind}`,
      schema,
      'slos[].sli.',
    ]),
    ['Sites', specSchema.shape.sites.unwrap().element, 'sites[].'],
    ['Maintenance', specSchema.shape.maintenance.unwrap().element, 'maintenance[].'],
    ['Policies', specSchema.shape.policies.unwrap().element, 'policies[].'],
    ['Exporter', specSchema.shape.exporter, 'exporter.'],
    ['Alerting', specSchema.shape.alerting, 'alerting.'],
    ['Status page', specSchema.shape.statusPage, 'statusPage.'],
    ['Notify', specSchema.shape.notify, 'notify.'],
    ...Object.entries(RECEIVER_SCHEMAS).map(([kind, schema]): [string, z.ZodType, string] => [
      `Receiver: ${kind}`,
      schema,
      'notify.receivers[].',
    ]),
  ];
  const head = ['option', 'type', 'default', 'meaning'];
  return sections
    .map(([title, schema, prefix]) => `**${title}**\n\n${table(head, rowsOf(schema, prefix))}`)
    .join('\n\n');
}

/** One row per outcome: how it counts, who is to blame, what to look at. */
export function outcomeTable(): string {
  const rows = Object.entries(OUTCOMES).map(([outcome, [verdict, blame, hint]]) => [
    `\`${outcome}\``,
    verdict,
    blame,
    hint,
  ]);
  return table(['outcome', 'counts as', 'blame', 'look at'], rows);
}

function rowsOf(schema: z.ZodType, prefix: string): string[][] {
  const { shape } = definitionOf(bare(schema));
  return Object.entries(shape ?? {}).flatMap(([key, field]) => {
    const path = `${prefix}${key}`;
    const { element } = definitionOf(bare(field));
    const nested =
      keysOf(element ?? field).length > 0 ? rowsOf(element ?? field, `${path}${element ? '[]' : ''}.`) : [];
    return [[`\`${path}\``, typeOf(field), defaultOf(field), field.description ?? ''], ...nested];
  });
}

function typeOf(schema: z.ZodType): string {
  const inner = bare(schema);
  const { type, element, values, entries, options } = definitionOf(inner);
  if (element !== undefined) return `list of ${typeOf(element)}`;
  if (values !== undefined) return values.map((value) => `\`${value}\``).join(', ');
  if (entries !== undefined)
    return `one of ${Object.values(entries)
      .map((value) => `\`${value}\``)
      .join(', ')}`;
  if (options !== undefined) return unionType(inner, options);
  const names: Record<string, string> = {
    object: 'mapping',
    record: 'mapping',
    int: 'number',
    string: 'text',
    boolean: 'true or false',
  };
  return names[type] ?? type;
}

function unionType(union: z.ZodType, options: readonly z.ZodType[]): string {
  const kinds = kindsOf(union);
  if (kinds.length > 0 && literalOf(options[0]!, 'kind') !== undefined) return `mapping with kind ${kinds.join(', ')}`;
  const own = union.meta()?.title;
  return typeof own === 'string' ? own : [...new Set(options.map(typeOf))].join(' or ');
}

function defaultOf(schema: z.ZodType): string {
  const { type, innerType, defaultValue } = definitionOf(schema);
  if (type === 'optional') return '';
  if (type === 'prefault') return '';
  if (type !== 'default') return innerType === undefined ? 'required' : defaultOf(innerType);
  const isDuration = innerType !== undefined && typeOf(innerType) === 'duration';
  return `\`${isDuration ? formatDuration(Number(defaultValue)) : JSON.stringify(defaultValue)}\``;
}
