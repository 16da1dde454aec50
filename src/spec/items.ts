// What stands in the files of one spec: its items with their places, before they are parsed. Never looks into an item.
import { z } from 'zod';
import { type Finding, finding, type Path, type Problem } from './finding.ts';
import { parseAt } from './issues.ts';
import { valueAt } from './schema-walk.ts';
import { MAX_ALIASES, type Source } from './source.ts';

export const SECTIONS = ['targets', 'slos', 'sites', 'maintenance', 'policies'] as const;
export type Section = (typeof SECTIONS)[number];
/** Sections that stand once: settings. */
export const SETTINGS = ['exporter', 'alerting', 'notify', 'statusPage'] as const;
export type Setting = (typeof SETTINGS)[number];

// Items are parsed one by one, so that one bad target does not hide what is wrong with the SLOs.
const items = z.array(z.unknown());
const shell = z
  .strictObject({
    targets: items,
    slos: items,
    sites: items,
    maintenance: items,
    policies: items,
    exporter: z.unknown(),
    alerting: z.unknown(),
    notify: z.unknown(),
    statusPage: z.unknown(),
  })
  .partial();

/** One item of a section and where it stands. */
export interface Item {
  readonly source: Source;
  readonly path: Path;
  readonly raw: unknown;
  /** The parsed item, or what is known of it; null if nothing is. */
  value?: unknown;
}
export type Items = Record<Section, Item[]>;

/** Everything that was collected from the files. `incomplete` sections lack items, so their names are not all known. */
export interface Found extends Items {
  readonly settings: Readonly<Record<Setting, Item[]>>;
  readonly incomplete: Set<string>;
}

/** Sorts the top level of one file into the sections. */
export function collect(source: Source, found: Found): Finding[] {
  let data: unknown;
  try {
    data = source.doc.toJS({ maxAliasCount: MAX_ALIASES }) ?? {};
  } catch {
    markIncomplete(found);
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
  const hasUnknown = top.problems.some((problem) => problem.rule === 'unknown-key');
  for (const section of SECTIONS) {
    const list = valueAt(filled, [section]);
    if (!Array.isArray(list)) {
      // Not a list, or a misspelt key: the names in it are not known.
      if (list !== undefined || hasUnknown) found.incomplete.add(section);
      continue;
    }
    for (const [index, raw] of list.entries()) found[section].push({ source, path: [section, index], raw });
  }
  for (const setting of SETTINGS) {
    const raw = valueAt(filled, [setting]);
    if (raw === undefined && hasUnknown) found.incomplete.add(setting);
    else if (raw !== undefined) found.settings[setting].push({ source, path: [setting], raw });
  }
  return top.problems.map((problem) => placed(problem, source));
}

export function markIncomplete(found: Found): void {
  for (const section of [...SECTIONS, ...SETTINGS]) found.incomplete.add(section);
}

/** A problem with the place of its path in the file. */
export function placed(problem: Problem, source: Source): Finding {
  const place = problem.atKey ? source.placeOfKey(problem.path) : source.placeOf(problem.path);
  return finding(problem.rule, source.file, place, problem);
}
