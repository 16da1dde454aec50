// Grafana's variables and macros in a query, with values in their place: to parse it, or to ask it without Grafana.

export interface Macros {
  /** Grafana computes it from the step and the scrape interval: at least four scrapes. */
  readonly rateInterval: string;
  readonly interval: string;
  readonly range: string;
  /** Values of the board's variables, as regular expressions. */
  readonly variables: Readonly<Record<string, string>>;
}

/** What a board asks at 30 s scrapes over 6 h, about everything. */
export const DEFAULT_MACROS: Macros = { rateInterval: '2m', interval: '30s', range: '6h', variables: {} };

/** A variable without a value stands for all: `.*`. */
export function withMacros(expr: string, macros: Macros = DEFAULT_MACROS): string {
  return expr
    .replaceAll(/\$__rate_interval\b/g, macros.rateInterval)
    .replaceAll(/\$__(?:interval|auto)\b/g, macros.interval)
    .replaceAll(/\$__range\b/g, macros.range)
    .replaceAll(/\$\{?([a-zA-Z]\w*)(?::\w+)?\}?/g, (_, name: string) => macros.variables[name] ?? '.*');
}
