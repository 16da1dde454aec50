// The JSON API: /api/v1/slos, one SLO with windows and episodes, and its OpenAPI description.
import { setImmediate as pause } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { Engine } from '../engine/engine.ts';
import type { SloView } from '../engine/view.ts';
import './openapi.ts';
import { problem, problemsFor } from './problem.ts';

/** SLOs per turn of the event loop: about 2 ms of work. */
const VIEWS_PER_TURN = 50;

const nullable = (type: string, description: string) => ({ type: [type, 'null'], description });
const WINDOW = {
  type: 'object',
  properties: {
    window: { type: 'string' },
    good: { type: 'number' },
    bad: { type: 'number' },
    unmeasured: { type: 'number' },
    excluded: { type: 'number' },
    burnRate: nullable('number', 'null without events'),
    coverageRatio: { type: 'number' },
  },
} as const;

const SLO = {
  type: 'object',
  properties: {
    name: { type: 'string' },
    service: { type: 'string' },
    team: { type: 'string' },
    target: { type: 'string' },
    objective: { type: 'number', description: '0 to 1' },
    period: { type: 'string' },
    sliRatio: nullable('number', 'good / (good + bad) of the period'),
    budgetRemainingRatio: nullable('number', '1 untouched, 0 used up, negative overspent'),
    budgetRemainingMinutes: { type: 'number' },
    budgetRemainingEvents: { type: 'number' },
    budgetWithoutExclusionRatio: nullable('number', 'as if maintenance counted'),
    excludedRatio: { type: 'number', description: 'share of the period excluded by maintenance' },
    burn: { type: 'object', additionalProperties: { type: ['number', 'null'] } },
    windows: { type: 'array', items: WINDOW },
    firing: { type: 'array', items: { type: 'string' }, description: 'alert tiers whose condition holds' },
    state: { type: 'string', enum: ['ok', 'burning', 'exhausted', 'no-data', 'maintenance'] },
    blame: nullable('string', 'of the newest episode'),
    outcome: nullable('string', 'of the newest episode'),
    step: nullable('string', 'of the newest episode'),
    failingDependencies: {
      type: 'array',
      description: 'targets of dependsOn that fail now',
      items: {
        type: 'object',
        properties: { target: { type: 'string' }, step: { type: 'string' }, outcome: { type: 'string' } },
      },
    },
    lastBadMs: nullable('number', 'ms since 1970'),
    blind: {
      type: ['object', 'null'],
      description: 'why nothing can be told, while the state is no-data',
      properties: { step: { type: 'string' }, outcome: { type: 'string' }, blame: { type: 'string' } },
    },
    currentBurnRate: nullable('number', 'of the shortest window that holds four probes'),
    measured: { type: 'number', description: 'good and bad events in the period' },
    coverageRatio: { type: 'number' },
    createdMs: { type: 'number' },
    exhaustedAtMs: nullable('number', 'when the budget ends if the shortest window that holds four probes goes on'),
    recoversAtMs: nullable('number', 'when an overspent budget is above 0 again, if all stays well'),
    wholeAtMs: nullable('number', 'when the budget is whole again, if all stays well'),
  },
} as const;

const EPISODE = {
  type: 'object',
  properties: {
    startMs: { type: 'number' },
    lastBadMs: { type: 'number' },
    bad: { type: 'number' },
    causes: { type: 'object', additionalProperties: { type: 'number' } },
  },
} as const;
const MAINTENANCE = {
  type: 'object',
  properties: {
    fromMs: { type: 'number' },
    toMs: { type: 'number' },
    reason: { type: 'string' },
    by: { type: 'string' },
    applied: { type: 'boolean' },
  },
} as const;
/** `specValid`: did the newest load of the spec succeed? Else an older one is in force. */
export function sloRoutes(app: FastifyInstance, engine: Engine, specValid: () => boolean): void {
  app.get(
    '/api/v1/slos',
    {
      schema: {
        summary: 'All SLOs',
        response: {
          200: {
            type: 'object',
            properties: {
              specValid: {
                type: 'boolean',
                description: 'false: the spec on disk is invalid, an older one is in force',
              },
              slos: { type: 'array', items: SLO },
            },
          },
        },
      },
    },
    async () => {
      const slos: SloView[] = [];
      for (const view of engine.views()) if (slos.push(view) % VIEWS_PER_TURN === 0) await pause();
      return { specValid: specValid(), slos };
    },
  );
  const one = {
    ...SLO,
    properties: {
      ...SLO.properties,
      episodes: { type: 'array', items: EPISODE },
      maintenance: { type: 'array', items: MAINTENANCE },
    },
  };
  app.get<{ Params: { name: string } }>(
    '/api/v1/slos/:name',
    {
      schema: {
        summary: 'One SLO with windows, episodes and maintenance',
        params: { type: 'object', properties: { name: { type: 'string' } } },
        response: { 200: one, ...problemsFor({ 404: 'there is no SLO of this name' }) },
      },
    },
    (request, reply) => {
      const { name } = request.params;
      const view = engine.view(name);
      if (view === undefined)
        return problem(
          reply,
          404,
          'unknown SLO',
          `there is no SLO "${name.slice(0, 63)}"; GET /api/v1/slos lists them`,
        );
      return { ...view, episodes: [...engine.entry(name)!.episodes], maintenance: engine.plan(name)!.maintenance };
    },
  );
}
