// What the chart of the exporter carries of what was generated: helm cannot read outside of a chart. Pure; no file is changed on the way.
import type { GeneratedFile } from '../generate/file.ts';

/** Folder of the chart that only the generator writes. */
export const CHART_OUT = 'helm/exporter/generated';

/** Place in the chart by the place it comes from; the first that matches. What matches none stays out: tests and other forms. */
const PLACES: readonly [from: RegExp, to: string][] = [
  [/^rules\.(kubernetes|mimir)\.yaml$/, 'rules.$1.yaml'],
  [/^alertmanager\/(alertmanager|mimir)\.yaml$/, 'alertmanager/$1.yaml'],
  [/^alertmanager\/templates\/([^/]+\.tmpl)$/, 'alertmanager/templates/$1'],
  [/^kubernetes\/([^/]+\.yaml)$/, 'dashboards/$1'],
];

/** The files of the chart, to the byte what `generate alerts` and `generate dashboards` write. */
export const chartFiles = (generated: readonly GeneratedFile[]): GeneratedFile[] =>
  generated.flatMap(({ path, text }) => {
    const place = PLACES.find(([from]) => from.test(path));
    return place === undefined ? [] : [{ path: path.replace(...place), text }];
  });
