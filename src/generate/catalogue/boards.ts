// Series under the names of other exporters, from the list that exporter.boardSeries serves. Labels are those of the originals: a
// query must mean the same on either, so `target`, which only ours have, is not among them.
import { BOARD_METRICS } from '../../spec/board-series.ts';
import type { CatalogueEntry } from './entry.ts';

/** What a name ends with that is no unit. */
const UNITS: Readonly<Record<string, string>> = {
  up: 'boolean',
  ssl: 'boolean',
  success: 'boolean',
  ready: 'boolean',
  desync: 'boolean',
  status: 'boolean',
  connected: 'boolean',
  read_only: 'boolean',
  file: 'boolean',
  ago: 'seconds',
  uptime: 'seconds',
  expiry: 'seconds',
  protocol: 'version',
  code: 'status',
  id: 'id',
};

function unitOf(name: string): string {
  const end = /_(seconds|bytes|ratio)(_ago)?(_total)?$/.exec(name)?.[1];
  const word = /([a-z]+)(_total)?$/.exec(name)![1]!;
  return end ?? Object.entries(UNITS).find(([tail]) => name.endsWith(`_${tail}`))?.[1] ?? word;
}

/** `known`: names that stand in another list, with better words. */
export const boardEntries = (known: ReadonlySet<string>): CatalogueEntry[] =>
  BOARD_METRICS.filter(({ name }) => !known.has(name)).map(({ name, isLevel, labels }) => {
    const isInfo = name.endsWith('_info');
    return {
      name,
      type: isInfo ? 'info' : isLevel ? 'gauge' : 'counter',
      labels,
      unit: isInfo ? '' : unitOf(name),
      exporter: `plimsoll with exporter.boardSeries, or ${EXPORTERS[name.split('_')[0]!]}`,
    };
  });

const EXPORTERS: Readonly<Record<string, string>> = {
  mysql: 'mysqld_exporter',
  redis: 'redis_exporter',
  probe: 'blackbox_exporter',
};
