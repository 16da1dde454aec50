// What the log must not show, over many reloads.
import { expect, it } from 'vitest';
import { KnownSecrets } from '../../src/cli/known-secrets.ts';

it('a reload with the same secrets holds none of them twice, however often it comes', () => {
  const known = new KnownSecrets();
  for (let i = 0; i < 1_000; i++) known.take(['one', 'two', 'one']);
  expect(known.size).toBe(2);
});

it('a secret that was rotated away is still masked in the lines of runs that go on', () => {
  const known = new KnownSecrets();
  known.take(['old-password', 'token']);
  known.take(['new-password', 'token']);
  expect(known.redact({ detail: 'old-password new-password token' })).toEqual({ detail: '[secret] [secret] [secret]' });
});

it('keeps all secrets of the newest load and 200 of earlier ones, the newest of them', () => {
  const known = new KnownSecrets();
  const all = Array.from({ length: 1_000 }, (_, i) => `secret-${i}-`);
  known.take(all);
  expect(known.size).toBe(1_000);
  known.take(['last-']);
  expect(known.size).toBe(201);
  expect(known.redact('secret-799- secret-800- last-')).toBe('secret-799- [secret] [secret]');
});

it('masks a secret that is the beginning of another, and one that JSON writes with escapes', () => {
  const known = new KnownSecrets();
  known.take(['abc', 'abcdef', 'q"uote', '']);
  expect(known.redact({ a: 'abcdef', b: [{ c: 'q"uote' }], n: 7 })).toEqual({
    a: '[secret]',
    b: [{ c: '[secret]' }],
    n: 7,
  });
});
