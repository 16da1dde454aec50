// What plimsoll simulate advises where nobody would hear of an outage: true of the page condition, and enough.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { privateFolder } from '../services/process.ts';
import { shop, slo, text } from '../spec/specs.ts';
import { plimsoll } from './push-run.ts';

const folder = privateFolder('simulate-advice');
afterAll(() => folder.remove());
const spec = (change: object) => {
  const file = join(folder.path, `${Math.random()}.yaml`);
  writeFileSync(file, text({ targets: [{ ...shop, interval: '30s' }], slos: [slo()], ...change }));
  return file;
};
const simulate = (file: string, ...args: string[]) => plimsoll(folder.path, 'simulate', '--config', file, ...args);
/** The advice, which may be broken between words. */
const ending = (out: string) => out.trimEnd().split('\n\n').at(-1)!.replaceAll('\n', ' ');

// theta x window is 43 min 12 s at 95 % and 14.4x, whatever the interval: more probes make it surer, not sooner.
it.each([
  ['20m@100%', '95%', 'raise the objective to 99%: at 95% it takes more than 43m 12s, however many events there are.'],
  ['10m@100%', '99%', 'probe every 2s, or raise the objective to 99.5%.'],
  ['1m20s@100%', '99.95%', 'probe every 20s: no objective helps.'],
  ['2s@100%', '99.9%', 'of the budget; no interval and no objective would show it.'],
  ['3h@25%', '95%', 'raise the objective to 99%: at 95% it takes more than 14h 24m, however many events there are.'],
  ['3h@0.5%', '99%', 'allows it for ever; if users mind: no objective up to 99.999% tells 3h of it from chance.'],
  ['12h@0.5%', '99%', 'The promise (99%) allows it for ever; if users mind: raise the objective to 99.99%.'],
  [
    '3h@20%',
    '80%',
    'It would use the budget up in 30d, then there is a ticket; to hear earlier: raise the objective to 99%.',
  ],
])('%s at %s: %s', async (outage, objective, advice) => {
  const { out } = await simulate(spec({ slos: [slo({ objective })] }), '--outage', outage);
  expect(ending(out)).toContain(advice);
});
it.each([
  ['1m@100%', '99.9%', { interval: '20s', objective: '99.99%' }, { interval: '30s', objective: '99.99%' }],
  ['1m@100%', '99.9%', { interval: '20s', objective: '99.99%' }, { interval: '1s', objective: '99.9%' }],
  ['10m@100%', '99%', { interval: '2s', objective: '99%' }, { interval: '5s', objective: '99%' }],
  ['10m@100%', '99%', { interval: '30s', objective: '99.5%' }, { interval: '30s', objective: '99.2%' }],
  ['20m@100%', '95%', { interval: '30s', objective: '99%' }, { interval: '1s', objective: '95%' }],
  ['12h@0.5%', '99%', { interval: '30s', objective: '99.99%' }, { interval: '30s', objective: '99.95%' }],
])('%s at %s: with %j it is heard of, with %j it is not', async (outage, _, enough, less) => {
  const under = async ({ interval, objective }: { interval: string; objective: string }) =>
    ending(
      (
        await simulate(
          spec({ targets: [{ ...shop, interval, timeout: '500ms' }], slos: [slo({ objective })] }),
          '--outage',
          outage,
        )
      ).out,
    );
  expect(await under(enough)).toBe('Somebody hears of it in every case.');
  expect(await under(less)).toMatch(/^(Never noticed|Noticed with luck only): a\./);
});
it('names the setting that counts gauges, and none that changes the number of requests', async () => {
  const gauge = slo({ sli: { kind: 'gauge', query: 'up', above: 0 }, objective: '99%' });
  const one = await simulate(spec({ slos: [gauge], alerting: { interval: '1m' } }), '--outage', '10m@100%');
  expect(ending(one.out)).toContain('set alerting.interval to 2s, or raise the objective to 99.5%.');
  const requests = slo({ sli: { kind: 'ratio', bad: 'errors_total', total: 'requests_total' }, objective: '99%' });
  const two = await simulate(spec({ slos: [requests] }), '--outage', '5m@100%', '--traffic', '50/s');
  expect(ending(two.out)).toContain(
    'raise the objective to 99.5%: at 99% it takes more than 8m 38s, however many events there are.',
  );
});
it('says that no tier can fire, and which objective would let one', async () => {
  // k 72: theta is 1.44 at 98 %, and 0.72 at 99 %.
  const tiers = [{ tier: 'page', severity: 'page', long: '20m', short: '5m', budget: '10%' }];
  const file = spec({ policies: [{ window: '10d', tiers }], slos: [slo({ window: '10d', objective: '98%' })] });
  const { out } = await simulate(file, '--outage', '1h@100%');
  expect(ending(out)).toBe(
    'Never noticed: a. No tier can fire at 98%: raise the objective to 99%, or write a policy of its own.',
  );
});
