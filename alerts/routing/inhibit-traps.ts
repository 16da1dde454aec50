// Checks of inhibit rules for alerts that would be silenced by mistake. Pure.
import type { InhibitRule } from './config.ts';
import { matchAll, matches, parseMatcher } from './matcher.ts';

/** What is wrong with the rules, one text each. */
export function inhibitTraps(rules: readonly InhibitRule[]): string[] {
  const names = rules.map(({ name }) => name);
  return [
    ...names
      .filter((name, i) => names.indexOf(name) !== i)
      .map((name) => `inhibit rule ${name}: the name is used twice`),
    ...rules.flatMap((rule) => {
      const where = `inhibit rule ${rule.name ?? 'without a name'}`;
      const sides = [rule.source_matchers, rule.target_matchers];
      const odd = sides.flat().filter((matcher) => parseMatcher(matcher) === undefined);
      if (odd.length > 0)
        return odd.map((matcher) => `${where}: the matcher ${matcher} is not in the form name="value"`);
      return [
        ...(rule.name === undefined ? [`${where}: metrics tell rules apart by their names`] : []),
        ...(rule.equal.length === 0 ? [`${where}: equal is empty`] : []),
        ...rule.equal
          .filter((label) => !sides.every((matchers) => requires(matchers, label)))
          .map((label) => `${where}: without the label ${label} on both sides it would silence everything`),
        ...(areDisjoint(rule) ? [] : [`${where}: an alert can be source and target`]),
      ];
    }),
  ];
}

/** Does a matcher refuse alerts without the label? */
const requires = (matchers: readonly string[], label: string): boolean =>
  matchers.some((matcher) => parseMatcher(matcher)?.label === label && !matches(matcher, {}));

/** Is there a label whose matchers no value passes on both sides? Values that are named anywhere, none, and another one are tried. */
function areDisjoint({ source_matchers: source, target_matchers: target }: InhibitRule): boolean {
  const all = [...source, ...target].map((matcher) => parseMatcher(matcher)!);
  return [...new Set(all.map(({ label }) => label))].some((label) => {
    const own = all.filter((matcher) => matcher.label === label);
    const values = ['', 'another value', ...own.flatMap(({ value }) => [value, ...value.split('|')])];
    const of = (matchers: readonly string[]) => matchers.filter((matcher) => parseMatcher(matcher)?.label === label);
    return values.every((value) => !matchAll([...of(source), ...of(target)], { [label]: value }));
  });
}
