// promtool's tests of component alerts. They ask for the series ALERTS, so that they say which alerts fire, whatever the texts. Pure.
import { formatDuration } from '../spec/scalars.ts';
import { type AlertFamily, type AlertTest, type ComponentAlert, type Labels, ruleLabels } from './component-alert.ts';
import { yamlText } from './rule-files.ts';

const MINUTE_MS = 60_000;

/** One value and one evaluation a minute. */
const INTERVAL = '1m';

/**
 * A file for `promtool test rules`. `ruleFiles`: names of the files with the rules, as seen from the test file. Throws an Error that
 * names the alert if a test is not on a whole minute, or if an alert has not both a test that fires and one that doesn't.
 */
export function componentTestFile(families: readonly AlertFamily[], ruleFiles: readonly string[]): string {
  const tests = families.flatMap(({ name, alerts }) => alerts.flatMap((alert) => testsOf(name, alert)));
  return yamlText({ rule_files: [...ruleFiles], evaluation_interval: INTERVAL, tests });
}

function testsOf(family: string, alert: ComponentAlert): object[] {
  const firing = alert.tests.filter(({ fires }) => fires.length > 0).length;
  if (firing === 0 || firing === alert.tests.length)
    throw new Error(`${alert.alert}: needs a test in which it fires and one in which it does not`);
  return alert.tests.map((test) => testOf(family, alert, test));
}

function testOf(family: string, alert: ComponentAlert, { name, series, atMs, fires }: AlertTest): object {
  if (!Number.isSafeInteger(atMs / MINUTE_MS) || atMs <= 0)
    throw new Error(`${alert.alert}, "${name}": ${atMs} ms is not on a whole minute`);
  const own = { alertname: alert.alert, alertstate: 'firing', ...ruleLabels(family, alert) };
  return {
    name: `${alert.alert}: ${name}`,
    interval: INTERVAL,
    input_series: series.map((one) => ({ ...one })),
    promql_expr_test: [
      {
        expr: `ALERTS{alertname="${alert.alert}", alertstate="firing"}`,
        eval_time: formatDuration(atMs),
        ...(fires.length > 0 && {
          exp_samples: fires.map((labels) => ({ labels: seriesText('ALERTS', { ...labels, ...own }), value: 1 })),
        }),
      },
    ],
  };
}

/** `name{a="b"}`, as promtool reads it. */
export const seriesText = (name: string, labels: Labels): string =>
  `${name}{${Object.entries(labels)
    .map(([label, value]) => `${label}=${JSON.stringify(value)}`)
    .join(', ')}}`;
