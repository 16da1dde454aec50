// Walks a zod schema along a path: which keys and kinds are allowed there? Never parses anything.
import type { z } from 'zod';
import type { Path } from './finding.ts';

/** The parts of zod's definitions that the walk reads. */
export interface Definition {
  readonly type: string;
  readonly innerType?: z.ZodType;
  readonly in?: z.ZodType;
  readonly element?: z.ZodType;
  readonly valueType?: z.ZodType;
  readonly options?: readonly z.ZodType[];
  readonly discriminator?: string;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly values?: readonly unknown[];
  readonly entries?: Readonly<Record<string, string>>;
  readonly defaultValue?: unknown;
}
export const definitionOf = (schema: z.ZodType): Definition => schema.def as unknown as Definition;

/** Without optional, default and transform around it. */
export function bare(schema: z.ZodType): z.ZodType {
  const { innerType, in: input } = definitionOf(schema);
  const inner = innerType ?? input;
  return inner === undefined ? schema : bare(inner);
}

/** The schema at `path` for this value (it picks the variant of a union); undefined if the path leaves the schema. */
export function schemaAt(schema: z.ZodType, path: Path, value: unknown): z.ZodType | undefined {
  const here = variantFor(bare(schema), value);
  const [part, ...rest] = path;
  if (part === undefined) return here;
  const { shape, element, valueType } = definitionOf(here);
  const next =
    element ?? valueType ?? (shape !== undefined && Object.hasOwn(shape, String(part)) ? shape[part] : undefined);
  return next === undefined ? undefined : schemaAt(next, rest, valueAt(value, [part]));
}

/** Keys of an object schema; empty for anything else. */
export const keysOf = (schema: z.ZodType | undefined): readonly string[] =>
  schema === undefined ? [] : Object.keys(definitionOf(bare(schema)).shape ?? {});

/** Values of the discriminator of a union, e.g. all kinds of targets. */
export function kindsOf(schema: z.ZodType): readonly string[] {
  const { options, discriminator } = definitionOf(bare(schema));
  return (options ?? [])
    .map((option) => literalOf(option, discriminator ?? 'kind'))
    .filter((kind) => kind !== undefined);
}

function variantFor(schema: z.ZodType, value: unknown): z.ZodType {
  const { options, discriminator } = definitionOf(schema);
  if (options === undefined) return schema;
  const isObject = typeof value === 'object' && value !== null;
  const match = options.map(bare).find((option) => {
    const { shape } = definitionOf(option);
    if (discriminator === undefined) return (shape !== undefined) === isObject;
    return isObject && literalOf(option, discriminator) === (value as Record<string, unknown>)[discriminator];
  });
  return match ?? schema;
}

/** The literal of one key of an object schema, e.g. its kind. */
export function literalOf(option: z.ZodType, key: string): string | undefined {
  const literal = definitionOf(bare(option)).shape?.[key];
  const value = literal === undefined ? undefined : definitionOf(literal).values?.[0];
  return typeof value === 'string' ? value : undefined;
}

/** The value at `path` inside plain data; undefined if there is none. Own properties only. */
export function valueAt(value: unknown, path: Path): unknown {
  let here = value;
  for (const part of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, part)) return undefined;
    here = (here as Record<string | number, unknown>)[part];
  }
  return here;
}
