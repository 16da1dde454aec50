// What the SDK leaves open or wrong, made right: ids, names of queries, places, hidden links, the order of keys. Each point is
// a defect of grafana-foundation-sdk 0.0.21 that was seen in its output.
import { refId } from './query.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };
export interface JsonObject {
  [key: string]: Json | undefined;
}

/** Keys sorted at every level, so that the text does not depend on the order of calls; what is undefined is left out. */
export function sorted(value: Json | undefined): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value ?? null;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, of]) => of !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, of]) => [key, sorted(of)]),
  );
}

/** A copy without what JSON has not: the SDK marks queries with functions, and hands out what it goes on using. */
export const plain = (of: object): JsonObject => JSON.parse(JSON.stringify(of)) as JsonObject;

/** FNV-1a: links by the id of a panel stay when panels are moved. */
export function panelId(title: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(title)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return 1 + (hash % 999_999);
}

export interface Placed {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** From left to right, a new line where 24 columns are full; a line is as high as its highest panel. */
export function flow(
  sizes: readonly { readonly width: number; readonly height: number }[],
  top: number,
): { places: Placed[]; bottom: number } {
  let [x, y, high] = [0, top, 0];
  const places = sizes.map(({ width, height }) => {
    if (x + width > 24) [x, y, high] = [0, y + high, 0];
    const place = { x, y, w: width, h: height };
    x += width;
    high = Math.max(high, height);
    return place;
  });
  return { places, bottom: y + high };
}

/** A panel of the SDK with its id, its place, and queries that have names. */
export function finishedPanel(panel: object, title: string, gridPos: Placed): JsonObject {
  const json = plain(panel);
  const targets = (json.targets ?? []) as JsonObject[];
  return {
    ...json,
    id: panelId(title),
    gridPos: { ...gridPos },
    ...(targets.length > 0 && { targets: targets.map((target, i) => ({ ...target, refId: refId(i) })) }),
    links: ((json.links ?? []) as JsonObject[]).map(withoutPlacement),
  };
}

/** Its only value hides a link or an annotation in a menu. */
export function withoutPlacement(of: object): JsonObject {
  const { placement: _, ...rest } = of as JsonObject;
  return rest;
}
