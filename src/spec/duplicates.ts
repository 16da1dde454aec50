// Items of a spec that are there twice: names, keys, policies for one period. Pure; reports both places.
import type { Finding } from './finding.ts';
import { type Item, type Items, placed } from './items.ts';
import type { Part } from './part.ts';
import type { Policy } from './policy-checks.ts';
import type { RuleId } from './rules.ts';
import { formatDuration } from './scalars.ts';
import { valueAt } from './schema-walk.ts';

/** Items that are meant to be one of a kind: both places are reported. */
export function duplicates(found: Items): Finding[] {
  const named = (['targets', 'slos'] as const).flatMap((section) =>
    twins(found[section], 'name', (item) => valueAt(item.raw, ['name']), {
      rule: 'duplicate-name',
      message: (name) => `the name "${name}" is used twice in ${section}`,
      hint: 'names are unique over all files',
    }),
  );
  // By its length, as 30d is 720h.
  const policies = twins(found.policies, 'window', (item) => (item.value as Part<Policy> | null)?.window, {
    rule: 'duplicate-policy',
    message: (window) => `two policies are for the period of ${formatDuration(Number(window))}`,
    hint: 'keep one of them',
  });
  const sites = twins(found.sites, 'key', (item) => valueAt(item.raw, ['key']), {
    rule: 'duplicate-name',
    message: (key) => `the key "${key}" is used twice in sites`,
    hint: 'keys are unique over all files',
  });
  return [...named, ...policies, ...sites];
}

function twins(
  items: readonly Item[],
  key: string,
  keyOf: (item: Item) => unknown,
  { rule, message, hint }: { rule: RuleId; message: (value: unknown) => string; hint: string },
): Finding[] {
  return [...Map.groupBy(items, keyOf)].flatMap(([value, same]) => {
    if ((typeof value !== 'string' && typeof value !== 'number') || same.length < 2) return [];
    return same.map((item, index) => {
      const other = same[index === 0 ? 1 : 0]!;
      const there = other.source.placeOf([...other.path, key]);
      const also = `also at ${other.source.file}:${there.line}:${there.column}; ${hint}`;
      return placed({ rule, path: [...item.path, key], message: message(value), hint: also }, item.source);
    });
  });
}
