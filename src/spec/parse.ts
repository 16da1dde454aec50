// Texts to a Spec: YAML, secrets, schema, references and lint, every problem at once with its place.
// Reads nothing itself; files and environment come in as ports.
import { z } from 'zod';
import { type Finding, finding, inReadingOrder, type Path, type Problem, redact } from './finding.ts';
import { parseAt } from './issues.ts';
import { lintSpec } from './lint.ts';
import { checkMaintenance, checkSlo, checkTarget, type Known } from './references.ts';
import { valueAt } from './schema-walk.ts';
import { resolveSecrets, type SecretPorts } from './secrets.ts';
import { MAX_ALIASES, readSource, type Source } from './source.ts';
import { type Spec, specSchema } from './spec.ts';
import type { Target } from './target.ts';

export interface SpecText {
  readonly file: string;
  readonly text: string;
}
export type SpecPorts = SecretPorts;

/** `secrets` holds every secret that was seen, for redaction of logs and messages. */
export type ParseResult =
  | {
      readonly ok: true;
      readonly spec: Spec;
      readonly findings: readonly Finding[];
      readonly secrets: readonly string[];
    }
  | { readonly ok: false; readonly findings: readonly Finding[]; readonly secrets: readonly string[] };

const SECTIONS = ['targets', 'slos', 'maintenance', 'policies'] as const;
type Section = (typeof SECTIONS)[number];

// Items are parsed one by one, so that one bad target does not hide what is wrong with the SLOs.
const items = z.array(z.unknown());
const shell = z
  .strictObject({ targets: items, slos: items, maintenance: items, policies: items, exporter: z.unknown() })
  .partial();

/** One item of a section and where it stands. */
interface Item {
  readonly source: Source;
  readonly path: Path;
  readonly raw: unknown;
  value?: unknown;
}
type Items = Record<Section, Item[]>;

/**
 * Parses one spec out of several files; their lists are concatenated.
 * Findings are in reading order; a single error makes `ok` false. Never throws for what stands in the texts.
 */
export function parseSpec(sources: readonly SpecText[], ports: SpecPorts): ParseResult {
  const files = sources.map((source) => source.file);
  const findings: Finding[] = [];
  const secrets: string[] = [];
  const found: Items = { targets: [], slos: [], maintenance: [], policies: [] };
  const exporters: Item[] = [];
  for (const { file, text } of sources) {
    const read = readSource(file, text);
    findings.push(...read.findings);
    if (read.source === undefined) continue;
    const source = read.source;
    const resolved = resolveSecrets(source, ports);
    secrets.push(...resolved.secrets);
    findings.push(...resolved.problems.map((problem) => placed(problem, source)));
    findings.push(...collect(source, found, exporters));
  }
  findings.push(...parseItems(found), ...duplicates(found));
  const exporter = parseExporter(exporters, findings);
  const spec = { ...valuesOf(found), exporter } as unknown as Spec;
  findings.push(...checkReferences(found));
  if (sources.length > 0) findings.push(...lint(spec, found, exporters[0]));
  const clean = inReadingOrder(findings, files).map((f) => redacted(f, secrets));
  if (clean.some((f) => f.severity === 'error')) return { ok: false, findings: clean, secrets };
  return { ok: true, spec, findings: clean, secrets };
}

/** A problem with the place of its path in the file. */
function placed(problem: Problem, source: Source): Finding {
  const place = problem.atKey ? source.placeOfKey(problem.path) : source.placeOf(problem.path);
  return finding(problem.rule, source.file, place, problem);
}

function redacted(f: Finding, secrets: readonly string[]): Finding {
  return {
    ...f,
    message: redact(f.message, secrets),
    ...(f.hint === undefined ? {} : { hint: redact(f.hint, secrets) }),
  };
}

/** Sorts the top level of one file into the sections. */
function collect(source: Source, found: Items, exporters: Item[]): Finding[] {
  let data: unknown;
  try {
    data = source.doc.toJS({ maxAliasCount: MAX_ALIASES }) ?? {};
  } catch {
    const what = {
      message: 'too many or broken aliases',
      hint: `at most ${MAX_ALIASES} aliases (*name), each after its anchor (&name)`,
    };
    return [finding('yaml-limit', source.file, { line: 1, column: 1, length: 1 }, what)];
  }
  // `slos:` without a value is an empty list.
  const isObject = typeof data === 'object' && data !== null && !Array.isArray(data);
  const filled = isObject
    ? Object.fromEntries(Object.entries(data as object).filter(([, value]) => value !== null))
    : data;
  const top = parseAt(shell, filled, []);
  for (const section of SECTIONS) {
    const list = valueAt(filled, [section]);
    if (!Array.isArray(list)) continue;
    for (const [index, raw] of list.entries()) found[section].push({ source, path: [section, index], raw });
  }
  const exporter = valueAt(filled, ['exporter']);
  if (exporter !== undefined) exporters.push({ source, path: ['exporter'], raw: exporter });
  return top.problems.map((problem) => placed(problem, source));
}

function parseItems(found: Items): Finding[] {
  return SECTIONS.flatMap((section) =>
    found[section].flatMap((item) => {
      const schema = specSchema.shape[section].unwrap().element;
      const { value, problems } = parseAt(schema as z.ZodType, item.raw, item.path);
      if (section === 'targets' && value !== undefined) setTimeoutDefault(value as Target);
      item.value = value;
      return problems.map((problem) => placed(problem, item.source));
    }),
  );
}

const LONGEST_TIMEOUT_MS = 10_000;

function setTimeoutDefault(target: { interval: number; timeout?: number | undefined }): void {
  target.timeout ??= Math.min(LONGEST_TIMEOUT_MS, Math.floor(target.interval * 0.8));
}

function duplicates(found: Items): Finding[] {
  const findings: Finding[] = [];
  for (const section of ['targets', 'slos'] as const) {
    const byName = Map.groupBy(found[section], (item) => valueAt(item.raw, ['name']));
    for (const [name, same] of byName) {
      if (typeof name !== 'string' || same.length < 2) continue;
      for (const [index, item] of same.entries()) {
        const other = same[index === 0 ? 1 : 0]!;
        const there = other.source.placeOf([...other.path, 'name']);
        findings.push(
          placed(
            {
              rule: 'duplicate-name',
              path: [...item.path, 'name'],
              message: `the name "${name}" is used twice in ${section}`,
              hint: `also at ${other.source.file}:${there.line}:${there.column}; names are unique over all files`,
            },
            item.source,
          ),
        );
      }
    }
  }
  return findings;
}

function parseExporter(exporters: readonly Item[], findings: Finding[]): Spec['exporter'] {
  for (const second of exporters.slice(1)) {
    const hint = `the first one is in ${exporters[0]!.source.file}; keep one`;
    findings.push(
      placed(
        { rule: 'duplicate-exporter', path: ['exporter'], message: 'a second section exporter', hint, atKey: true },
        second.source,
      ),
    );
  }
  const schema = specSchema.shape.exporter;
  const parsed = exporters.map((item) => {
    const { value, problems } = parseAt(schema, item.raw, item.path);
    findings.push(...problems.map((problem) => placed(problem, item.source)));
    return value;
  });
  return parsed[0] ?? schema.parse({});
}

function valuesOf(found: Items): Record<Section, unknown[]> {
  const values = (section: Section) => found[section].map((item) => item.value).filter((value) => value !== undefined);
  return {
    targets: values('targets'),
    slos: values('slos'),
    maintenance: values('maintenance'),
    policies: values('policies'),
  };
}

function checkReferences(found: Items): Finding[] {
  const texts = (section: Section, key: string) =>
    found[section].map((item) => valueAt(item.raw, [key])).filter((value) => typeof value === 'string');
  const targets = found.targets
    .map((item) => item.value as Target | undefined)
    .filter((target) => target !== undefined);
  const known: Known = {
    targetNames: texts('targets', 'name'),
    services: texts('slos', 'service'),
    targets: new Map(targets.map((target) => [target.name, target])),
  };
  const check = <T>(section: Section, of: (value: T, path: Path, raw: unknown) => Problem[]) =>
    found[section].flatMap((item) =>
      item.value === undefined
        ? []
        : of(item.value as T, item.path, item.raw).map((problem) => placed(problem, item.source)),
    );
  return [
    ...check<Target>('targets', (target, path, raw) =>
      checkTarget(target, path, valueAt(raw, ['timeout']) !== undefined),
    ),
    ...check<Spec['slos'][number]>('slos', (slo, path) => checkSlo(slo, path, known)),
    ...check<Spec['maintenance'][number]>('maintenance', (window, path) => checkMaintenance(window, path, known)),
  ];
}

/** Lint knows indexes in the whole spec; here they become places in files. */
function lint(spec: Spec, found: Items, exporter: Item | undefined): Finding[] {
  return lintSpec(spec).map((problem) => {
    const [section, index, ...rest] = problem.path;
    const valid = SECTIONS.some((s) => s === section)
      ? found[section as Section].filter((item) => item.value !== undefined)
      : [];
    const item = typeof index === 'number' ? valid[index] : undefined;
    if (item !== undefined) return placed({ ...problem, path: [...item.path, ...rest] }, item.source);
    const any = exporter ?? SECTIONS.flatMap((s) => found[s])[0];
    return any === undefined
      ? finding(problem.rule, '', { line: 1, column: 1, length: 1 }, problem)
      : placed(problem, any.source);
  });
}
