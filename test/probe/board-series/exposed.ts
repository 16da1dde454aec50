// Reads the text format of Prometheus as far as exporters use it: families with their type, samples by name and labels.

export interface Exposed {
  /** Type by family. */
  readonly types: ReadonlyMap<string, string>;
  /** Value by `name{labels}`, labels in order of their names. */
  readonly values: ReadonlyMap<string, number>;
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)(?: \S+)?$/;

/** Throws for a line that it cannot read, and for a sample that is there twice. */
export function readExposed(text: string): Exposed {
  const types = new Map<string, string>();
  const values = new Map<string, number>();
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('# HELP')) continue;
    const type = /^# TYPE (\S+) (\S+)$/.exec(line);
    if (type !== null) {
      types.set(type[1]!, type[2]!);
      continue;
    }
    const [, name, labels = '', value] = LINE.exec(line) ?? [];
    if (name === undefined) throw new Error(`cannot read: ${line}`);
    const key = seriesOf(name, labels);
    if (values.has(key)) throw new Error(`twice: ${key}`);
    values.set(key, Number(value));
  }
  return { types, values };
}

function seriesOf(name: string, labels: string): string {
  const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([pair]) => pair).sort();
  return pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`;
}

/** Name of a series. */
export const nameOf = (series: string): string => series.split('{')[0]!;
