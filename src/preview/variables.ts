// The values of a board's variables when nobody has chosen: all, or for one at a time the first, as in Grafana.
import type { JsonObject } from '../grafana/finish.ts';
import { DEFAULT_MACROS, withMacros } from '../grafana/macros.ts';
import type { Asked } from './prometheus.ts';

/** By name, as regular expressions. `chosen` wins; names that the board does not have are ignored. */
export async function variablesOf(
  board: JsonObject,
  chosen: Readonly<Record<string, string>>,
  asked: Asked,
  atSeconds: number,
): Promise<Record<string, string>> {
  const list = (board.templating as { list: readonly JsonObject[] }).list.filter(({ type }) => type === 'query');
  const values: Record<string, string> = {};
  for (const { name, query, includeAll, allValue } of list) {
    const options = () => optionsOf((query as { query: string }).query, values, asked, atSeconds);
    const own = chosen[String(name)];
    if (own !== undefined) values[String(name)] = own;
    else if (allValue !== undefined) values[String(name)] = String(allValue);
    else if (includeAll === true) values[String(name)] = `(${(await options()).map(inMatcher).join('|')})`;
    else values[String(name)] = (await options())[0] ?? '.*';
  }
  return values;
}

/** The values of label_values(series, label) or query_result(PromQL by one label), by the alphabet. */
async function optionsOf(
  query: string,
  variables: Readonly<Record<string, string>>,
  asked: Asked,
  atSeconds: number,
): Promise<string[]> {
  const [, series, label] = /^label_values\((.+), (\w+)\)$/.exec(query) ?? [];
  const [, results] = /^query_result\((.+)\)$/s.exec(query) ?? [];
  const expr = withMacros(results ?? `group by (${label}) (${series})`, { ...DEFAULT_MACROS, variables });
  const found = await asked.instant(expr, atSeconds);
  return found.map(({ labels }) => (label === undefined ? Object.values(labels)[0] : labels[label]) ?? '').sort();
}

/** A name as a regular expression inside a string of PromQL. */
const inMatcher = (name: string): string => RegExp.escape(name).replaceAll('\\', '\\\\');
