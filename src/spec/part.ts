// What is right in a value that failed its schema, so that one mistake does not hide the next. Pure; never reports anything.
import type { z } from 'zod';
import { nearest } from './nearest.ts';
import { definitionOf, schemaAt, valueAt } from './schema-walk.ts';

/** T as far as it is known. `null` stands where something is wrong; `undefined` where an optional key was left out. */
export type Part<T> = T extends readonly (infer E)[]
  ? readonly (Part<E> | null)[]
  : T extends object
    ? { readonly [K in keyof T]: Part<T[K]> | null }
    : T;

/** Nothing in it is null: it passed the schema, as no value of a spec is null. */
export function isWhole(part: unknown): boolean {
  if (part === null) return false;
  return typeof part !== 'object' || Object.values(part).every(isWhole);
}

/**
 * `{ name: 'a', objective: 'x' }` -> `{ name: 'a', objective: null, ... }`; a whole value comes back parsed.
 * A misspelt key makes the key that was probably meant null: its default would be a guess, and what follows from it a second report.
 */
export function partOf<S extends z.ZodType>(schema: S, value: unknown): Part<z.output<S>> | null {
  return partly(schema, value) as Part<z.output<S>> | null;
}

function partly(schema: z.ZodType, value: unknown): unknown {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const here = schemaAt(schema, [], value) ?? schema;
  const { shape, element } = definitionOf(here);
  if (element !== undefined) return Array.isArray(value) ? value.map((item) => partly(element, item)) : null;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  if (shape === undefined) return partOfUnknownKind(here, value);
  const lacking = Object.keys(shape).filter((key) => !Object.hasOwn(value, key));
  const misspelt = new Set(
    Object.keys(value)
      .filter((key) => !Object.hasOwn(shape, key))
      .map((key) => nearest(key, lacking)),
  );
  const entries = Object.entries(shape).map(([key, field]) => [
    key,
    misspelt.has(key) ? null : partly(field, valueAt(value, [key])),
  ]);
  return Object.fromEntries(entries);
}

/**
 * A mapping whose kind is wrong: those of its keys that every kind has, and those it has itself that are right in every kind that
 * has them. No defaults, as these depend on the kind.
 */
function partOfUnknownKind(union: z.ZodType, value: object): unknown {
  const { options = [], discriminator } = definitionOf(union);
  if (discriminator === undefined) return null;
  const shapes = options.map((option) => definitionOf(option).shape ?? {});
  const fields = Map.groupBy(
    shapes.flatMap((shape) => Object.entries(shape)),
    ([key]) => key,
  );
  const entries = [...fields].flatMap(([key, same]): (readonly [string, unknown])[] => {
    if (key === discriminator) return [];
    const isGiven = Object.hasOwn(value, key);
    const given = valueAt(value, [key]);
    if (same.length === shapes.length) return [[key, isGiven ? partly(same[0]![1], given) : null]];
    const isRight = isGiven && same.every(([, field]) => field.safeParse(given).success);
    return isRight ? [[key, partly(same[0]![1], given)]] : [];
  });
  return { [discriminator]: null, ...Object.fromEntries(entries) };
}

/** The text at a key, or at a misspelling of it. */
export function textsAt(raw: unknown, key: string): string[] {
  const own = valueAt(raw, [key]);
  if (own !== undefined) return typeof own === 'string' ? [own] : [];
  if (typeof raw !== 'object' || raw === null) return [];
  const misspelt = Object.entries(raw).filter(([other]) => nearest(other, [key]) === key);
  return misspelt.map(([, value]) => value).filter((value) => typeof value === 'string');
}
