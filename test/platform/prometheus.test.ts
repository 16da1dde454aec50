// Prometheus 3.14: what plimsoll diff makes of it, and the one change of PromQL that rules feel.
import { expect, it } from 'vitest';
import { diffContract } from '../cli/diff-contract.ts';
import { startPrometheus } from '../services/prometheus.ts';
import { remoteWrite } from '../services/remote-write.ts';
import { toolPath } from './tools.ts';

diffContract('Prometheus 3.14', () => toolPath('prometheus'));

// https://prometheus.io/docs/prometheus/latest/migration/#range-selectors-and-lookback-exclude-samples-coinciding-with-the-left-boundary
it.each([
  ['2.42', () => 'prometheus', 3],
  ['3.14', () => toolPath('prometheus'), 2],
])('a range of Prometheus %s that begins exactly at a sample', async (_, binary, samples) => {
  const prometheus = await startPrometheus({ binary: binary() });
  try {
    const nowMs = Math.floor(Date.now() / 30_000) * 30_000;
    const series = [3, 2, 1, 0].map((ago) => [nowMs - ago * 30_000, 1] as const);
    await remoteWrite(prometheus.url, [{ labels: { __name__: 'x' }, samples: series }]);
    expect(await prometheus.value('count_over_time(x[1m])', nowMs)).toBe(samples);
  } finally {
    await prometheus.stop();
  }
});
