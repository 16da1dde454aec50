// Schemas are compiled with the first request, so one that cannot be compiled would be found by a user. Here all are, at the start.
import { afterAll, expect, it, vi } from 'vitest';
import { type Inside, startInside } from '../faults/inside.ts';
import { shop, slo, validSpec } from '../spec/specs.ts';

vi.mock('../../src/http/schemas.ts', () => ({ schemaController: {} }));

let inside: Inside;
afterAll(() => inside?.stop());

it('every schema of a route can be compiled', async () => {
  inside = await startInside(validSpec({ targets: [shop], slos: [slo()] }));
  expect(inside.exporter.app.hasRoute({ method: 'GET', url: '/api/v1/slos' })).toBe(true);
});
