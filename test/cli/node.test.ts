// The Node that plimsoll needs: one number, in package.json, which the start-up check and the image hold to.
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { MAIN } from '../services/exporter.ts';

/** `plimsoll --version` on a Node that says it is another one. */
function startOn(version: string) {
  const versions = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })`;
  const args = ['--import', `data:text/javascript,${encodeURIComponent(versions)}`, MAIN, '--version'];
  return spawnSync(process.execPath, args, { encoding: 'utf8' });
}

describe('the Node that plimsoll needs', () => {
  it('is refused below 26, which has no Temporal for calendar periods, with what to do', () => {
    for (const version of ['24.13.0', '25.9.9']) {
      const { status, stderr } = startOn(version);
      expect([version, status, stderr]).toEqual([
        version,
        2,
        expect.stringContaining('plimsoll needs Node 26 or newer'),
      ]);
      expect(stderr).toContain('npm ci');
    }
  });
  it('is taken from 26 on', () => {
    for (const version of ['26.0.0', '27.1.0']) expect([version, startOn(version).status]).toEqual([version, 0]);
  });
  it('is the one that package.json asks for and that npm ci brings', () => {
    expect(manifest.engines.node).toBe('>=26');
    for (const version of Object.values(manifest.optionalDependencies)) expect(version).toMatch(/^26\./);
  });
});
