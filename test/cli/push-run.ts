// Runs plimsoll as a process, and makes generated folders to push: for the tests of push and diff, also those against a real Mimir.
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RuleGroup } from '../../src/generate/rule.ts';
import { mimirRuleFile, prometheusRuleFile, prometheusRuleObject } from '../../src/generate/rule-files.ts';
import { MAIN } from '../services/exporter.ts';

export interface Ended {
  readonly code: number;
  readonly out: string;
}

/** Output and errors in one text, as a person sees them. */
export const plimsoll = (cwd: string, ...args: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const env = { ...process.env, NODE_COMPILE_CACHE: join(cwd, 'compile-cache') };
    execFile(process.execPath, [MAIN, ...args], { cwd, env, timeout: 60_000 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), out: stdout + stderr }),
    );
  });

/** The same groups in all forms, as npm run alerts leaves them. */
export function writeGenerated(folder: string, groups: readonly RuleGroup[]): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'rules.yaml'), prometheusRuleFile(groups));
  writeFileSync(join(folder, 'mimir.yaml'), mimirRuleFile(groups));
  writeFileSync(join(folder, 'object.yaml'), prometheusRuleObject({ name: 'plimsoll' }, groups));
  writeFileSync(join(folder, 'tests.yaml'), 'rule_files: [rules.yaml]\ntests: []\n');
  return folder;
}

export const burn = (more: object = {}) => ({
  alert: 'SLOErrorBudgetBurn',
  expr: 'sum by (slo) (\n  rate(slo_events_total{result="bad"}[5m])\n) > 14.4 * 0.001',
  forMs: 60_000,
  labels: { severity: 'page' },
  annotations: { summary: '{{ $labels.slo }} burns', description: 'One.\nTwo: {{ $value }}.\n' },
  ...more,
});
export const watchdog = {
  alert: 'Watchdog',
  expr: 'vector(1)',
  forMs: 0,
  labels: { severity: 'none' },
  annotations: {},
};
export const record = (name: string) => ({ record: name, expr: 'vector(1)' });
export const group = (name: string, rules: RuleGroup['rules']): RuleGroup => ({ name, intervalMs: 30_000, rules });

/** What is generated for Alertmanagers: one form per program and the templates, and the secret elsewhere. */
export function writeAlertmanager(folder: string, wait: string, secret: string, more = ''): string {
  mkdirSync(join(folder, 'alertmanager/templates'), { recursive: true });
  writeFileSync(join(folder, 'slack'), `${secret}\n`);
  writeFileSync(join(folder, 'alertmanager/templates/plimsoll.tmpl'), '{{ define "x" }}hi{{ end }}\n');
  const config = (slack: string, templates: string) => `route: { receiver: chat, group_wait: ${wait} }
templates: [${templates}]
receivers:
  - name: chat
    slack_configs: [{ ${slack}, channel: '#a'${more} }]
`;
  const file = join(folder, 'slack');
  const own = config(`api_url_file: ${file}`, "'templates/*.tmpl'");
  writeFileSync(join(folder, 'alertmanager/alertmanager.yaml'), own);
  const inline = `api_url: 'https://hooks.example.org/\${file:${file}}'`;
  writeFileSync(join(folder, 'alertmanager/mimir.yaml'), config(inline, 'plimsoll.tmpl'));
  return folder;
}
