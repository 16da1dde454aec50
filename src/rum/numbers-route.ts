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
    poor: { type: 'number' },
  },
} as const;
const PAGE = {
  type: 'object',
  properties: {
    page: { type: 'string' },
    device: { type: 'string' },
    views: { type: 'number' },
    errorViews: { type: 'number' },
    vitals: { type: 'object', additionalProperties: VITAL },
  },
} as const;
const SERVER = {
  type: 'object',
  properties: { page: { type: 'string' }, name: { type: 'string' }, n: { type: 'number' }, p75: PERCENTILE },
} as const;
const SITE = {
  type: 'object',
  properties: {
    site: { type: 'string' },
    mode: { type: 'string' },
    sample: { type: 'number' },
    present: { type: 'boolean', description: 'were there beacons lately? Without any, nothing is known' },
    pages: { type: 'array', items: PAGE },
    server: { type: 'array', items: SERVER },
    beacons: { type: 'object', additionalProperties: { type: 'number' }, description: 'since the start, by result' },
  },
} as const;

export function numbersRoute(app: FastifyInstance, realUsers: RealUsers): void {
  const response = { 200: { type: 'object', properties: { sites: { type: 'array', items: SITE } } } } as const;
  const schema = { summary: 'Real users of the last 24 hours, by site, group of pages and device', response };
  app.get('/api/v1/real-users', { schema }, () => ({ sites: realUsers.numbers() }));
}
