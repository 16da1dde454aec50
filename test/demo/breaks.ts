// The parts that the demo can break, how they are mended, and what on-call should see.
import type { Stack } from '../services/stack.ts';

export interface Break {
  /** What is done, for people. */
  readonly what: string;
  readonly begin: (stack: Stack) => Promise<void>;
  readonly end: (stack: Stack) => Promise<void>;
  /** An SLO that must burn. */
  readonly slo: string;
  readonly outcomes: readonly string[];
  readonly blames: readonly string[];
}

export const BREAKS: Readonly<Record<string, Break>> = {
  db: {
    what: 'the MariaDB primary is stopped',
    begin: (s) => s.database.stop(),
    end: (s) => s.database.start(),
    slo: 'shop-origin',
    outcomes: ['db_error'],
    blames: ['dependency'],
  },
  cache: {
    what: 'the Redis primary is stopped',
    begin: (s) => s.cache.stop(),
    end: (s) => s.cache.start(),
    slo: 'shop-redis-writes',
    outcomes: ['refused'],
    blames: ['target'],
  },
  origin: {
    what: 'nginx in front of WordPress is stopped',
    begin: (s) => s.wordpress.nginx.stop(),
    end: (s) => s.wordpress.nginx.start(),
    slo: 'shop-edge',
    outcomes: ['origin_down'],
    blames: ['target'],
  },
  edge: {
    what: 'the edge is stopped',
    begin: (s) => s.edge.stop(),
    end: (s) => s.edge.start(s.wordpress.originUrl),
    slo: 'shop-availability',
    outcomes: ['refused'],
    blames: ['edge'],
  },
  php: {
    what: 'PHP-FPM is stopped',
    begin: (s) => s.wordpress.php.stop(),
    end: (s) => s.wordpress.php.start(),
    slo: 'shop-origin',
    outcomes: ['bad_gateway'],
    blames: ['target'],
  },
  cert: {
    what: 'the edge serves an expired certificate',
    begin: (s) => s.edge.useCertificate('expired'),
    end: (s) => s.edge.useCertificate('valid'),
    slo: 'shop-availability',
    outcomes: ['tls_expired'],
    blames: ['tls'],
  },
};
