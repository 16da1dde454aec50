// plimsoll diff --spec OLD NEW as a process, and --prometheus against the Prometheus of Debian with 33 days of events.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fetchEvents } from '../../src/cli/event-history.ts';
import { openRemote } from '../../src/cli/remote.ts';
import { freePort, privateFolder } from '../services/process.ts';
import { type Prometheus, startPrometheus } from '../services/prometheus.ts';
import { remoteWrite, type WrittenSeries } from '../services/remote-write.ts';
import { shop, slo, text } from '../spec/specs.ts';
import { plimsoll } from './push-run.ts';

const folder = privateFolder('diff-spec');
const write = (name: string, change: object = {}) => {
  writeFileSync(join(folder.path, name), text({ targets: [shop], slos: [slo()], ...change }));
  return name;
};
const diff = (...args: string[]) => plimsoll(folder.path, 'diff', '--spec', ...args);
afterAll(() => folder.remove());

describe('diff --spec', () => {
  it('exits 0 when both mean the same', async () => {
    const [a, b] = [write('a.yaml'), write('b.yaml', { slos: [slo({ window: '720h' })] })];
    expect(await diff(a, b)).toEqual({ code: 0, out: 'a.yaml and b.yaml mean the same\n' });
  });
  it('exits 1 with one sentence for each difference', async () => {
    const { code, out } = await diff(write('a.yaml'), write('team.yaml', { slos: [slo({ team: 'ops' })] }));
    expect([code, out]).toEqual([1, 'SLO a: team web -> ops\n1 difference (a.yaml -> team.yaml)\n']);
  });
  it('says who is told, by the routes of both', async () => {
    const receivers = ['web', 'ops'].map((name) => ({ name, kind: 'webhook', urlFile: `/etc/am/${name}` }));
    const notify = (to: string) => ({
      notify: { default: 'ops', receivers, routes: [{ severity: 'page', to: [to] }] },
    });
    const { out } = await diff(write('a.yaml', notify('web')), write('b.yaml', notify('ops')));
    expect(out.split('\n').slice(0, 2)).toEqual(['SLO a: pages go to web -> ops', 'route 1: to web -> ops']);
  });
  it('never shows a secret, in whichever field it stands', async () => {
    const db = (password: string) => ({
      targets: [shop, { name: 'db', kind: 'mariadb', url: `mysql://u:${password}@h:3306/${password}` }],
    });
    const { code, out } = await diff(write('a.yaml', db('canary-7f3a')), write('b.yaml', db('canary-8f3a')));
    expect([code, out]).toEqual([1, expect.stringContaining('target db: ')]);
    expect(out).not.toMatch(/canary-.f3a@/);
  });
  it('shows the findings of a spec that is invalid, and of the other one too', async () => {
    const broken = (name: string) => write(name, { slos: [slo({ objective: '100%' })] });
    const { code, out } = await diff(broken('a.yaml'), broken('b.yaml'));
    expect(code).toBe(3);
    expect(out.match(/^\w\.yaml:2:\d+ {2}error/gm)).toEqual([
      expect.stringContaining('a.yaml'),
      expect.stringContaining('b.yaml'),
    ]);
    expect(out).toContain('hint: ');
  });
  it.each([
    [['--spec', 'a.yaml'], 2, '--spec takes two files or folders: plimsoll diff --spec old.yaml plimsoll.yaml'],
    [['--spec', 'a.yaml', 'b.yaml', 'c.yaml'], 2, '--spec takes two files'],
    [['--spec', 'a.yaml', 'none.yaml'], 3, 'cannot read none.yaml'],
    [['--spec', 'a.yaml', 'b.yaml', '--against', 'http://h:1'], 2, 'use one of them'],
    [['--prometheus', 'http://h:1'], 2, '--prometheus goes with --spec OLD NEW'],
    [['--spec', 'a.yaml', 'b.yaml', '--prometheus', 'h:1'], 2, '--prometheus h:1: write a URL like'],
    [[], 2, 'say what to compare with: plimsoll diff --against http://mimir:8080'],
  ])('%j', async (args, code, message) => {
    write('a.yaml');
    write('b.yaml', { slos: [slo({ objective: '99%' })] });
    expect(await plimsoll(folder.path, 'diff', ...args)).toEqual({ code, out: expect.stringContaining(message) });
  });
});

const STEP = 30_000;
const DAY = 86_400_000;

/** Outages by how long ago they began and how many probes were bad. */
interface Past {
  readonly days: number;
  readonly outages: readonly (readonly [agoMs: number, bad: number])[];
}

/** Counters of `days` until `toMs`, as scraped or as recorded; the exporter began at `base` bad events. */
function counters(
  toMs: number,
  { days, outages }: Past,
  label: (kind: 'good' | 'bad' | 'known' | 'valid') => Record<string, string>,
  kinds: readonly ('good' | 'bad' | 'known' | 'valid')[],
): WrittenSeries[] {
  const steps = (days * DAY) / STEP;
  const samples = kinds.map(() => [] as [number, number][]);
  const sums = { good: 100, bad: 7, known: 107, valid: 107 };
  for (let i = 0; i <= steps; i++) {
    const atMs = toMs - (steps - i) * STEP;
    const isBad = outages.some(([ago, bad]) => atMs > toMs - ago && atMs <= toMs - ago + bad * STEP);
    sums[isBad ? 'bad' : 'good'] += 1;
    sums.known += 1;
    sums.valid += 1;
    for (const [k, kind] of kinds.entries()) samples[k]!.push([atMs, sums[kind]]);
  }
  return kinds.map((kind, k) => ({ labels: label(kind), samples: samples[k]! }));
}

describe('diff --spec --prometheus', () => {
  let prometheus: Prometheus;
  const nowMs = Math.floor(Date.now() / STEP) * STEP;
  beforeAll(async () => {
    prometheus = await startPrometheus();
    const raw = (slo: string, cluster: string, instance: string) => (kind: string) => ({
      __name__: 'slo_events_total',
      slo,
      cluster,
      location: 'main',
      result: kind,
      instance,
      job: 'plimsoll',
    });
    const recorded = (slo: string) => (kind: string) => ({
      __name__: `slo:${kind === 'known' ? 'known_steps' : `${kind}_events`}:total`,
      slo,
      cluster: 'prod',
      location: 'main',
    });
    const long = {
      days: 33,
      outages: [
        [20 * DAY, 10],
        [10 * DAY, 60],
        [31 * DAY, 60],
        // Three bad of 120 are no page; of the few that a window without its past would hold they would be. With the 60 before: a ticket.
        [30 * DAY - 5 * 60_000, 3],
      ] as [number, number][],
    };
    const short = { days: 3, outages: [[2 * DAY, 60]] as [number, number][] };
    const all = [
      ...counters(nowMs, long, recorded('a'), ['bad', 'valid', 'known']),
      ...counters(nowMs, short, raw('a', 'prod', 'one:1'), ['good', 'bad']),
      ...counters(nowMs, short, raw('young', 'prod', 'one:1'), ['good', 'bad']),
      ...counters(nowMs, { ...short, outages: [] }, raw('young', 'test', 'two:1'), ['good', 'bad']),
    ];
    // An exporter that was moved a day ago and shows up under both instances for ten minutes, and a second location.
    const [good, bad] = counters(nowMs, short, raw('moved', 'prod', 'one:1'), ['good', 'bad']);
    for (const { labels, samples } of [good!, bad!]) {
      all.push({ labels, samples: samples.filter(([at]) => at <= nowMs - DAY) });
      const moved = { ...labels, instance: 'two:1' };
      all.push({ labels: moved, samples: samples.filter(([at]) => at >= nowMs - DAY - 20 * STEP) });
      all.push({ labels: { ...labels, location: 'fra' }, samples });
    }
    // By time: a sample that is much older than what is there already is refused.
    for (let fromMs = nowMs - 33 * DAY; fromMs <= nowMs; fromMs += DAY) {
      const part = all.map(({ labels, samples }) => ({
        labels,
        samples: samples.filter(([at]) => at >= fromMs && at < fromMs + DAY),
      }));
      await remoteWrite(
        prometheus.url,
        part.filter(({ samples }) => samples.length > 0),
      );
    }
    write('a.yaml', { slos: [slo(), slo({ name: 'same' }), slo({ name: 'young' })] });
    const lax = { objective: '99%' };
    write('b.yaml', {
      slos: [slo(lax), slo({ name: 'same', team: 'ops' }), slo({ name: 'young', ...lax }), slo({ name: 'new' })],
    });
  }, 120_000);
  afterAll(() => prometheus?.stop());
  const time = (agoMs: number) => new Date(nowMs - agoMs).toISOString().slice(0, 16);

  it('counts the pages that both would have caused, on what is recorded and on what is scraped', async () => {
    const { code, out } = await diff('a.yaml', 'b.yaml', '--prometheus', prometheus.url);
    expect(code).toBe(1);
    const lines = out.split('\n');
    const history = lines.slice(
      lines.findIndex((line) => line.startsWith('On the last 30 days')),
      -2,
    );
    expect(history[0]).toBe(`On the last 30 days of ${prometheus.url} it would have been:`);
    // The fifth bad probe pages at 99.9 %: 2m30s after the beginning. The outage of 31 days ago is not judged, but seen.
    const [page] = /no longer (\S+)Z/.exec(history[1]!)!.slice(1);
    expect([time(20 * DAY - 5 * STEP), time(20 * DAY - 6 * STEP)]).toContain(page);
    expect(history[1]).toMatch(/^ {2}SLO a in prod: 2 -> 1 pages \(no longer .{16}Z\); 2 -> 0 tickets$/);
    expect(history.slice(2)).toEqual([
      '  SLO young in prod: 1 -> 1 pages; 1 -> 1 tickets; only 3d of 30d are recorded',
      '  SLO young in test: 0 -> 0 pages; 0 -> 0 tickets; only 3d of 30d are recorded',
      '  not recorded there: new',
    ]);
  }, 60_000);
  it('adds up results and locations, and takes an exporter that was moved for one', async () => {
    const remote = openRemote('--prometheus', prometheus.url, {});
    const range = { toMs: nowMs, rowMs: STEP, judgedMs: 30 * DAY, beforeMs: 3 * DAY };
    const events = async (name: string) =>
      (await fetchEvents(remote, name, range)).map(({ cluster, bad, valid, known, judgedFrom, measuredRows }) => ({
        cluster,
        totals: [bad, valid, known].map((totals) => totals.at(-1)),
        measuredRows,
        judgedFrom,
      }));
    const steps = (3 * DAY) / STEP;
    const common = { measuredRows: steps + 1, judgedFrom: steps };
    expect(await events('moved')).toEqual([{ cluster: 'prod', totals: [120, 2 * steps, 2 * steps], ...common }]);
    expect(await events('young')).toEqual([
      { cluster: 'prod', totals: [60, steps, steps], ...common },
      { cluster: 'test', totals: [0, steps, steps], ...common },
    ]);
    expect(await events('nobody')).toEqual([]);
  });
  it('asks nothing where no alert changes', async () => {
    const { out } = await diff(
      write('c.yaml'),
      write('d.yaml', { slos: [slo({ team: 'ops' })] }),
      '--prometheus',
      prometheus.url,
    );
    expect(out).toContain(`${prometheus.url}: no SLO would have alerted at other times`);
  });
  it('exits 4 when it cannot be reached, and where the path is wrong, and shows no half of an answer', async () => {
    const port = await freePort();
    const gone = await diff('a.yaml', 'b.yaml', '--prometheus', `http://127.0.0.1:${port}`);
    expect(gone).toEqual({
      code: 4,
      out: expect.stringMatching(/^cannot reach http:.+is it running, and is the URL right\?\n$/),
    });
    const path = await diff('a.yaml', 'b.yaml', '--prometheus', `${prometheus.url}/graph/x`);
    expect(path).toEqual({ code: 4, out: expect.stringContaining('write the URL without the path of the API') });
  });
});
