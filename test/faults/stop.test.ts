// SIGTERM while a run hangs: the run is marked, not forgotten and not the target's fault.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { phaseOf } from '../../src/probe/schedule.ts';
import { startExporter, until } from '../services/exporter.ts';
import { privateFolder } from '../services/process.ts';
import { smallSpec, startSmallSite } from '../services/small-site.ts';

const folder = privateFolder('stop');
afterAll(() => folder.remove());

describe('SIGTERM in the middle of a run', () => {
  it('ends with code 0 within the grace; the event is unmeasured and on disk', async () => {
    const site = await startSmallSite();
    site.answer('never');
    // A name whose first slot comes soon after the start of a process, and not during it.
    const soon = (name: string) => phaseOf(name, 60_000) > 5_000 && phaseOf(name, 60_000) < 6_000;
    const name = Array.from({ length: 1_000 }, (_, i) => `site-${i}`).find(soon)!;
    const config = join(folder.path, 'plimsoll.yaml');
    const spec = smallSpec(site.url).replaceAll('site,', `${name},`).replace('target: site', `target: ${name}`);
    writeFileSync(config, spec.replace('interval: 1s, timeout: 500ms', 'interval: 60s, timeout: 50s'));
    const args = ['--config', config, '--data', join(folder.path, 'data')];
    const exporter = await startExporter({ args });
    await until(async () => site.requests === 1, exporter.log);
    expect(await exporter.end('SIGTERM')).toBe(0);
    site.stop();
    const again = await startExporter({ args });
    expect(await again.metric('slo_events_total{slo="up",result="unmeasured",location="main"}')).toBe(1);
    expect(await again.metric('slo_events_total{slo="up",result="bad",location="main"}')).toBe(0);
    await again.end('SIGTERM');
  });
});
