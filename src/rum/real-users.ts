// Real users of all sites: what is kept, served and shown of them. Opens no socket but those that a site forwards to.
import type { Family } from '../metrics/series.ts';
import type { SiteNumbers } from '../spec/real-users.ts';
import type { Site } from '../spec/site.ts';
import type { Slo, Spec } from '../spec/spec.ts';
import { numbersOf } from './numbers.ts';
import { rumFamilies } from './site-series.ts';
import { type SitePorts, SiteState } from './site-state.ts';

/** What of a spec is measured here. */
export type Measured = Pick<Spec, 'sites'> & Partial<Pick<Spec, 'slos'>>;

export class RealUsers {
  readonly #sites = new Map<string, SiteState>();
  readonly #ports: SitePorts;
  #slos: readonly Slo[] = [];

  constructor(spec: Measured, ports: SitePorts) {
    this.#ports = ports;
    this.load(spec);
  }

  /** Takes over a spec; counts of sites that stay go on. */
  load({ sites, slos = [] }: Measured): void {
    this.#slos = slos;
    const keys = new Set(sites.map(({ key }) => key));
    for (const [key, state] of this.#sites)
      if (!keys.has(key)) {
        state.stop();
        this.#sites.delete(key);
      }
    for (const site of sites) {
      const known = this.#sites.get(site.key);
      if (known === undefined) this.#sites.set(site.key, new SiteState(site, this.#ports));
      else known.load(site);
    }
    this.tick();
  }

  site(key: string): SiteState | undefined {
    return this.#sites.get(key);
  }

  /** The settings of all sites. */
  get sites(): readonly Site[] {
    return [...this.#sites.values()].map(({ site }) => site);
  }

  families(): Generator<Family> {
    this.tick();
    return rumFamilies([...this.#sites.values()].map(({ series }) => series));
  }

  /** What people want to know of the last 24 hours, by site, group of pages and device. `only`: of this site, if it is there. */
  numbers(only?: string): SiteNumbers[] {
    const states = [...this.#sites.values()].filter(({ site }) => only === undefined || site.key === only);
    return states.map((state) => numbersOf(state, this.#slos, this.#ports.now()));
  }

  tick(): void {
    for (const state of this.#sites.values()) state.tick();
  }

  stop(): void {
    for (const state of this.#sites.values()) state.stop();
  }
}
