// The receiver of Grafana Alloy: its origins and limits are those of the spec, and what it does not do is said in it.
import { expect, it } from 'vitest';
import { faroReceiver } from '../../src/generate/alloy-faro.ts';
import { validSpec } from '../spec/specs.ts';

const sites = [
  { key: 'a', origins: ['https://a.example', 'https://b.example'], perSecond: 20 },
  { key: 'b', origins: ['https://b.example'] },
];

it('has the origins and limits of all sites, fetches nothing and says its limits', () => {
  const [{ path, text }] = faroReceiver(validSpec({ sites })) as [{ path: string; text: string }];
  expect(path).toBe('faro.alloy');
  expect(text).toContain('cors_allowed_origins     = ["https://a.example", "https://b.example"]');
  expect(text).toMatch(/rate {7}= 70\n {6}burst_size = 140/);
  expect(text).toMatch(/sourcemaps \{\n {4}download = false/);
  expect(text).toMatch(/no SLO and no histogram/);
  expect(text).toMatch(/Idempotency-Key/);
  const code = text.replaceAll(/"[^"]*"/g, '').replaceAll(/\/\/.*/g, '');
  for (const [open, close] of ['{}', '[]'].map((pair) => [...pair] as [string, string]))
    expect(code.split(open).length).toBe(code.split(close).length);
});
it('is nothing without sites', () => expect(faroReceiver(validSpec({ sites: [] }))).toEqual([]));
