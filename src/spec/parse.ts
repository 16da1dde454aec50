// Texts to a Spec: YAML, secrets, schema, references and lint, every problem at once with its place.
// Reads nothing itself; files and environment come in as ports.
import type { z } from 'zod';
import { duplicates } from './duplicates.ts';
import { type Finding, inReadingOrder, once, type Path, type Problem, redacted } from './finding.ts';
import { parseAt } from './issues.ts';
import {
  collect,
  type Found,
  type Item,
  type Items,
  markIncomplete,
  placed,
  SECTIONS,
  SETTINGS,
  type Section,
  type Setting,
} from './items.ts';
import { type KnownSpec, lintSpec } from './lint.ts';
import { checkNamedFiles, type FileProblem } from './named-files.ts';
import { checkNotify } from './notify-checks.ts';
import { type Part, partOf, textsAt } from './part.ts';
import { checkPolicy, type Policy } from './policy-checks.ts';
import { checkMaintenance, checkModules, checkSlo, checkTarget, type Known } from './references.ts';
import { valueAt } from './schema-walk.ts';
import { resolveSecrets, type SecretPorts } from './secrets.ts';
import type { Site } from './site.ts';
import { readSource, type Source } from './source.ts';
import { type Maintenance, type Slo, type Spec, specSchema } from './spec.ts';
import { checkStatusPage } from './status-page.ts';
import type { Target } from './target.ts';

export interface SpecText {
  readonly file: string;
  readonly text: string;
}
/** Without `fileProblem` the certificates, keys and tokens that the spec names are not looked at. */
export interface SpecPorts extends SecretPorts {
  readonly fileProblem?: FileProblem;
}
/** `secrets` holds every secret that was seen, for redaction of logs and messages. */
export type ParseResult =
  | {
      readonly ok: true;
      readonly spec: Spec;
      readonly findings: readonly Finding[];
      readonly secrets: readonly string[];
    }
  | { readonly ok: false; readonly findings: readonly Finding[]; readonly secrets: readonly string[] };

/**
 * Parses one spec out of several files; their lists are concatenated. `complete` is false if there are files that could not be read.
 * Findings are in reading order; a single error makes `ok` false. Never throws for what stands in the texts.
 */
export function parseSpec(sources: readonly SpecText[], ports: SpecPorts, complete = true): ParseResult {
  const files = sources.map((source) => source.file);
  const findings: Finding[] = [];
  const secrets: string[] = [];
  const found: Found = {
    targets: [],
    slos: [],
    sites: [],
    maintenance: [],
    policies: [],
    settings: { exporter: [], alerting: [], notify: [], statusPage: [] },
    incomplete: new Set(),
  };
  if (!complete) markIncomplete(found);
  let first: Source | undefined;
  for (const { file, text } of sources) {
    const read = readSource(file, text);
    findings.push(...read.findings);
    if (read.source === undefined) {
      markIncomplete(found);
      continue;
    }
    const source = read.source;
    first ??= source;
    const resolved = resolveSecrets(source, ports);
    secrets.push(...resolved.secrets);
    findings.push(...resolved.problems.map((problem) => placed(problem, source)));
    findings.push(...collect(source, found));
  }
  findings.push(...parseItems(found), ...duplicates(found), ...SETTINGS.flatMap((s) => parseSetting(s, found)));
  for (const { value, path, source } of [...found.targets, ...found.settings.exporter]) {
    const problems = checkNamedFiles(value, path, source.file, ports.fileProblem);
    findings.push(...problems.map((problem) => placed(problem, source)));
  }
  findings.push(...checkReferences(found), ...lint(found));
  // Only of a spec that would start: else an error says why.
  if (findings.every((f) => f.severity !== 'error')) findings.push(...checkEmpty(found, first));
  const clean = inReadingOrder(once(findings), files).map((f) => redacted(f, secrets));
  if (clean.some((f) => f.severity === 'error')) return { ok: false, findings: clean, secrets };
  return { ok: true, spec: specOf(found) as Spec, findings: clean, secrets };
}

function parseItems(found: Items): Finding[] {
  return SECTIONS.flatMap((section) =>
    found[section].flatMap((item) => {
      const schema: z.ZodType = specSchema.shape[section].unwrap().element;
      const { value, problems } = parseAt(schema, item.raw, item.path);
      item.value = value ?? partOf(schema, item.raw);
      if (section === 'targets' && item.value !== null) setTimeoutDefault(item.value as Part<Target>);
      return problems.map((problem) => placed(problem, item.source));
    }),
  );
}

const LONGEST_TIMEOUT_MS = 10_000;

function setTimeoutDefault(target: { interval: number | null; timeout?: number | null }): void {
  if (target.timeout !== undefined) return;
  target.timeout = target.interval === null ? null : Math.min(LONGEST_TIMEOUT_MS, Math.floor(target.interval * 0.8));
}

/** A spec that was read whole, and has no targets or no SLOs. */
function checkEmpty(found: Found, source: Source | undefined): Finding[] {
  const section = found.targets.length === 0 && found.slos.length === 0 ? 'targets' : 'slos';
  const isKnown = !found.incomplete.has('targets') && !found.incomplete.has('slos');
  if (source === undefined || !isKnown || found.slos.length > 0) return [];
  const lacks = {
    targets: 'the spec has no targets: nothing is measured',
    slos: 'the spec has no SLOs: targets are probed, but no promise is measured',
  };
  const hint = 'README.md shows a first spec; npm start -- --site URL makes one';
  return [placed({ rule: 'nothing-measured', path: [section], message: lacks[section], hint, atKey: true }, source)];
}

function parseSetting(setting: Setting, found: Found): Finding[] {
  const items = found.settings[setting];
  return items.flatMap((item, index) => {
    const schema: z.ZodType = specSchema.shape[setting];
    const { value, problems } = parseAt(schema, item.raw, item.path);
    item.value = value ?? partOf(schema, item.raw);
    const hint = `the first one is in ${items[0]!.source.file}; keep one`;
    const second: Problem[] =
      index === 0
        ? []
        : [{ rule: 'duplicate-section', path: [setting], message: `a second section ${setting}`, hint, atKey: true }];
    return [...second, ...problems].map((problem) => placed(problem, item.source));
  });
}

/** The spec as far as it is known; whole if there was no error. */
function specOf({ targets, slos, sites, maintenance, policies, settings }: Found): KnownSpec {
  const values = (items: readonly Item[]) => items.map((item) => item.value);
  const setting = (name: Setting) => {
    const [first] = settings[name];
    return first === undefined ? specSchema.shape[name].parse({}) : first.value;
  };
  return {
    targets: values(targets),
    slos: values(slos),
    sites: values(sites),
    maintenance: values(maintenance),
    policies: values(policies),
    exporter: setting('exporter'),
    alerting: setting('alerting'),
    notify: setting('notify'),
    statusPage: setting('statusPage'),
  } as KnownSpec;
}

function checkReferences(found: Found): Finding[] {
  // An item without a readable name may be the one that is meant.
  const texts = (section: Section, key: string) => {
    const perItem = found[section].map((item) => textsAt(item.raw, key));
    return found.incomplete.has(section) || perItem.some((own) => own.length === 0) ? null : perItem.flat();
  };
  const named = Map.groupBy(found.targets, (item) => valueAt(item.raw, ['name']));
  const unique = found.targets.filter((item) => item.value && named.get(valueAt(item.raw, ['name']))!.length === 1);
  const known: Known = {
    targetNames: texts('targets', 'name'),
    services: texts('slos', 'service'),
    sites: found.incomplete.has('sites')
      ? null
      : found.sites.flatMap(({ value }) => (value as Part<Site> | null) ?? []),
    targets: new Map(
      unique.flatMap((item) => {
        const name = valueAt(item.raw, ['name']);
        return typeof name === 'string' ? [[name, item.value as Part<Target>] as const] : [];
      }),
    ),
  };
  const check = <T>(section: Section, of: (value: Part<T>, path: Path, raw: unknown) => Problem[]) =>
    found[section].flatMap((item) =>
      item.value === null
        ? []
        : of(item.value as Part<T>, item.path, item.raw).map((problem) => placed(problem, item.source)),
    );
  const checkSetting = (setting: Setting, of: (item: Item) => Problem[]) =>
    found.settings[setting].flatMap((item) => of(item).map((problem) => placed(problem, item.source)));
  const owners = { teams: texts('slos', 'team'), services: known.services };
  return [
    ...check<Target>('targets', (target, path, raw) =>
      checkTarget(target, path, valueAt(raw, ['timeout']) !== undefined),
    ),
    ...checkSetting('exporter', ({ raw, path }) => checkModules(valueAt(raw, ['modules']), [...path, 'modules'])),
    ...check<Slo>('slos', (slo, path) => checkSlo(slo, path, known)),
    ...check<Policy>('policies', checkPolicy),
    ...check<Maintenance>('maintenance', (window, path) => checkMaintenance(window, path, known)),
    ...checkSetting('statusPage', ({ value, path }) =>
      checkStatusPage(value as Part<Spec['statusPage']> | null, path, texts('slos', 'name')),
    ),
    ...checkSetting('notify', ({ value, path }) => checkNotify(value as Part<Spec['notify']> | null, path, owners)),
  ];
}

/** Lint knows indexes in the whole spec; here they become places in files. */
function lint(found: Found): Finding[] {
  const spec = specOf(found);
  const known: KnownSpec = {
    ...spec,
    // Settings that could not be read are not known, and neither are their defaults.
    policies: found.incomplete.has('policies') ? [...spec.policies, null] : spec.policies,
    exporter: found.incomplete.has('exporter') ? null : spec.exporter,
  };
  return lintSpec(known).flatMap((problem) => {
    const [section, index, ...rest] = problem.path;
    const items = SECTIONS.some((s) => s === section) ? found[section as Section] : [];
    const item = typeof index === 'number' ? items[index] : undefined;
    if (item !== undefined) return [placed({ ...problem, path: [...item.path, ...rest] }, item.source)];
    const any = found.settings.exporter[0] ?? SECTIONS.flatMap((s) => found[s])[0];
    return any === undefined ? [] : [placed(problem, any.source)];
  });
}
