// The series of the exporter, from its list of names, and those that our rules record.
import { METRICS } from '../../spec/names.ts';
import type { CatalogueEntry } from './entry.ts';

/** Units that a name does not end with. */
const UNITS: Readonly<Record<string, string>> = {
  slo_burn_rate: 'ratio',
  slo_maintenance_active: 'boolean',
  plimsoll_config_last_reload_successful: 'boolean',
  plimsoll_store_up: 'boolean',
  plimsoll_runs_in_flight: 'runs',
  plimsoll_store_pending_ticks: 'ticks',
  plimsoll_series: 'series',
  rum_cls_score: 'score',
  rum_site_present: 'boolean',
  rum_forward_queue_beacons: 'beacons',
  rum_forwarded_total: 'beacons',
  rum_series_dropped_total: 'samples',
  rum_items_dropped_total: 'items',
  rum_engine_values_total: 'values',
  plimsoll_series_dropped_total: 'samples',
  plimsoll_board_faults_total: 'faults',
  probe_cache_status_total: 'probes',
};

/** By the end of the name (Prometheus conventions): seconds, ratio, or what a counter counts. */
function unitOf(name: string): string {
  const end = /_(seconds|ratio)$/.exec(name)?.[1] ?? /([a-z]+)_total$/.exec(name)?.[1];
  const unit = UNITS[name] ?? end;
  if (unit === undefined)
    throw new Error(`catalogue: the unit of ${name} cannot be told from its name; add it to UNITS`);
  return unit;
}

const EXPORTED: readonly CatalogueEntry[] = Object.entries(METRICS).map(([name, { type, labels }]) => ({
  name,
  type: name.endsWith('_info') ? 'info' : type,
  labels,
  unit: name.endsWith('_info') ? '' : unitOf(name),
  exporter: 'plimsoll',
}));

/** Made by aggregation: they have these labels and no others. */
const RECORDED: readonly CatalogueEntry[] = ['bad_events', 'valid_events', 'known_steps'].map((what) => ({
  name: `slo:${what}:total`,
  type: 'recorded',
  labels: ['cluster', 'slo', 'location'],
  unit: what.split('_')[1]!,
  exporter: 'plimsoll rules',
}));

/** There only for SLOs that are young or gone, and once for all rules. */
const RARE: readonly CatalogueEntry[] = [
  { name: 'slo:young_created:timestamp', type: 'recorded', labels: ['cluster', 'slo', 'location'], unit: 'seconds' },
  { name: 'slo:uncovered:info', type: 'recorded', labels: ['cluster', 'slo', 'window'], unit: '' },
  { name: 'slo:removed:info', type: 'recorded', labels: ['cluster', 'slo', 'seen'], unit: '' },
  { name: 'slo:rules:info', type: 'recorded', labels: ['version'], unit: '' },
].map((entry) => ({ ...entry, type: 'recorded', exporter: 'plimsoll rules' }));

/** Written by whoever evaluates rules: the labels of the alert, of which these are ours. */
const ALERTS: CatalogueEntry = {
  name: 'ALERTS',
  type: 'recorded',
  labels:
    `alertname alertstate cluster slo service team severity tier long short component target step outcome location instance
    namespace`.split(/\s+/),
  unit: '',
  exporter: 'prometheus',
};

/** Since when each alert is pending or fires: its value is that time. Otherwise like ALERTS. */
const ALERTS_FOR_STATE: CatalogueEntry = {
  ...ALERTS,
  name: 'ALERTS_FOR_STATE',
  labels: ALERTS.labels.filter((label) => label !== 'alertstate'),
  unit: 'seconds',
};

export const OWN: readonly CatalogueEntry[] = [...EXPORTED, ...RECORDED, ...RARE, ALERTS, ALERTS_FOR_STATE];
