// The promtool tests that are generated with the SLO rules: they pass, they are about every tier, and what they promise is right.
import { describe, expect, it } from 'vitest';
import { packGroups } from '../../src/generate/pack.ts';
import { prometheusRuleFile } from '../../src/generate/rule-files.ts';
import { sloRules } from '../../src/generate/slo/groups.ts';
import { sloLongTestFile, sloTestFile, storiesOf } from '../../src/generate/slo/tests.ts';
import { expectedOf } from '../../src/generate/slo/tests-expected.ts';
import { subjectsOf, tierName } from '../../src/generate/slo/tests-subject.ts';
import { humanDuration } from '../../src/generate/slo/tests-texts.ts';
import { valuesText } from '../../src/generate/slo/tests-timeline.ts';
import { detection } from '../../src/slo/simulate.ts';
import type { Spec } from '../../src/spec/spec.ts';
import { runPromtoolTests } from '../services/promtool.ts';
import { shop, slo, validSpec } from '../spec/specs.ts';

const blog = { ...shop, name: 'blog', interval: '1m' };
const ofBlog = { sli: { kind: 'probe', target: 'blog' } };
const minutesPolicy = {
  window: '6h',
  tiers: [
    { tier: 'page', severity: 'page', long: '20m', short: '4m', budget: '50%' },
    { tier: 'ticket', severity: 'ticket', long: '1h', short: '10m', budget: '80%' },
  ],
};
const SPECS: Readonly<Record<string, Spec>> = {
  '30d, 99.9 %, 30 s': validSpec({ targets: [shop], slos: [slo()] }),
  '30d, 99 %, 1 min': validSpec({ targets: [blog], slos: [slo({ objective: '99%', ...ofBlog })] }),
  '7d, 99.5 %, 30 s': validSpec({ targets: [shop], slos: [slo({ window: '7d', objective: '99.5%' })] }),
  '7d, 30d and a month, two steps': validSpec({
    targets: [shop, blog],
    slos: [
      slo(),
      slo({ name: 'b', window: '7d' }),
      slo({ name: 'c', window: { calendar: 'month' }, ...ofBlog }),
      slo({ name: 'd', window: '28d' }),
    ],
    alerting: { runbooks: 'https://git.example/r', dashboards: 'https://g.example', exporter: 'https://e.example' },
  }),
  'a policy of minutes': validSpec({
    targets: [shop, { ...blog, interval: '10s', timeout: '5s' }],
    slos: [slo({ window: '6h' }), slo({ name: 'b', window: '6h', objective: '99%', ...ofBlog })],
    policies: [minutesPolicy],
  }),
};
const rulesOf = (spec: Spec): string => prometheusRuleFile(packGroups(sloRules(spec).groups));

describe.each(Object.entries(SPECS))('tests for %s', (_, spec) => {
  it('pass', { timeout: 240_000 }, async () => {
    expect(await runPromtoolTests({ rules: rulesOf(spec), tests: sloTestFile(spec, ['rules.yml']) })).toEqual([]);
  });
  it('of long windows pass', { timeout: 240_000 }, async () => {
    const tests = sloLongTestFile(spec, ['rules.yml']);
    if (tests !== undefined) expect(await runPromtoolTests({ rules: rulesOf(spec), tests })).toEqual([]);
    const longest = Math.max(...subjectsOf(spec).flatMap(({ tiers }) => tiers.map(({ longMs }) => longMs)));
    expect(tests === undefined).toBe(longest <= 240 * spec.alerting.interval);
  });
  it('are about every SLO of another policy, objective or step, and let each tier fire and stop', () => {
    const clock = { evaluationMs: spec.alerting.interval, scrapeMs: spec.alerting.scrapeInterval };
    expect(subjectsOf(spec).length).toBeGreaterThan(0);
    for (const { subject, tier } of subjectsOf(spec).flatMap((s) => s.tiers.map((t) => ({ subject: s, tier: t })))) {
      const name = `${tierName(tier)} fires`;
      const story = storiesOf(spec).find((one) => one.name.startsWith(name));
      const played = story?.played.find((one) => one.subject === subject || one.subject.slo === subject.slo);
      const fires = expectedOf(played!, clock).find(({ labels }) => labels.tier === tier.tier)!.fires;
      const first = fires.indexOf(true);
      expect([name, first > 0]).toEqual([name, true]);
      // Promised: from the first bad event, as simulate says, and one evaluation at most.
      const { phases, stepMs } = played!.timeline;
      const began = phases[0]!.ms;
      const { firesAtMs } = detection({
        tier,
        objective: subject.objective,
        stepMs,
        badRatio: 1,
        outageMs: tier.longMs,
      });
      expect(first * clock.evaluationMs - began - firesAtMs!).toBeGreaterThanOrEqual(-stepMs);
      expect(first * clock.evaluationMs - began - firesAtMs!).toBeLessThanOrEqual(clock.evaluationMs);
      if (tier.shortMs <= 100 * clock.evaluationMs) expect(fires.at(-1)).toBe(false);
    }
  });
});

describe('what is promised', () => {
  const clock = { evaluationMs: 30_000, scrapeMs: 30_000 };
  const firstOf = (spec: Spec, story: string, tier: string): number => {
    const { played } = storiesOf(spec).find(({ name }) => name.startsWith(story))!;
    const { fires } = expectedOf(played[0]!, clock).find(({ labels }) => labels.tier === tier)!;
    return fires.indexOf(true) * 30 - played[0]!.timeline.phases[0]!.ms / 1000;
  };
  it.each([
    ['30d, 99.9 %, 30 s', 'page-fast', 5],
    ['30d, 99.9 %, 30 s', 'page-slow', 9],
    ['30d, 99.9 %, 30 s', 'ticket-fast', 15],
    ['30d, 99.9 %, 30 s', 'ticket-slow', 15],
    ['7d, 99.5 %, 30 s', 'page-fast', 14],
    ['a policy of minutes', 'page', 3],
  ])('%s: %s fires with bad event %i of a total outage', (name, tier, events) => {
    const spec = SPECS[name]!;
    expect(subjectsOf(spec)[0]!.tiers.find((one) => one.tier === tier)!.fewestBad).toBe(events);
    expect(firstOf(spec, `${tier} (`, tier)).toBe(events * 30);
  });
  it('is one test per story, however many SLOs differ', () => {
    const count = (text: string) => text.match(/^ {2}- name:/gm)?.length;
    const one = count(sloTestFile(SPECS['30d, 99.9 %, 30 s']!, []));
    expect(count(sloTestFile(SPECS['7d, 30d and a month, two steps']!, []))).toBe(one);
  });
  it('is for rules that compute in Prometheus', () => {
    const spec = validSpec({ targets: [shop], slos: [slo()], alerting: { evaluate: 'exporter' } });
    expect(() => sloTestFile(spec, [])).toThrow('alerting.evaluate');
  });
});

describe('a test file that is wrong', () => {
  it.each([
    ['a bad event less', /1\+1x3/, '0+1x3'],
    ['another objective', '0.999+0x65', '0.99+0x65'],
    ['other texts', '3 bad of 40', '4 bad of 40'],
    ['an alert that is not said', /tier="page", /, 'tier="other", '],
  ])('fails: %s', async (_, from, to) => {
    const spec = validSpec({ targets: [shop], slos: [slo({ window: '6h' })], policies: [minutesPolicy] });
    const tests = sloTestFile(spec, ['rules.yml'], ({ name }) => name.startsWith('page (20m/4m) fires'));
    expect(await runPromtoolTests({ rules: rulesOf(spec), tests: tests.replace(from, to) })).not.toEqual([]);
  });
});

describe('texts', () => {
  it.each([
    [[1, 2, 3, 3, 3, 2], '1+1x2 3+0x1 2'],
    [[undefined, undefined, 1], '_x2 1'],
    [[5, undefined, undefined, 7, 8], '5 stale _x1 7+1x1'],
    [[5, undefined], '5 stale'],
    [[3, 2, 1], '3-1x2'],
  ])('values %j are written as %s', (values, text) => {
    expect(valuesText(values)).toBe(text);
  });
  it.each([
    [0, '0s'],
    [28.8, '28.8s'],
    [72, '1m 12s'],
    [7200.5, '2h 0m 0s'],
    [90_061, '1d 1h 1m 1s'],
    [0.5, '500ms'],
  ])('%d s reads %s', (seconds, text) => {
    expect(humanDuration(seconds)).toBe(text);
  });
});
