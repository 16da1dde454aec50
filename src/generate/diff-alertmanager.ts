// What changes between two Alertmanager configs, in sentences. Never shows a value from a place that can hold a secret. Pure.

/** What Mimir's Alertmanager API takes and answers, with the config parsed. */
export interface AlertmanagerConfig {
  readonly config: unknown;
  /** Text by file name. */
  readonly templates: Readonly<Record<string, string>>;
}

/** Sections that hold no secrets: routes by labels, times. Everything else is named, not shown. */
const OPEN = new Set(['route', 'inhibit_rules', 'time_intervals', 'mute_time_intervals', 'templates']);

/** One sentence per difference; none if nothing differs. Lists of things with a name are compared by name. */
export function diffAlertmanager(before: AlertmanagerConfig, after: AlertmanagerConfig): string[] {
  const files = [...new Set([...Object.keys(before.templates), ...Object.keys(after.templates)])].sort();
  return [
    ...differences(before.config, after.config, []),
    ...files.flatMap((file) => {
      const [was, is] = [before.templates[file], after.templates[file]];
      if (was === is) return [];
      return [`template ${file} ${was === undefined ? 'is new' : is === undefined ? 'is removed' : 'changed'}`];
    }),
  ];
}

type Path = readonly (string | number)[];

function differences(before: unknown, after: unknown, path: Path): string[] {
  const [was, is] = [partsOf(before), partsOf(after)];
  if (was === undefined || is === undefined) return leaf(before, after, path);
  const keys = [...new Set([...was.keys(), ...is.keys()])];
  const found = keys.flatMap((key) => differences(was.get(key), is.get(key), [...path, key]));
  const order = (parts: ReadonlyMap<string, unknown>) => [...parts.keys()].filter((key) => was.has(key) && is.has(key));
  const isMoved = Array.isArray(after) && order(was).join('\n') !== order(is).join('\n');
  return isMoved ? [...found, `${textOf(path)}: stand in another order`] : found;
}

function leaf(before: unknown, after: unknown, path: Path): string[] {
  const [was, is] = [JSON.stringify(before), JSON.stringify(after)];
  if (was === is) return [];
  const where = textOf(path);
  const isOpen = OPEN.has(String(path[0]));
  if (was === undefined) return [`${where} is new${isOpen ? `: ${is}` : ''}`];
  if (is === undefined) return [`${where} is removed${isOpen ? ` (was ${was})` : ''}`];
  return [isOpen ? `${where}: ${was} -> ${is}` : `${where} changed`];
}

/** What is inside of a map or a list, by key; undefined for a scalar, and for a list of scalars, which is compared as a whole. */
function partsOf(value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!Array.isArray(value)) return new Map(Object.entries(value));
  if (value.some((item) => typeof item !== 'object' || item === null)) return undefined;
  const names = value.map((item: { name?: unknown }) => item.name);
  const isNamed = names.every((name) => typeof name === 'string') && new Set(names).size === names.length;
  return new Map(value.map((item, i) => [isNamed ? `[${names[i]}]` : `[${i}]`, item]));
}

const textOf = (path: Path): string => path.join('.').replaceAll('.[', '[') || 'the config';
