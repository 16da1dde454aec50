// The target variable of boards of probed parts follows the chosen services: on a real Prometheus.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mariadb } from '../../dashboards/mariadb.ts';
import { boardJson } from '../../src/grafana/board-json.ts';
import type { JsonObject } from '../../src/grafana/finish.ts';
import { withMacros } from '../../src/grafana/macros.ts';
import { prometheusAt } from '../../src/preview/prometheus.ts';
import { variablesOf } from '../../src/preview/variables.ts';
import { type Prometheus, startPrometheus } from '../services/prometheus.ts';
import { remoteWrite } from '../services/remote-write.ts';
import { validSpec } from '../spec/specs.ts';

const NOW = Math.floor(Date.now() / 1000);
const series = (labels: Record<string, string>) => ({ labels, samples: [[NOW * 1000, 1]] as [number, number][] });
const run = (target: string, kind = 'mariadb') =>
  series({ __name__: 'probe_runs_total', cluster: 'one', location: 'l', kind, target, step: 'read', outcome: 'ok' });
const slo = (target: string, service: string) =>
  series({ __name__: 'slo_info', cluster: 'one', slo: `${target}-slo`, service, team: 't', target, window: '28d' });

const board = boardJson(mariadb(validSpec()));
let prometheus: Prometheus;
beforeAll(async () => {
  prometheus = await startPrometheus();
  await remoteWrite(prometheus.url, [
    ...['shop.db', 'blog-db', 'shared', 'spare'].map((target) => run(target)),
    run('shop-cache', 'redis'),
    slo('shop.db', 'shop'),
    slo('blog-db', 'blog'),
    slo('shared', 'shop'),
    slo('shared', 'blog'),
    slo('shop-cache', 'shop'),
  ]);
}, 30_000);
afterAll(() => prometheus?.stop());

const chosen = async (service?: string) => {
  const asked = prometheusAt(prometheus.url);
  const values = await variablesOf(board, service === undefined ? {} : { service }, asked, NOW);
  const expr = withMacros('group by (target) (probe_runs_total{target=~"$target"})', {
    rateInterval: '2m',
    interval: '30s',
    range: '1h',
    variables: values,
  });
  return (await asked.instant(expr, NOW)).map(({ labels }) => labels.target).sort();
};

describe('the targets of a board', () => {
  it('are those of its kind, whether they have SLOs or not', async () => {
    expect(await chosen()).toEqual(['blog-db', 'shared', 'shop.db', 'spare']);
  });
  it('are those of the chosen service, and those of none', async () => {
    expect(await chosen('shop')).toEqual(['shared', 'shop.db', 'spare']);
    expect(await chosen('blog')).toEqual(['blog-db', 'shared', 'spare']);
  });
  it('are read by Grafana out of the text of a result', () => {
    const { list } = board.templating as { list: readonly JsonObject[] };
    const { regex } = list.find(({ name }) => name === 'target')!;
    const [, pattern] = /^\/(.+)\/$/.exec(String(regex))!;
    expect(new RegExp(pattern!).exec('{target="shop.db"} 1 1732000000000')?.[1]).toBe('shop.db');
  });
});
