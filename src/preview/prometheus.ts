// Queries to a Prometheus or Mimir, as Grafana would send them. Never interprets an answer.

/** Seconds and value; NaN and infinities as in Prometheus. */
export type Point = readonly [atSeconds: number, value: number];
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly Point[];
}

export interface Asked {
  range(expr: string, fromSeconds: number, toSeconds: number, stepSeconds: number): Promise<readonly Series[]>;
  /** One point per series. */
  instant(expr: string, atSeconds: number): Promise<readonly Series[]>;
}

interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data?: {
    readonly result: readonly {
      readonly metric: Record<string, string>;
      readonly value?: readonly [number, string];
      readonly values?: readonly (readonly [number, string])[];
    }[];
  };
}

/** `base`: the URL up to /api/v1. Every call rejects with an Error that names the query if it has no answer. */
export function prometheusAt(base: string, headers: Readonly<Record<string, string>> = {}): Asked {
  const url = base.replace(/\/+$/, '');
  const ask = async (path: string, form: Record<string, string>): Promise<readonly Series[]> => {
    const request = { method: 'POST', body: new URLSearchParams(form), headers, signal: AbortSignal.timeout(30_000) };
    const response = await fetch(`${url}/api/v1/${path}`, request).catch((error: Error) => {
      throw new Error(`cannot reach ${url}: ${(error.cause as Error | undefined)?.message ?? error.message}`);
    });
    const answer = (await response.json().catch(() => undefined)) as Answer | undefined;
    if (answer?.status !== 'success')
      throw new Error(
        answer === undefined
          ? `${url} answered ${response.status} without JSON: is this the URL of a Prometheus?`
          : `${url} answered ${response.status} (${answer.error}) to: ${form.query}`,
      );
    return answer.data!.result.map(({ metric, value, values }) => ({
      labels: metric,
      points: (values ?? (value ? [value] : [])).map(([at, text]) => [at, number(text)] as const),
    }));
  };
  return {
    range: (query, start, end, step) =>
      ask('query_range', { query, start: String(start), end: String(end), step: String(step) }),
    instant: (query, at) => ask('query', { query, time: String(at) }),
  };
}

const number = (text: string): number => (text === '+Inf' ? Infinity : text === '-Inf' ? -Infinity : Number(text));
