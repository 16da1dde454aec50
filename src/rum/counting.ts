// From a checked beacon to counts of its site, and to what may be forwarded of it. Knows no network.
import { pageGroupOf } from '../spec/page-group.ts';
import type { Site } from '../spec/site.ts';
import { type Device, type Navigation, SERVER_TIMINGS, VITAL_NAMES, VITALS, type VitalName } from '../spec/vitals.ts';
import type { Beacon, Exception, Measurement } from './beacon.ts';
import { isCounted } from './place-numbers.ts';
import { RecentKeys } from './recent-keys.ts';
import { deviceOf, engineOf, navigationOf } from './reduce.ts';
import { cleanText, cleanUrl, pathOf } from './scrub.ts';
import { Settle } from './settling.ts';
import type { SiteSeries } from './site-series.ts';
import type { WorstSamples } from './worst.ts';

const VIEW_MS = 1_800_000;
const MOST_VIEWS = 20_000;
/** Those of browsers are shorter; tens of thousands are remembered. */
const MOST_ID_CHARS = 64;
const MOST_SERVER_SECONDS = 120;
const DAY_S = 86_400;
const TRACE_ID = /^(?!0{32})[0-9a-f]{32}$/;

interface Value {
  readonly vital: VitalName;
  readonly value: number;
  readonly labels: { site: string; page: string; device: Device; navigation: Navigation };
  readonly traceId: string | undefined;
  /** Cleaned. */
  readonly path: string;
}

/** A view whose server named its trace: what becomes spans. */
export interface TracedView {
  readonly traceId: string;
  readonly parentSpanId: string;
  readonly site: string;
  readonly page: string;
  readonly device: Device;
  /** When the view began, ms since 1970. */
  readonly startMs: number;
  readonly ttfbMs: number;
  readonly lcpMs: number | undefined;
  /** Of Server-Timing; undefined if it is not told. */
  readonly phpMs: number | undefined;
}

export interface CountingPorts {
  readonly series: SiteSeries;
  readonly worst: WorstSamples;
  /** Wall clock, ms: hours and exemplars. */
  now(): number;
  readonly onView?: ((view: TracedView) => void) | undefined;
}

export class Counting {
  readonly #ports: CountingPorts;
  readonly #settle: Settle<Value>;
  readonly #views = new RecentKeys<{ errors: boolean }>(VIEW_MS, MOST_VIEWS);

  constructor(ports: CountingPorts) {
    this.#ports = ports;
    this.#settle = new Settle(({ vital, value, labels, traceId = null, path }) => {
      const atMs = ports.now();
      ports.series.observe(VITALS[vital].metric, labels, value, atMs, traceId ?? undefined);
      const { page, device, navigation } = labels;
      if (isCounted(vital, navigation))
        ports.worst.add({ vital, value, page, device, navigation, path, atMs, traceId });
    });
  }

  /** Values that wait for a later one of the same view. */
  get pending(): number {
    return this.#settle.pending;
  }

  tick(): void {
    this.#settle.tick(this.#ports.now());
  }

  /** Counts a beacon of a person. */
  count(beacon: Beacon, agent: string, site: Site): void {
    const { series, now } = this.#ports;
    const nowMs = now();
    const page = pageGroupOf(site, beacon.meta.page?.url);
    const device = deviceOf(agent, beacon);
    const types = beacon.measurements.flatMap(({ context }) => context?.navigation_type ?? []);
    const navigation = navigationOf(types[0]);
    const labels = { site: site.key, page, device, navigation };
    const path = pathOf(beacon.meta.page?.url);
    const mistakes = beacon.exceptions.filter((one) => !isForeign(one));
    this.#drop(site, 'foreign_script', beacon.exceptions.length - mistakes.length);
    this.#drop(site, 'unknown', beacon.events.length + beacon.logs.length);
    this.#countView(beacon, labels, mistakes.length > 0, nowMs);
    for (const each of beacon.measurements) {
      if (each.type === 'web-vitals') this.#countVital(each, { labels, agent, site, path }, nowMs);
      else if (each.type === 'server-timing') this.#countServer(each, page, site, nowMs);
      else this.#drop(site, 'unknown');
    }
    series.set('rum_ingest_lag_seconds', { site: site.key }, lagOf(beacon, nowMs));
    const view = tracedView(beacon, { site: site.key, page, device }, nowMs);
    if (view !== undefined) this.#ports.onView?.(view);
  }

  #countView(beacon: Beacon, labels: Value['labels'], isBad: boolean, nowMs: number): void {
    const { series } = this.#ports;
    const id = beacon.meta.page?.attributes?.view?.slice(0, MOST_ID_CHARS);
    const known = id === undefined ? undefined : this.#views.get(id, nowMs);
    const begins = id === undefined ? beacon.measurements.some(({ values }) => 'ttfb' in values) : known === undefined;
    if (begins) series.observe('rum_views_total', labels, 1, nowMs);
    if (isBad && known?.errors !== true && (id !== undefined || begins))
      series.observe('rum_error_views_total', labels, 1, nowMs);
    if (id !== undefined) this.#views.set(id, { errors: isBad || known?.errors === true }, nowMs);
  }

  #countVital(
    one: Measurement,
    { labels, agent, site, path }: Pick<Value, 'labels' | 'path'> & { readonly agent: string; readonly site: Site },
    nowMs: number,
  ): void {
    const vital = VITAL_NAMES.find((name) => name in one.values);
    if (vital === undefined) {
      this.#drop(site, 'unknown');
      return;
    }
    const { most, perSecond } = VITALS[vital];
    const value = one.values[vital]! / perSecond;
    if (!(value >= 0 && value <= most)) {
      this.#drop(site, 'implausible');
      return;
    }
    const navigation = navigationOf(one.context?.navigation_type);
    const traceId = TRACE_ID.test(one.trace?.trace_id ?? '') ? one.trace!.trace_id : undefined;
    const id = one.context?.id?.slice(0, MOST_ID_CHARS) ?? crypto.randomUUID();
    const isNew = this.#settle.add(
      `${vital} ${id}`,
      { vital, value, labels: { ...labels, navigation }, traceId, path },
      site.settle,
      nowMs,
    );
    if (!isNew) this.#drop(site, 'late');
    else this.#ports.series.inc('rum_engine_values_total', { site: site.key, engine: engineOf(agent), vital });
  }

  #countServer({ values }: Measurement, page: string, site: Site, nowMs: number): void {
    for (const [name, ms] of Object.entries(values)) {
      const known = SERVER_TIMINGS.find((each) => each === name.replaceAll('_', '-'));
      if (known === undefined) this.#drop(site, 'unknown');
      else if (!(ms >= 0 && ms <= 1000 * MOST_SERVER_SECONDS)) this.#drop(site, 'implausible');
      else
        this.#ports.series.observe(
          'rum_server_timing_seconds',
          { site: site.key, page, name: known },
          ms / 1000,
          nowMs,
        );
    }
  }

  #drop(site: Site, reason: string, items = 1): void {
    if (items > 0) this.#ports.series.inc('rum_items_dropped_total', { site: site.key, reason }, items);
  }
}

/** Of another origin without CORS, or of an extension: nothing of the site's. */
const isForeign = ({ value, stacktrace }: Exception): boolean =>
  /^script error\.?$/i.test(value.trim()) ||
  (stacktrace?.frames ?? []).some(({ filename }) => /^[\w-]*-extension:/i.test(filename));

/** Seconds since the oldest item was measured, by the browser's clock: 0 to a day. */
function lagOf({ measurements, exceptions }: Beacon, nowMs: number): number {
  const times = [...measurements, ...exceptions].map(({ timestamp }) => Date.parse(timestamp ?? ''));
  const oldest = Math.min(...times.filter((time) => Number.isFinite(time)));
  return Number.isFinite(oldest) ? Math.min(DAY_S, Math.max(0, (nowMs - oldest) / 1000)) : 0;
}

function tracedView(
  { measurements }: Beacon,
  labels: Pick<TracedView, 'site' | 'page' | 'device'>,
  nowMs: number,
): TracedView | undefined {
  const first = measurements.find(({ values }) => values.ttfb !== undefined);
  const { trace_id: traceId = '', span_id: parentSpanId = '' } = first?.trace ?? {};
  if (first === undefined || !TRACE_ID.test(traceId) || !/^(?!0{16})[0-9a-f]{16}$/.test(parentSpanId)) return undefined;
  const within = (ms: number | undefined) => (ms !== undefined && ms >= 0 && ms <= 120_000 ? ms : undefined);
  const ttfbMs = within(first.values.ttfb);
  if (ttfbMs === undefined) return undefined;
  const lcpMs = within(measurements.find(({ values }) => values.lcp !== undefined)?.values.lcp);
  const began = Number(first.context?.began ?? Number.NaN);
  // The clock of the browser, as far as it can be true.
  const startMs = began <= nowMs && began > nowMs - 1000 * DAY_S ? began : nowMs - (lcpMs ?? ttfbMs);
  const phpMs = within(measurements.find(({ type }) => type === 'server-timing')?.values.php);
  return { ...labels, traceId, parentSpanId, startMs, ttfbMs, lcpMs, phpMs };
}

/** The time alone: what parses as a time may have a text beside it. */
function timeOf(text: string | undefined): { timestamp?: string } {
  const time = new Date(text ?? '');
  return Number.isNaN(time.getTime()) ? {} : { timestamp: time.toISOString() };
}

/** What another receiver gets: the same wire format, without anything about the visitor. */
export function forwarded(beacon: Beacon, agent: string, site: Site): string {
  const { meta, measurements, exceptions } = beacon;
  const url = cleanUrl(meta.page?.url ?? '');
  const page = pageGroupOf(site, meta.page?.url);
  return JSON.stringify({
    meta: {
      sdk: { name: 'plimsoll' },
      app: { name: site.key },
      page: { id: page, url },
      browser: { name: engineOf(agent), mobile: deviceOf(agent, beacon) === 'mobile' },
    },
    measurements: measurements.map(({ type, values, timestamp, context, trace }) => ({
      type: cleanText(type),
      values: Object.fromEntries(Object.entries(values).filter(([key]) => /^[a-z_-]{1,40}$/.test(key))),
      ...timeOf(timestamp),
      context: { navigation_type: navigationOf(context?.navigation_type) },
      ...(TRACE_ID.test(trace?.trace_id ?? '') && { trace: { trace_id: trace!.trace_id } }),
    })),
    exceptions: exceptions
      .filter((one) => !isForeign(one))
      .map(({ type, value, stacktrace, timestamp }) => ({
        type: cleanText(type),
        value: cleanText(value),
        ...timeOf(timestamp),
        stacktrace: {
          frames: (stacktrace?.frames ?? []).map(({ filename, function: name, lineno, colno }) => ({
            filename: cleanUrl(filename),
            function: cleanText(name),
            lineno,
            colno,
          })),
        },
      })),
  });
}
