// What must be right around differences of persistent counters, each in a real Prometheus: exporters that move, die, lose their
// store or come in twos; a Prometheus that was down; SLOs that are new, gone or broken.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packGroups } from '../../src/generate/pack.ts';
import { sloRules } from '../../src/generate/slo/groups.ts';
import { ALERT, TOTALS } from '../../src/generate/slo/names.ts';
import { forgottenRule } from '../../src/generate/slo/upkeep.ts';
import { eventsIn } from '../../src/generate/slo/window.ts';
import { STANDARD_WINDOWS_MS } from '../../src/slo/policy.ts';
import { formatDuration } from '../../src/spec/scalars.ts';
import { type Prometheus, startPrometheus } from '../services/prometheus.ts';
import { writeHistory } from '../services/remote-write.ts';
import { type Change, type Exposed, type Replay, replay } from '../services/replay.ts';
import { shop, slo, validSpec } from '../spec/specs.ts';

const STEP = 30_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const START = Date.UTC(2026, 0, 5);
const minutes = (n: number): number => START + n * MINUTE;

// Short windows, so that an hour is enough; the expressions are the same but for the lengths.
const spec = validSpec({
  targets: [shop],
  slos: [
    slo({ name: 'a', window: '6h' }),
    slo({ name: 'b', window: '6h', sli: { kind: 'probe', target: 'shop', steps: ['front'] } }),
  ],
  policies: [{ window: '6h', tiers: [{ tier: 'page', severity: 'page', long: '20m', short: '4m', budget: '50%' }] }],
});
// Without texts, whose queries only Prometheus itself would run, and without what looks at Prometheus itself.
const groups = packGroups(sloRules(spec).groups).map((group) => ({
  ...group,
  rules: group.rules.filter((r) => 'record' in r || [ALERT.burn, ALERT.lost].some((name) => name === r.alert)),
}));

let prometheus: Prometheus;
beforeEach(async () => {
  prometheus = await startPrometheus();
});
afterEach(() => prometheus.stop());

interface Store {
  readonly good: number;
  readonly bad: number;
}
/** What an exporter serves of an SLO. */
function served(
  name: string,
  store: Store,
  labels: { instance?: string; location?: string; createdMs?: number; team?: string } = {},
): Exposed[] {
  const { instance = 'a:9', location = 'main', createdMs = START - 90 * DAY, team = 'web' } = labels;
  const scraped = { cluster: 'c', job: 'plimsoll', instance };
  const of = (name_: string, extra: Record<string, string>, value: number): Exposed => ({
    labels: { __name__: name_, ...scraped, ...extra },
    value,
  });
  return [
    ...Object.entries({ ...store, unmeasured: 0, excluded: 0 }).map(([result, value]) =>
      of('slo_events_total', { slo: name, result, location }, value),
    ),
    of('slo_objective_ratio', { slo: name }, 0.999),
    of('slo_created_timestamp_seconds', { slo: name }, createdMs / 1000),
    of('slo_info', { slo: name, service: 'shop', team, target: 'shop', window: '6h' }, 1),
    of('probe_interval_seconds', { target: 'shop', location }, 30),
  ];
}
/** The step of the target is served once by each exporter. */
const once = (series: readonly Exposed[]): Exposed[] => [
  ...new Map(series.map((s) => [JSON.stringify(s.labels), s])).values(),
];

/** Events since `fromMs`, all good but those in one of the stretches of bad ones. */
const counted = (fromMs: number, atMs: number, bad: readonly (readonly [number, number])[] = []): Store => {
  const store = { good: 0, bad: 0 };
  for (let t = fromMs + STEP; t <= atMs; t += STEP) {
    if (bad.some(([from, to]) => t > from && t <= to)) store.bad += 1;
    else store.good += 1;
  }
  return store;
};

const play = (scrape: Replay['scrape'], toMinute: number, up?: Replay['up']): Promise<Change[]> =>
  replay(prometheus, { groups, fromMs: START, toMs: minutes(toMinute), stepMs: STEP, scrape, ...(up && { up }) });

/** "a page 5:30 fires" for every change, with minutes and seconds since the start. */
const told = (changes: readonly Change[], alert: string): string[] =>
  changes
    .filter((c) => c.labels.alertname === alert)
    .map(({ atMs, fires, labels }) => {
      const s = (atMs - START) / 1000;
      const { slo: name, team } = labels;
      return `${name}${team === 'web' ? '' : ` (${team})`} ${Math.floor(s / 60)}:${String(s % 60).padStart(2, '0')} ${fires ? 'fires' : 'ends'}`;
    });
const burns = (changes: readonly Change[]): string[] => told(changes, ALERT.burn);

// 50 % of 6 h in 20 min: k = 9, theta 0.009. Of 40 events 3 are enough: 3 - 0.36 > 1.96 x 0.597. Coverage is never short here.
const OUTAGE = [minutes(30), minutes(40)] as const;
const FIRES = 'a 31:30 fires';
// The last bad event leaves the short window at 44:00; then keep_firing_for: 5 min, but at most the short window of 4.
const ENDS = 'a 48:00 ends';

describe('the page', () => {
  it('fires at the third bad event and ends a short window after the last, and keep_firing_for', async () => {
    const changes = await play((at) => served('a', counted(START, at, [OUTAGE])), 55);
    expect(burns(changes)).toEqual([FIRES, ENDS]);
    expect(told(changes, ALERT.lost)).toEqual([]);
  });
});

describe('with evaluate: exporter', () => {
  const gauges = packGroups(sloRules({ ...spec, alerting: { ...spec.alerting, evaluate: 'exporter' } }).groups).map(
    (group) => ({ ...group, rules: group.rules.filter((r) => 'record' in r || r.alert === ALERT.burn) }),
  );
  const withGauges = (at: number, gone = false): Exposed[] => {
    if (gone) return [];
    const window = (ms: number) => {
      const [now, then] = [counted(START - DAY, at, [OUTAGE]), counted(START - DAY, at - ms, [OUTAGE])];
      const bad = now.bad - then.bad;
      return bad / (bad + now.good - then.good) / 0.001;
    };
    const of = (name: string, length: string, value: number): Exposed => ({
      labels: { __name__: name, cluster: 'c', job: 'plimsoll', instance: 'a:9', slo: 'a', window: length },
      value,
    });
    return [
      ...served('a', counted(START - DAY, at, [OUTAGE])),
      ...(
        [
          ['20m', 20],
          ['4m', 4],
        ] as const
      ).flatMap(([length, n]) => [
        of('slo_burn_rate', length, window(n * MINUTE)),
        of('slo_coverage_ratio', length, 1),
      ]),
    ];
  };
  it('the same page fires and ends at the same times, from the gauges alone', async () => {
    const changes = await replay(prometheus, {
      groups: gauges,
      fromMs: START,
      toMs: minutes(55),
      stepMs: STEP,
      scrape: withGauges,
    });
    expect(burns(changes)).toEqual([FIRES, ENDS]);
  });
  it('it goes on while the exporter is gone', async () => {
    const changes = await replay(prometheus, {
      groups: gauges,
      fromMs: START,
      toMs: minutes(90),
      stepMs: STEP,
      scrape: (at) => withGauges(at, at > minutes(35)),
    });
    expect(burns(changes)).toEqual([FIRES]);
  });
});

describe('an exporter that is moved', () => {
  it('has a new instance, and both for five minutes: nothing is counted twice, nothing is lost', async () => {
    const changes = await play((at) => {
      const store = counted(START, at, [OUTAGE]);
      const old = served('a', counted(START, Math.min(at, minutes(33)), [OUTAGE]), { instance: 'old:9' });
      if (at <= minutes(33)) return old;
      const now = served('a', store, { instance: 'new:9' });
      return at <= minutes(38) ? [...old, ...now] : now;
    }, 55);
    expect(burns(changes)).toEqual([FIRES, ENDS]);
    expect(told(changes, ALERT.lost)).toEqual([]);
  });
});

describe('an exporter that dies in an outage', () => {
  it('leaves the page firing for as long as it is gone, says that nothing is measured, and both end when all is well', async () => {
    const changes = await play((at) => {
      if (at > minutes(34) && at <= minutes(200)) return [];
      // Nothing is counted while it is gone.
      const gone = at > minutes(200) ? minutes(200) - minutes(34) : 0;
      return served(
        'a',
        counted(
          START,
          at - gone,
          [OUTAGE].map(([from]) => [from, minutes(34)] as const),
        ),
      );
    }, 215);
    // Half of the short window is known at 202:00; then it is judged, and the alert goes on for 4 min.
    expect(burns(changes)).toEqual([FIRES, 'a 206:00 ends']);
    // Three steps of 30 s and a scrape after the last event that was seen.
    expect(told(changes, ALERT.lost)).toEqual(['a 36:00 fires', 'a 200:30 ends']);
  });
});

describe('a Prometheus that was down', () => {
  it('pages for an outage that begins when it is back, and not for one that is over', async () => {
    const down = (at: number) => !(at > minutes(20) && at <= minutes(80));
    const bad = [
      [minutes(30), minutes(50)],
      [minutes(90), minutes(95)],
    ] as const;
    const changes = await play((at) => served('a', counted(START, at, bad)), 105, down);
    expect(burns(changes)[0]).toBe('a 91:30 fires');
    expect(told(changes, ALERT.lost)).toEqual([]);
  });
  it('is new, with an exporter that has counted for months: an outage pages once the short window is known', async () => {
    const months = 250_000;
    const changes = await play((at) => {
      const { good, bad } = counted(START, at, [[minutes(1), minutes(10)]]);
      return served('a', { good: months + good, bad: 500 + bad });
    }, 12);
    // The short window of 4 min has a far edge from 4:00 on.
    expect(burns(changes)).toEqual(['a 4:00 fires']);
  });
});

describe('a young SLO', () => {
  it('pages for an outage in its first minutes, though no window has a far edge', async () => {
    const created = minutes(10);
    const changes = await play(
      (at) => [
        ...served('b', counted(START, at)),
        ...(at < created ? [] : served('a', counted(created, at, [[created, minutes(20)]]), { createdMs: created })),
      ],
      15,
    );
    // Half of its short window must be known: four of eight steps.
    expect(burns(changes)).toEqual(['a 12:00 fires']);
    expect(told(changes, ALERT.lost)).toEqual([]);
  });
});

describe('a lost store', () => {
  it('begins anew at 0: that is no outage and no proof of health, and the next outage pages', async () => {
    const lost = minutes(20);
    const changes = await play((at) => {
      if (at <= lost) return served('a', counted(START - DAY, at, [[START - DAY, START - DAY + HOUR]]));
      return served('a', counted(lost, at, [OUTAGE]), { createdMs: lost });
    }, 55);
    expect(burns(changes)).toEqual([FIRES, ENDS]);
  });
  it('that is restored from an older copy is not judged by what it lost, and pages again when the long window is past it', async () => {
    const restored = minutes(20);
    const changes = await play((at) => {
      const store = counted(START - DAY, at, [[minutes(41), minutes(60)]]);
      const back = at > restored ? 600 : 0;
      return served('a', { good: store.good - back, bad: store.bad });
    }, 50);
    expect(burns(changes)).toEqual(['a 42:30 fires']);
  });
});

describe('exporters in two locations', () => {
  it('add up: what only one of them sees burns half as fast, and the other goes on when one is gone', async () => {
    const lone = [minutes(20), minutes(21.5)] as const;
    const both = [minutes(40), minutes(50)] as const;
    const changes = await play((at) => {
      const here = served('a', counted(START, at, [lone, both]), { location: 'fra', instance: 'fra:9' });
      const there = served('a', counted(START, at, [both]), { location: 'ber', instance: 'ber:9' });
      return at > minutes(45) ? there : [...here, ...there];
    }, 60);
    // Three bad of 80 page as well: 3 - 0.72 > 1.96 x 0.845.
    expect(burns(changes)[0]).toBe('a 21:30 fires');
    expect(burns(changes).slice(1, 3)).toEqual(['a 29:30 ends', 'a 40:30 fires']);
    expect(told(changes, ALERT.lost)).toEqual([]);
  });
  it('a location that comes with the counts of months makes no jump', async () => {
    const changes = await play((at) => {
      const here = served('a', counted(START, at), { location: 'fra', instance: 'fra:9' });
      const there = served('a', { good: 80_000, bad: 9_000 }, { location: 'ber', instance: 'ber:9' });
      return at > minutes(20) ? [...here, ...there] : here;
    }, 45);
    expect(burns(changes)).toEqual([]);
  });
});

describe('an SLO that is removed', () => {
  it('ends its alerts with the next evaluation, while its exporter serves others', async () => {
    const changes = await play((at) => {
      const others = served('b', counted(START, at));
      return at > minutes(35) ? others : once([...others, ...served('a', counted(START, at, [OUTAGE]))]);
    }, 50);
    const [fires, ends] = burns(changes);
    expect(fires).toBe(FIRES);
    // Four minutes of keep_firing_for.
    expect(ends).toBe('a 39:30 ends');
    expect(told(changes, ALERT.lost)).toEqual([]);
    const left = await prometheus.query(`{__name__=~"slo:.+:total", slo="a"}`, minutes(50));
    expect(left).toEqual([]);
  });
});

describe('an SLO that nobody has served for a day', () => {
  it.each([
    ['23 hours', 23 * HOUR, 0],
    ['25 hours', 25 * HOUR, 1],
  ] as const)('is taken for removed: after %s', async (_, ms, found) => {
    const now = START + 3 * DAY;
    const until = (toMs: number) => {
      const samples: (readonly [number, number])[] = [];
      for (let at = START + DAY; at <= toMs; at += 5 * MINUTE) samples.push([at, 1]);
      return samples;
    };
    const key = { cluster: 'c', slo: 'a' };
    await writeHistory(prometheus.url, [
      { labels: { __name__: TOTALS.known, location: 'main', ...key }, samples: until(now) },
      { labels: { __name__: 'slo_info', instance: 'old', ...key }, samples: until(now - ms) },
    ]);
    expect(await prometheus.query(forgottenRule.expr, now)).toHaveLength(found);
  });
});

describe('a broken SLO', () => {
  it('is there twice, with other counts, teams and objectives: the others are judged all the same', async () => {
    const changes = await play((at) => {
      const twin = served('b', counted(START, at, [[minutes(5), minutes(9)]]), { instance: 'z:9', team: 'data' });
      const other = twin.map((s) => (s.labels.__name__ === 'slo_objective_ratio' ? { ...s, value: 0.5 } : s));
      return once([...served('a', counted(START, at, [OUTAGE])), ...served('b', counted(START, at)), ...other]);
    }, 55);
    expect(burns(changes).filter((line) => line.startsWith('a '))).toEqual([FIRES, ENDS]);
  });
});

describe('a gap at the far edge', () => {
  const totals = (gone: (atMs: number) => boolean, ms: number) => {
    const samples: (readonly [number, number])[] = [];
    for (let i = 0; i * STEP <= ms + 2 * DAY; i++) if (!gone(START + i * STEP)) samples.push([START + i * STEP, i]);
    const key = { cluster: 'c', slo: 'a', location: 'main' };
    return [{ labels: { __name__: TOTALS.valid, ...key }, samples }];
  };
  const longest = Math.max(...STANDARD_WINDOWS_MS);
  const EDGE = START + DAY;

  it.each(STANDARD_WINDOWS_MS)(
    'of %i ms: the value before it counts, if Prometheus was down no longer than the window and a quarter of an hour',
    async (ms) => {
      const before = EDGE - Math.min(ms, 15 * MINUTE) + MINUTE;
      const after = EDGE + Math.min(10 * MINUTE, ms / 5);
      await writeHistory(
        prometheus.url,
        totals((at) => at > before && at < after, longest),
      );
      const value = await prometheus.value(eventsIn(TOTALS.valid, { ms }), EDGE + ms);
      expect(value).toBe((EDGE + ms - before) / STEP);
    },
  );
  it.each(STANDARD_WINDOWS_MS.filter((ms) => ms >= HOUR))(
    'of %i ms: beyond that the short window stands in',
    async (ms) => {
      const standInMs = ms / 12;
      await writeHistory(
        prometheus.url,
        totals((at) => at > EDGE - 3 * HOUR && at < EDGE + MINUTE, longest),
      );
      const now = EDGE + ms;
      expect(await prometheus.query(eventsIn(TOTALS.valid, { ms }), now)).toEqual([]);
      expect(await prometheus.value(eventsIn(TOTALS.valid, { ms, standInMs }), now)).toBe(standInMs / STEP);
    },
  );
  it('is none when only the exporter was gone, however long and whatever the window: its totals are recorded on', async () => {
    const gone = (at: number) => at > minutes(30) && at <= minutes(30 + 8 * 60);
    const changes = await replay(prometheus, {
      groups: groups.map((g) => ({ ...g, rules: g.rules.filter((r) => 'record' in r) })),
      fromMs: START,
      toMs: minutes(30 + 8 * 60 + 10),
      stepMs: MINUTE,
      scrape: (at) =>
        gone(at) ? [] : served('a', counted(START, at > minutes(31) ? at - 8 * HOUR : at, [[minutes(5), minutes(7)]])),
    });
    expect(changes).toEqual([]);
    const now = minutes(30 + 8 * 60 + 10);
    for (const ms of STANDARD_WINDOWS_MS.filter((w) => w < 8 * HOUR)) {
      const value = await prometheus.value(eventsIn(TOTALS.valid, { ms }), now);
      expect(value, formatDuration(ms)).toBe(Math.min(ms, 10 * MINUTE) / STEP);
    }
  });
});
