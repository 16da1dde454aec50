// SIGTERM while runs hang: no new ones, they are marked, not forgotten and not the target's fault; what was counted is on disk.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { phaseOf } from '../../src/probe/schedule.ts';
import { startExporter, until } from '../services/exporter.ts';
import { privateFolder } from '../services/process.ts';
import { smallSpec, startSmallSite } from '../services/small-site.ts';
import { slo, validSpec } from '../spec/specs.ts';
import { startInside } from './inside.ts';

const folder = privateFolder('stop');
afterAll(() => folder.remove());
/** 3 s are the grace of runs; a supervisor that kills after 5 s must not be met. Wide for a busy machine: 8 s. */
const PATIENCE_MS = 8_000;

describe('SIGTERM in the middle of a run', () => {
  it('X01 ends with code 0 within the grace and starts no more runs; the event is unmeasured and on disk', async () => {
    const site = await startSmallSite();
    site.answer('never');
    const others = await startSmallSite();
    // A name whose first slot comes soon after the start of a process, and not during it.
    const soon = (name: string) => phaseOf(name, 60_000) > 5_000 && phaseOf(name, 60_000) < 6_000;
    const name = Array.from({ length: 1_000 }, (_, i) => `site-${i}`).find(soon)!;
    const config = join(folder.path, 'plimsoll.yaml');
    const spec = smallSpec(site.url)
      .replaceAll('site,', `${name},`)
      .replace('target: site', `target: ${name}`)
      .replace('interval: 1s, timeout: 500ms', 'interval: 60s, timeout: 50s')
      .replace('slos:', `  - { name: other, kind: http, url: "${others.url}", interval: 1s, timeout: 500ms }\nslos:`);
    writeFileSync(config, spec);
    const args = ['--config', config, '--data', join(folder.path, 'data')];
    const exporter = await startExporter({ args });
    await until(async () => site.requests === 1 && others.requests > 0, exporter.log);
    const ended = exporter.end('SIGTERM');
    await until(async () => exporter.log().includes('stopping: no new runs'), exporter.log);
    const before = others.requests;
    const late = new Promise((resolve) => setTimeout(() => resolve('late'), PATIENCE_MS));
    expect(await Promise.race([ended, late])).toBe(0);
    // One may have been on its way.
    expect(others.requests).toBeLessThanOrEqual(before + 1);
    expect(site.requests).toBe(1);
    expect(exporter.log()).toContain('"msg":"stopped"');
    site.stop();
    others.stop();
    const again = await startExporter({ args });
    expect(await again.metric('slo_events_total{slo="up",result="unmeasured",location="main"}')).toBe(1);
    expect(await again.metric('slo_events_total{slo="up",result="bad",location="main"}')).toBe(0);
    await again.end('SIGTERM');
  });
});

describe('an exporter that stops', () => {
  const timing = { kind: 'http', interval: '1s', timeout: '900ms' };
  const start = async (names: readonly string[]) => {
    const site = await startSmallSite();
    const spec = (wanted: readonly string[]) =>
      validSpec({
        targets: wanted.map((name) => ({ name, url: `${site.url}${name}`, ...timing })),
        slos: wanted.map((name) => slo({ name, sli: { kind: 'probe', target: name } })),
        exporter: { concurrency: 1 },
      });
    return { site, spec, inside: await startInside(spec(names)) };
  };
  it('X01 has the slots that waited for a place on disk as unmeasured', async () => {
    const { site, inside } = await start(['a', 'b', 'c']);
    site.answer('never');
    const { engine } = inside.exporter;
    const sum = (of: (name: string) => number) => ['a', 'b', 'c'].reduce((n, name) => n + of(name), 0);
    const held = () => sum((name) => engine.entry(name)!.total.unmeasured);
    // With three due each second and one place that is always taken, two wait nearly all the time.
    await until(async () => (await inside.metric('plimsoll_runs_in_flight')) === 1 && held() > 4, inside.log);
    const [before, stopping] = [held(), inside.stop()];
    expect(held()).toBeGreaterThan(before);
    await stopping;
    expect(sum((name) => engine.entry(name)!.acknowledged!.unmeasured)).toBe(held());
    site.stop();
  });
  it('X01 takes over no spec any more: a reload that comes late starts nothing', async () => {
    const { site, spec, inside } = await start(['a']);
    await until(async () => site.requests > 1, inside.log);
    const stopping = inside.stop();
    inside.exporter.load(spec(['a', 'b', 'c']), {});
    await stopping;
    expect(inside.exporter.engine.spec.targets).toHaveLength(1);
    const { requests } = site;
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(site.requests).toBe(requests);
    site.stop();
  });
});
