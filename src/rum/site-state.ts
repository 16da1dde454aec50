// Everything that is kept of one site between beacons. Bounded in each part.
import type { BlockList } from 'node:net';
import type { Site } from '../spec/site.ts';
import type { Beacon } from './beacon.ts';
import { proxyList } from './client.ts';
import { Counting, forwarded, type TracedView } from './counting.ts';
import { Forwarder } from './forward.ts';
import { Limits } from './limits.ts';
import { RecentKeys } from './recent-keys.ts';
import { SiteSeries } from './site-series.ts';
import { WorstSamples } from './worst.ts';

const REPLAY_MS = 600_000;
const MOST_KEYS = 20_000;

export interface SitePorts {
  now(): number;
  monotonicMs(): number;
  readonly onView?: ((view: TracedView) => void) | undefined;
}

export class SiteState {
  readonly series: SiteSeries;
  readonly worst = new WorstSamples();
  readonly limits: Limits;
  readonly keys = new RecentKeys(REPLAY_MS, MOST_KEYS);
  readonly #counting: Counting;
  readonly #ports: SitePorts;
  #site: Site;
  #proxies: BlockList;
  #forwarder: Forwarder | undefined;
  #lastMs = Number.NEGATIVE_INFINITY;
  #lastWallMs: number | null = null;

  constructor(site: Site, ports: SitePorts) {
    this.#ports = ports;
    this.#site = site;
    this.#proxies = proxyList(site.trustedProxies);
    this.series = new SiteSeries(site);
    this.limits = new Limits(ports.monotonicMs());
    this.#counting = new Counting({ series: this.series, worst: this.worst, ...ports });
    this.#forwarder = this.#forwarderOf(site);
    // At 0 from the start, so that its first increase is seen.
    this.series.inc('rum_beacons_total', { site: site.key, result: 'accepted' }, 0);
  }

  get site(): Site {
    return this.#site;
  }
  get proxies(): BlockList {
    return this.#proxies;
  }

  /** Takes over a changed site; counts go on. */
  load(site: Site): void {
    if (site.forward !== this.#site.forward) {
      this.#forwarder?.stop();
      this.#forwarder = this.#forwarderOf(site);
    }
    this.#site = site;
    this.#proxies = proxyList(site.trustedProxies);
    this.series.load(site);
  }

  result(result: string): void {
    this.series.inc('rum_beacons_total', { site: this.#site.key, result });
  }

  accept(beacon: Beacon, agent: string): void {
    this.result('accepted');
    this.#lastMs = this.#ports.monotonicMs();
    this.#lastWallMs = this.#ports.now();
    this.#counting.count(beacon, agent, this.#site);
    this.#forwarder?.add(forwarded(beacon, agent, this.#site));
  }

  /** When the newest beacon was taken, ms since 1970; null: none since the start. */
  get lastBeaconMs(): number | null {
    return this.#lastWallMs;
  }

  /** Were there beacons within the time that the site may be quiet? */
  get isPresent(): boolean {
    return this.#ports.monotonicMs() - this.#lastMs <= this.#site.quiet;
  }

  /** Values that are taken and not counted yet. */
  get pending(): number {
    return this.#counting.pending;
  }

  tick(): void {
    this.#counting.tick();
    const { key: site, sample } = this.#site;
    this.series.set('rum_sample_ratio', { site }, sample);
    this.series.set('rum_site_present', { site }, this.isPresent ? 1 : 0);
    this.series.set('rum_series_dropped_total', { site }, this.series.dropped);
    if (this.#forwarder !== undefined) this.series.set('rum_forward_queue_beacons', { site }, this.#forwarder.queued);
  }

  stop(): void {
    this.#forwarder?.stop();
  }

  #forwarderOf({ forward, key: site }: Site): Forwarder | undefined {
    if (forward === undefined) return undefined;
    return new Forwarder(forward, (result) => this.series.inc('rum_forwarded_total', { site, result }));
  }
}
