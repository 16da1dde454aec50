// The values of a board's variables when nobody has chosen: all, or for one at a time the first, as in Grafana.
import type { JsonObject } from '../grafana/finish.ts';
import { withMacros } from '../grafana/macros.ts';
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
  for (const { name, query, includeAll } of list) {
    const own = chosen[String(name)];
    if (own !== undefined) values[String(name)] = own;
    else if (includeAll === true) values[String(name)] = '.*';
    else values[String(name)] = (await firstOf((query as { query: string }).query, values, asked, atSeconds)) ?? '.*';
  }
  return values;
}

/** The first value of label_values(selector, label), by the alphabet. */
async function firstOf(
  query: string,
  variables: Readonly<Record<string, string>>,
  asked: Asked,
  atSeconds: number,
): Promise<string | undefined> {
  const [, selector, label] = /^label_values\((.+), (\w+)\)$/.exec(query)!;
  const plain = withMacros(selector!, { rateInterval: '2m', interval: '30s', range: '6h', variables });
  const series = await asked.instant(`group by (${label}) (${plain})`, atSeconds);
  return series.map(({ labels }) => labels[label!] ?? '').sort()[0];
}
