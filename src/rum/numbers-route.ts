// GET /api/v1/real-users: the numbers of the last 24 hours, for people and pages. For who may read; beacons themselves are not kept.
import type { FastifyInstance } from 'fastify';
import type { RealUsers } from './real-users.ts';

const PERCENTILE = {
  type: 'object',
  description: 'value, and its 95 % band; left out beyond the last boundary',
  properties: { value: { type: 'number' }, low: { type: 'number' }, high: { type: 'number' } },
} as const;
const VITAL = {
  type: 'object',
  properties: {
    n: { type: 'number' },
    p75: PERCENTILE,
    grade: { type: ['string', 'null'], description: 'good, needs-improvement or poor; null below 100 observations' },
    good: { type: 'number', description: 'share, 0 to 1' },
    needsImprovement: { type: 'number' },
    poor: { type: 'number' },
  },
} as const;
const PAGE = {
  type: 'object',
  properties: {
    page: { type: 'string' },
    device: { type: 'string', description: 'left out where all devices are together' },
    views: { type: 'number' },
    errorViews: { type: 'number' },
    vitals: { type: 'object', additionalProperties: VITAL },
  },
} as const;
const SERVER = {
  type: 'object',
  properties: { page: { type: 'string' }, name: { type: 'string' }, n: { type: 'number' }, p75: PERCENTILE },
} as const;
const SLO = {
  type: 'object',
  description: 'the last 24 hours as the SLO counts them; state and budget are with Prometheus',
  properties: {
    slo: { type: 'string' },
    objective: { type: 'number' },
    of: { type: 'string' },
    grade: { type: 'string' },
    n: { type: 'number' },
    sliRatio: { type: ['number', 'null'], description: 'share of good events; null below minimum' },
    minimum: { type: 'number' },
  },
} as const;
const WORST = {
  type: 'object',
  properties: {
    vital: { type: 'string' },
    value: { type: 'number' },
    page: { type: 'string' },
    device: { type: 'string' },
    navigation: { type: 'string' },
    path: { type: 'string', description: 'cleaned, without query' },
    atMs: { type: 'number' },
    traceId: { type: ['string', 'null'] },
  },
} as const;
const SITE = {
  type: 'object',
  properties: {
    site: { type: 'string' },
    mode: { type: 'string' },
    sample: { type: 'number' },
    present: { type: 'boolean', description: 'were there beacons lately? Without any, nothing is known' },
    quietMs: { type: 'number', description: 'how long it may be without beacons' },
    lastBeaconMs: { type: ['number', 'null'], description: 'null: none since the start' },
    pending: { type: 'number', description: 'values that wait up to settleMs for a later one of the same view' },
    settleMs: { type: 'number' },
    enough: { type: 'number', description: 'page views that give a verdict' },
    all: { ...PAGE, description: 'the whole site' },
    pages: { type: 'array', items: PAGE },
    groups: { type: 'array', items: PAGE, description: 'all devices together' },
    server: { type: 'array', items: SERVER },
    slos: { type: 'array', items: SLO },
    worst: { type: 'array', items: WORST, description: 'worst first, at most 20 of each vital' },
    engines: {
      type: 'object',
      additionalProperties: { type: 'object', additionalProperties: { type: 'number' } },
      description: 'values since the start, by engine and vital',
    },
    beacons: { type: 'object', additionalProperties: { type: 'number' }, description: 'since the start, by result' },
  },
} as const;

export function numbersRoute(app: FastifyInstance, realUsers: RealUsers): void {
  const response = { 200: { type: 'object', properties: { sites: { type: 'array', items: SITE } } } } as const;
  const schema = { summary: 'Real users of the last 24 hours, by site, group of pages and device', response };
  app.get('/api/v1/real-users', { schema }, () => ({ sites: realUsers.numbers() }));
}
