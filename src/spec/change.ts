// A change of the platform as it is told from outside, and questions for changes: their schemas, and what is wrong with one. Pure.
import { z } from 'zod';
import { CHANGE_KINDS } from './names.ts';
import { didYouMean } from './nearest.ts';
import { isRunSlo, type Spec } from './spec.ts';

/** The service of the exporter's own changes. */
export const OWN_SERVICE = 'plimsoll';

/** Control characters, other line ends, and marks that turn the direction of what follows: none of them belongs into a line. */
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u;
const MOST_AHEAD_MS = 300_000;
const MAX_TEXT = 500;

const line = (most: number) =>
  z
    .string({ error: 'must be text' })
    .refine((text) => text.trim() !== '', 'is empty; leave it out')
    .refine((text) => text.length <= most, `is too long: at most ${most} characters; a link can tell more`)
    .refine((text) => !UNSEEN.test(text) && text.isWellFormed(), 'must be one line without control characters');

const link = line(MAX_TEXT).refine((text) => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
}, 'must be an http or https URL without user and password');

const time = z.iso.datetime({ offset: true, error: 'must be a time with its zone like 2026-12-01T22:00:00Z' });
const kind = z.enum(CHANGE_KINDS, {
  error: ({ input }) =>
    input === undefined
      ? `is missing: one of ${CHANGE_KINDS.join(', ')}`
      : didYouMean(`${input}`, CHANGE_KINDS, 'must be one of'),
});

const changeSchema = z.strictObject({
  kind: kind.describe('What happened.'),
  service: z
    .string({ error: ({ input }) => (input === undefined ? 'is missing: the service that changed' : 'must be text') })
    .describe(`A service of the spec, or ${OWN_SERVICE}.`),
  text: line(MAX_TEXT).optional().describe('What people should read: a version, a name. One line.'),
  time: time.optional().describe('When it happened; now, if it is left out.'),
  link: link.optional().describe('URL of what tells more: pipeline, release, ticket.'),
  target: z.string().optional().describe('The target of the spec that changed.'),
  by: line(100).optional().describe('Who did it.'),
});
/** A change as it is told; `atMs` in ms since 1970. */
export type ToldChange = Omit<z.output<typeof changeSchema>, 'time'> & { readonly atMs: number };

/** A moment: a time with its zone, or ms since 1970, as Grafana writes it. */
const moment = z
  .union([time, z.string().regex(/^\d{1,15}$/)], {
    error: 'must be a time with its zone like 2026-12-01T22:00:00Z, or ms since 1970',
  })
  .transform((text) => (/^\d+$/.test(text) ? Number(text) : Date.parse(text)));

const querySchema = z.strictObject({
  from: moment.optional().describe('Not before this time (RFC 3339, or ms since 1970).'),
  to: moment.optional().describe('Not after this time.'),
  service: z.string().optional().describe('Only of this service.'),
  kind: kind.optional().describe('Only of this kind.'),
  limit: z
    .string()
    .regex(/^[1-9]\d*$/, 'must be a whole number from 1 to 1000')
    .transform(Number)
    .refine((n) => n <= 1_000, 'must be a whole number from 1 to 1000')
    .optional()
    .describe('At most so many, 1 to 1000; 100 if it is left out.'),
});
export type ChangeQuery = z.output<typeof querySchema>;

const jsonSchema = (schema: z.ZodType): object => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return rest;
};
/** For the description of the API. */
export const CHANGE_JSON_SCHEMA = jsonSchema(changeSchema);
export const CHANGE_QUERY_JSON_SCHEMA = jsonSchema(querySchema);

export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string };

/** What a change can belong to, and when it may have happened. */
export interface ChangePlace {
  readonly services: readonly string[];
  readonly targets: readonly string[];
  readonly nowMs: number;
  readonly retentionMs: number;
}

/** The change in the body of a request; or every problem with its place, in one text. */
export function parseChange(body: unknown, place: ChangePlace): Parsed<ToldChange> {
  const parsed = parse(changeSchema, body, 'the body must be a JSON object with kind and service');
  if (!parsed.ok) return parsed;
  const { time: told, ...change } = parsed.value;
  const atMs = told === undefined ? place.nowMs : Date.parse(told);
  const problems = [
    ...unknown('service', change.service, place.services),
    ...(change.target === undefined ? [] : unknown('target', change.target, place.targets)),
    ...(atMs > place.nowMs + MOST_AHEAD_MS
      ? ['time: lies ahead; planned work belongs into maintenance in the spec']
      : []),
    ...(atMs < place.nowMs - place.retentionMs
      ? ['time: is older than exporter.retention, so it would be forgotten']
      : []),
  ];
  return problems.length > 0 ? { ok: false, problem: problems.join('; ') } : { ok: true, value: { ...change, atMs } };
}

/** What is asked for in the query of a request; or every problem. */
export const parseChangeQuery = (query: unknown): Parsed<ChangeQuery> =>
  parse(querySchema, query, 'the query cannot be read');

function unknown(key: string, value: string, known: readonly string[]): string[] {
  if (known.includes(value)) return [];
  const hint = known.length === 0 ? 'the spec has none' : didYouMean(value, known, 'known are');
  return [`${key}: the spec has no ${key} ${JSON.stringify(value.slice(0, 63))}; ${hint}`];
}

function parse<T>(schema: z.ZodType<T>, input: unknown, otherwise: string): Parsed<T> {
  const result = schema.safeParse(input);
  if (result.success) return { ok: true, value: result.data };
  const problems = result.error.issues.map((issue) => {
    if (issue.code === 'unrecognized_keys') return unknownKeys(issue.keys, schema);
    return issue.path.length === 0 ? otherwise : `${issue.path.join('.')}: ${issue.message}`;
  });
  return { ok: false, problem: problems.join('; ') };
}

function unknownKeys(keys: readonly string[], schema: z.ZodType): string {
  const known = Object.keys((schema as unknown as { shape: object }).shape);
  return keys
    .slice(0, 5)
    .map((key) => `${JSON.stringify(key.slice(0, 63))}: is not known; ${didYouMean(key, known, 'known are')}`)
    .join('; ');
}

/** Services that changes can belong to, sorted: those of all SLOs, and the exporter itself. */
export const changeServices = ({ slos }: Pick<Spec, 'slos'>): string[] =>
  [...new Set([...slos.map(({ service }) => service), OWN_SERVICE])].sort();

/** Services whose SLOs count runs of the target or depend on it. */
export const servicesOf = ({ slos }: Pick<Spec, 'slos'>, target: string): string[] => [
  ...new Set(
    slos
      .filter((slo) => (isRunSlo(slo) && slo.sli.target === target) || slo.dependsOn.includes(target))
      .map(({ service }) => service),
  ),
];
