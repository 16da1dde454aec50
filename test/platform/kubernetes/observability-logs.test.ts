// The alerts of log lines: LogQL that parses, labels that the generated routing knows, runbooks that are there, and a real Loki that finds the
// lines which nginx, PHP and WordPress of the image write, and nothing else.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parser as logql } from '@grafana/lezer-logql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { KUBERNETES } from '../../../infra/kubernetes/environments.ts';
import { toolPath } from '../tools.ts';
import { type Anything, stack, valuesOf } from './observability.ts';
import { type Loki, RULES, startLoki } from './observability-loki.ts';

const ROOT = join(KUBERNETES, '../..');
const text = readFileSync(join(RULES, 'wordpress.yaml'), 'utf8');
const rules: readonly Anything[] = parse(text).groups.flatMap((group: Anything) => group.rules);
const spec = parse(readFileSync(join(ROOT, 'plimsoll.yaml'), 'utf8'));
const exprOf = (alert: string): string => rules.find((rule) => rule.alert === alert).expr;

/** Where the grammar of LogQL does not go on; empty if it does to the end. */
function grammarProblems(expr: string): readonly string[] {
  const found: string[] = [];
  logql.parse(expr).iterate({
    enter: (node) => {
      if (node.type.isError) found.push(`at ${node.from}: ${expr.slice(node.from, node.from + 20)}`);
    },
  });
  return found;
}

/** Who is told of an alert with these labels, as amtool says. */
function receivers(labels: Readonly<Record<string, string>>): string {
  const file = `--config.file=${join(ROOT, 'alerts/generated/alertmanager/alertmanager.yaml')}`;
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
  const { stdout, stderr } = spawnSync(toolPath('amtool'), ['config', 'routes', 'test', file, ...pairs], {
    encoding: 'utf8',
  });
  return (stdout.trim() || stderr).trim();
}

describe.each(rules.map((rule) => [rule.alert, rule] as const))('%s', (alert, rule) => {
  it('is LogQL', () => {
    expect(grammarProblems(rule.expr)).toEqual([]);
    expect(grammarProblems(rule.expr.replace('[', '(('))).not.toEqual([]);
  });
  it('goes to the team that the spec names, as a ticket, and is stopped by maintenance of its service', () => {
    const labels = { alertname: alert, cluster: 'plimsoll-prod', namespace: 'wordpress', ...rule.labels };
    expect(receivers(labels)).toBe('web-slack,ops-mail');
    // Without its team it would fall through to the default.
    expect(receivers({ ...labels, team: 'nobody' })).toBe('ops-mail');
    expect(spec.slos.map(({ service }: Anything) => service)).toContain(rule.labels.service);
  });
  it('leads to a runbook with the usual headings, and to a board that is there', () => {
    const runbook = rule.annotations.runbook_url.replace('https://github.com/example/plimsoll/blob/main/', '');
    expect(runbook).toBe(`infra/kubernetes/observability/loki/runbooks/${alert}.md`);
    const headings = [...readFileSync(join(ROOT, runbook), 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, title]) => title);
    expect(headings).toEqual([alert, 'Meaning', 'Impact', 'Diagnosis', 'Mitigation']);
    const board = rule.annotations.dashboard_url.split('/d/')[1];
    expect(existsSync(join(ROOT, `dashboards/generated/${board}.json`))).toBe(true);
    expect(rule.annotations.dashboard_url.startsWith(spec.alerting.dashboards)).toBe(true);
  });
  it('has words that say something', () => {
    expect(rule.annotations.summary.length).toBeGreaterThan(20);
    expect(rule.annotations.description).toMatch(/\.$/);
  });
});

it('LogQL of the runbooks parses', () => {
  const blocks = rules.flatMap(({ alert }) =>
    [...readFileSync(join(RULES, `../runbooks/${alert}.md`), 'utf8').matchAll(/```logql\n([\s\S]*?)```/g)].map(
      ([, code]) => code!,
    ),
  );
  expect(blocks).toHaveLength(4);
  for (const block of blocks) expect(grammarProblems(block.trim()), block).toEqual([]);
});

const iso = () => new Date().toISOString();
/** As nginx.conf of the image has it. */
const visit = (status: number, path = '/') =>
  `{"time":"${iso()}","level":"info","source":"nginx","method":"GET","path":"${path}","status":${status},"bytes":512,"duration_s":0.120,"php_s":"0.119","host":"shop.example.org","remote":"203.0.113.7","agent":"curl","referer":"","trace_id":"0123456789abcdef0123456789abcdef","traceparent":""}`;
/** As mu-plugins/platform/log.php has it. */
const php = (level: string, message: string) =>
  JSON.stringify({
    time: iso(),
    level,
    source: 'php',
    message,
    file: '/var/www/html/wp-content/plugins/x/x.php',
    line: 12,
    method: 'GET',
    path: '/',
    trace_id: '',
  });
const DATABASE = "WordPress database error Table 'wp.wp_x' doesn't exist for query SELECT 1 made by x";

describe('a real Loki with the settings of the platform', () => {
  let loki: Loki;
  beforeAll(async () => {
    loki = await startLoki(valuesOf(stack('prod'), 'loki').loki);
  });
  afterAll(() => loki?.stop());
  const tenant = { 'X-Scope-OrgID': 'platform' };

  /** Lines of a namespace, spread over the last four minutes, with the labels that Alloy gives them. */
  async function push(
    namespace: string,
    container: string,
    level: string | undefined,
    lines: readonly string[],
  ): Promise<void> {
    const stream = { namespace: 'wordpress', container, test: namespace, ...(level === undefined ? {} : { level }) };
    const nowNs = BigInt(Date.now()) * 1_000_000n;
    const values = lines.map((line, i) => [String(nowNs - BigInt(10 + (i % 230)) * 1_000_000_000n - BigInt(i)), line]);
    const answer = await fetch(`${loki.url}/loki/api/v1/push`, {
      method: 'POST',
      headers: { ...tenant, 'content-type': 'application/json' },
      body: JSON.stringify({ streams: [{ stream, values }] }),
    });
    if (answer.status !== 204) throw new Error(`Loki says ${answer.status}: ${await answer.text()}`);
  }
  /** Does the alert's condition hold now, for the lines of one test? */
  async function holds(alert: string, test: string): Promise<boolean> {
    const query = exprOf(alert).replaceAll('{namespace="wordpress"', `{namespace="wordpress", test="${test}"`);
    const answer = await fetch(`${loki.url}/loki/api/v1/query?${new URLSearchParams({ query })}`, { headers: tenant });
    const text = await answer.text();
    if (answer.status !== 200) throw new Error(`Loki says ${answer.status}: ${text}`);
    return JSON.parse(text).data.result.length > 0;
  }
  const many = (count: number, line: string) => Array.from({ length: count }, () => line);
  const CASES = [
    ['WordPressPhpFatalErrors', 'six', true, 'php-fpm', 'error', many(6, php('error', 'Uncaught Error: x'))],
    ['WordPressPhpFatalErrors', 'five', false, 'php-fpm', 'error', many(5, php('error', 'Uncaught Error: x'))],
    ['WordPressPhpFatalErrors', 'warnings', false, 'php-fpm', 'warn', many(50, php('warn', 'Undefined index'))],
    [
      'WordPressServerErrorBurst',
      '6 % of 400',
      true,
      'nginx',
      'info',
      [...many(376, visit(200)), ...many(24, visit(502))],
    ],
    [
      'WordPressServerErrorBurst',
      '4 % of 600',
      false,
      'nginx',
      'info',
      [...many(576, visit(200)), ...many(24, visit(502))],
    ],
    [
      'WordPressServerErrorBurst',
      'twenty of forty',
      false,
      'nginx',
      'info',
      [...many(20, visit(200)), ...many(20, visit(500))],
    ],
    ['WordPressServerErrorBurst', '404', false, 'nginx', 'info', many(100, visit(404, '/5xx'))],
    [
      'WordPressFailedLogins',
      '101',
      true,
      'php-fpm',
      'info',
      many(101, php('info', 'failed login as admin from 203.0.113.7')),
    ],
    [
      'WordPressFailedLogins',
      '100',
      false,
      'php-fpm',
      'info',
      many(100, php('info', 'failed login as admin from 203.0.113.7')),
    ],
    ['WordPressDatabaseErrorsLogged', 'eleven', true, 'php-fpm', undefined, many(11, DATABASE)],
    ['WordPressDatabaseErrorsLogged', 'ten', false, 'php-fpm', undefined, many(10, DATABASE)],
  ] as const;
  it.each(CASES)('%s, %s: %s', async (alert, test, wanted, container, level, lines) => {
    await push(`${alert} ${test}`, container, level, lines);
    expect(await holds(alert, `${alert} ${test}`)).toBe(wanted);
  });

  it('has loaded the rules for the tenant, and not for another', async () => {
    const loaded = async (id: string) => {
      const answer = await fetch(`${loki.url}/prometheus/api/v1/rules`, { headers: { 'X-Scope-OrgID': id } });
      const body = (await answer.json()) as Anything;
      return (body.data?.groups ?? []).flatMap((group: Anything) => group.rules.map((rule: Anything) => rule.name));
    };
    await expect.poll(() => loaded('platform'), { timeout: 30_000 }).toEqual(rules.map(({ alert }) => alert));
    expect(await loaded('other')).toEqual([]);
  });
  it('refuses lines without a tenant', async () => {
    const answer = await fetch(`${loki.url}/loki/api/v1/push`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"streams":[]}',
    });
    expect(answer.status).toBe(401);
  });
});
