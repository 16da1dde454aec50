// Short ways to write tests of alerts. Never runs them.
import type { AlertTest, Labels } from '../../src/generate/component-alert.ts';

export const minutes = (n: number): number => n * 60_000;

/** What a scrape adds in the tests. */
export const SCRAPED = 'cluster="prod", instance="a:9", job="j"';

/** `fires` may be left out: then nothing does. Keys of `series` are selectors without cluster, instance and job, which are added. */
export const when = (
  name: string,
  atMinutes: number,
  series: Readonly<Record<string, string>>,
  ...fires: Labels[]
): AlertTest => ({
  name,
  series: Object.entries(series).map(([selector, values]) => ({ series: scraped(selector), values })),
  atMs: minutes(atMinutes),
  fires: fires.map((labels) => ({ cluster: 'prod', ...labels })),
});

const scraped = (selector: string): string =>
  selector.endsWith('}') ? selector.replace(/\}$/, `, ${SCRAPED}}`) : `${selector}{${SCRAPED}}`;
