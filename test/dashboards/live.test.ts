// Every query of every board on a real Prometheus: the demo's exporter and rules, and made-up series for what the demo has not.
// Then parts are broken, and what boards show is what on-call must see. PRINT=1 prints every panel.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { BREAKS } from '../demo/breaks.ts';
import { until } from '../services/exporter.ts';
import { type Live, reportChange, startLive, told } from './live.ts';

vi.setConfig({ testTimeout: 240_000 });

/** Panels without a sample while all is well, and why. What they say then is in words, which is tested as well. */
const EMPTY_WHEN_WELL: Readonly<Record<string, string>> = {
  'Firing alerts': 'nothing fires',
  'Which alerts': 'nothing fires',
  'When alerts fired': 'nothing fired',
  'When its alerts fired': 'nothing fired',
  Pages: 'nothing fired',
  'Firing by team': 'nothing fired',
  'Alerts, the most frequent first': 'nothing fired',
  'Runs out in': 'nothing burns',
  'Boards of others': 'all could be read',
  'What ate the budget': 'no step failed',
  'What failed checks ended in': 'no step failed',
  'What failed DNS checks ended in': 'no step failed',
  'What failed TLS checks ended in': 'no step failed',
  'Why runs were missed': 'none was missed',
  'Runs that could not judge': 'all could',
  'Samples that were refused': 'none were refused',
  'Age of what is served': 'the edge of the demo sends no Age for what it has just stored',
  'DNS: failing checks': 'the demo has no DNS server',
  'Which name': 'the demo has no DNS server',
  'SLO alerts': 'nothing fired',
  'Alerts of parts': 'nothing fired',
  'What does not end': 'nothing fired',
  'DNS, step by step': 'the demo has no DNS server',
  'How long DNS checks take': 'the demo has no DNS server',
};
/** Queries in panels that have others, without a sample while all is well. */
const QUIET_QUERIES: readonly string[] = ['Layers: DNS'];

let live: Live;
beforeAll(async () => {
  live = await startLive();
  await reportChange(live, 'deploy');
  // A rate needs more than one scrape of everything.
  await new Promise((resolve) => setTimeout(resolve, 30_000));
}, 180_000);
afterAll(() => live?.stop());

const shown = async (uid: string, title: string) => {
  const panels = await live.read(uid, true);
  const panel = panels.find((one) => one.title === title);
  if (panel === undefined) throw new Error(`${uid} has no panel "${title}" on its first screen`);
  return panel;
};
/** The last value of a series of a panel, by its name; undefined: it is not there. */
const last = async (uid: string, title: string, name?: string): Promise<number | undefined> => {
  const { frames, stats } = await shown(uid, title);
  if (name === undefined) return stats[0]?.value;
  return frames.find((frame) => frame.name === name)?.points.at(-1)?.[1];
};

/** Until it no longer throws, for up to 100 s. */
const patiently = (check: () => Promise<void>): Promise<void> =>
  vi.waitFor(check, { timeout: 100_000, interval: 1000 });

const LANES = ['TLS', 'Edge', 'WordPress', 'Cron', 'MariaDB', 'Redis'];
/** After a break it takes the rate interval, and WordPress its time; on a busy machine a probe may just have been too slow. */
async function allGreen(): Promise<void> {
  const { frames } = await shown('plimsoll-overview', 'Layers');
  const state = (lane: string) => frames.find(({ name }) => name === lane)?.points.at(-1)?.[1];
  const red = LANES.filter((lane) => state(lane) !== 0);
  if (red.length > 0) throw new Error(`not green: ${red.map((lane) => `${lane} ${state(lane)}`).join(', ')}`);
}

describe('while all is well', () => {
  it('every query has a sample, and what has none says so in words', async () => {
    await live.addFixtures();
    const wrong: string[] = [];
    let queries = 0;
    for (const board of live.boards) {
      const lines = [`## ${board.title}`];
      for (const panel of await live.read(String(board.uid))) {
        lines.push(told(panel));
        if (panel.empty === 'No data') wrong.push(`${board.title}, ${panel.title}: says "No data"`);
        const mayBeEmpty = Object.hasOwn(EMPTY_WHEN_WELL, panel.title);
        for (const { query, samples } of panel.asked) {
          queries += 1;
          const name = `${panel.title}: ${query}`;
          if (samples === 0 && !mayBeEmpty && !QUIET_QUERIES.includes(name))
            wrong.push(`${board.title}, ${name}: nothing`);
        }
      }
      if (process.env.PRINT) console.log(lines.join('\n'));
    }
    expect(wrong).toEqual([]);
    expect(queries).toBeGreaterThan(180);
  });
  it('every panel that may be empty is on a board', () => {
    const titles = new Set(
      live.boards.flatMap((board) =>
        [...JSON.stringify(board).matchAll(/"title":"([^"]*)"/g)].map(([, title]) => title),
      ),
    );
    expect(Object.keys(EMPTY_WHEN_WELL).filter((title) => !titles.has(title))).toEqual([]);
  });
  it('the overview says that all is well, and that something was changed', async () => {
    expect(await last('plimsoll-overview', 'Pages that fire')).toBe(0);
    expect(await last('plimsoll-overview', 'Changes in the last hour')).toBe(1);
    await patiently(allGreen);
    const slos = await shown('plimsoll-overview', 'SLOs, worst first');
    expect(slos.rows.length).toBe(10);
    expect(slos.columns.slice(0, 5)).toEqual(['SLO', 'Service', 'Team', 'Budget left', 'Burn 1h']);
    expect(slos.rows.filter((row) => row[3]!.value! > 0.5).length).toBeGreaterThan(7);
  });
  it('boards and the API of the exporter say the same', async () => {
    const answer = await fetch(`${live.exporter.url}/api/v1/slos/shop-availability`);
    const api = (await answer.json()) as { objective: number; budgetRemaining?: number };
    expect(await last('plimsoll-slo', 'Objective')).toBe(api.objective);
  });
});

/** The lane that turns red, and the part's own board. */
const SEEN: Readonly<Record<string, readonly [lane: string, uid: string, title: string]>> = {
  db: ['MariaDB', 'plimsoll-mariadb', 'Failing checks'],
  cache: ['Redis', 'plimsoll-redis', 'Failing checks'],
  php: ['WordPress', 'plimsoll-wordpress', 'Failing checks'],
  cert: ['TLS', 'plimsoll-dns-tls', 'TLS: failing checks'],
  origin: ['Edge', 'plimsoll-edge', 'Failing checks'],
  edge: ['Edge', 'plimsoll-edge', 'Failing checks'],
};

describe('a broken part', () => {
  it('each that the demo can break is looked at', () => {
    expect(Object.keys(SEEN).sort()).toEqual(Object.keys(BREAKS).sort());
  });
  it.each(Object.entries(SEEN))(
    '%s is red on the overview and on its own board, and green again',
    async (part, [lane, uid, title]) => {
      const { begin, end } = BREAKS[part]!;
      // Other parts turn red with the one before.
      await patiently(allGreen);
      await begin(live.stack);
      const isRed = async () =>
        ((await last('plimsoll-overview', 'Layers', lane)) ?? 0) > 0 && ((await last(uid, title)) ?? 0) > 0.01;
      await until(isRed, () => `${part}: not red`);
      if (part === 'db') await paged();
      await end(live.stack);
      await patiently(async () => {
        await allGreen();
        const own = await last(uid, title);
        if (own !== 0) throw new Error(`${uid}, ${title}: ${own}`);
      });
    },
  );
});

/** An outage that pages is on the first screens: how many, which SLO, what ate its budget, which alert and since when. */
async function paged(): Promise<void> {
  const pages = async () => ((await last('plimsoll-overview', 'Pages that fire')) ?? 0) > 0;
  await until(pages, () => 'no page').catch(() => until(pages, () => 'no page'));
  const alerts = await shown('plimsoll-overview', 'Firing alerts');
  expect(alerts.rows.map((row) => row[0]!.text)).toContain('SLOErrorBudgetBurn');
  expect(await last('plimsoll-slos', 'SLOs that burn')).toBeGreaterThan(0);
  // The SLO of the board may burn a little later than the first one.
  const names = async (title: string) => (await shown('plimsoll-slo', title)).frames.map(({ name }) => name);
  const isTold = async () =>
    (await names('What ate the budget')).some((name) => /db_error \(dependency\)/.test(name)) &&
    (await names('When its alerts fired')).includes('SLOErrorBudgetBurn page-fast') &&
    ((await shown('plimsoll-overview', 'SLOs, worst first')).rows[0]?.[4]?.value ?? 0) > 1;
  await until(isTold, () => 'the SLO is not told').catch(() => until(isTold, () => 'the SLO is not told'));
}
