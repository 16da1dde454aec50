// The helper that runs promtool tells a failure, a mistake and an empty run from success.
import { describe, expect, it } from 'vitest';
import { checkRules, runPromtoolTests } from '../services/promtool.ts';

const rules = JSON.stringify({
  groups: [{ name: 'g', rules: [{ alert: 'Up', expr: 'up == 1', labels: { x: 'y' } }] }],
});
const tests = (expected: string) =>
  JSON.stringify({
    rule_files: ['rules.yml'],
    evaluation_interval: '1m',
    tests: [
      {
        interval: '1m',
        input_series: [{ series: 'up', values: '1x5' }],
        promql_expr_test: [
          { expr: 'ALERTS', eval_time: '1m', exp_samples: [{ labels: expected, value: 1 }] },
          { expr: 'up', eval_time: '1m', exp_samples: [{ labels: 'up', value: 2 }] },
        ].slice(0, expected.includes('two') ? 2 : 1),
      },
    ],
  });
const FIRING = 'ALERTS{alertname="Up", alertstate="firing", x="y"}';

describe('runPromtoolTests', () => {
  it('finds nothing when tests pass', async () => {
    expect(await runPromtoolTests({ rules, tests: tests(FIRING) })).toEqual([]);
  });
  it('gives each failure with what was expected and what came', async () => {
    const failures = await runPromtoolTests({ rules, tests: tests('ALERTS{two="1"}') });
    expect(failures).toHaveLength(2);
    expect(failures[0]).toMatch(/expr: "ALERTS", time: 1m,\nexp: .*two="1".*\ngot: .*x="y"/s);
    expect(failures[1]).toContain('expr: "up"');
  });
  it('takes several files by their names', async () => {
    expect(await runPromtoolTests({ rules: { 'rules.yml': rules }, tests: { 'a.yml': tests(FIRING) } })).toEqual([]);
  });
  it('fails when a rule file is missing or broken, and when there is no promtool', async () => {
    expect(await runPromtoolTests({ rules: { 'other.yml': rules }, tests: tests(FIRING) })).not.toEqual([]);
    expect(await runPromtoolTests({ rules: rules.replace('up == 1', 'up =='), tests: tests(FIRING) })).not.toEqual([]);
    await expect(runPromtoolTests({ rules, tests: tests(FIRING), binary: '/nonexistent/promtool' })).rejects.toThrow(
      'ENOENT',
    );
  });
});

describe('checkRules', () => {
  it('takes good rules', async () => {
    expect(await checkRules(rules)).toEqual([]);
  });
  it.each([
    ['an expression', rules.replace('up == 1', 'up =='), 'could not parse expression'],
    ['a template', rules.replace('"x":"y"', '"x":"{{ $labels.y "'), 'unclosed action'],
    [
      'a rule that is there twice',
      JSON.stringify({ groups: [{ name: 'g', rules: Array(2).fill({ record: 'a:b', expr: 'c' }) }] }),
      'duplicate',
    ],
    ['no YAML', '{', 'yaml'],
  ])('names what is wrong with %s', async (_, text, complaint) => {
    expect((await checkRules(text)).join('\n')).toContain(complaint);
  });
});
