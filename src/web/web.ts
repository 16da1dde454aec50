// The room of pages as the composition root sees it: hears of runs, loads and the store, and registers the routes. Wires only itself.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Spec } from '../spec/spec.ts';
import type { Store } from '../store/store.ts';
import { browsersToPages, openRoutes, pageRoutes } from './routes.ts';
import { RecentRuns, type SeenRun } from './runs.ts';
import type { Sources } from './sources.ts';

/** What is needed of the HTTP server. */
export interface Served {
  readonly app: FastifyInstance;
  browsing(routes: (app: FastifyInstance) => void): Promise<void>;
  isReader(request: FastifyRequest): boolean;
}

export interface WebPorts extends Pick<Sources, 'engine' | 'changes' | 'version' | 'realUsers'> {
  readonly files: readonly string[] | undefined;
  /** Did the newest load of the spec succeed? */
  isValid(): boolean;
}

export class Web {
  readonly #runs = new RecentRuns();
  #store: Store | undefined;
  #loadedMs = Date.now();

  /** The same opener; what it opens is read for days further back than the engine keeps. */
  seeing(open: () => Store): () => Store {
    return () => {
      this.#store = open();
      return this.#store;
    };
  }

  onRun(run: SeenRun): void {
    this.#runs.onRun(run);
  }

  /** A spec is in force from now on. */
  loaded({ targets }: Spec): void {
    this.#loadedMs = Date.now();
    this.#runs.keepTargets(new Set(targets.map(({ name }) => name)));
  }

  /** Registers all pages. */
  async serve({ app, browsing, isReader }: Served, { files = [], isValid, ...rest }: WebPorts): Promise<void> {
    const sources: Sources = {
      ...rest,
      files,
      runs: this.#runs,
      spec: () => ({ loadedMs: this.#loadedMs, isValid: isValid() }),
      store: () => this.#store,
    };
    browsersToPages(app);
    await browsing((scope) => pageRoutes(scope, sources));
    openRoutes(app, sources, isReader);
  }
}
