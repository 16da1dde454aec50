// Configurations of the telemetry stack before the programs that read them: Collector, Mimir, Loki, Prometheus. What the charts add is not seen here.
// Alloy cannot be built, so its file is only read for names that lead nowhere.

import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { ENVIRONMENTS } from '../../../infra/kubernetes/environments.ts';
import { problemsOf } from '../../../src/promql/check.ts';
import { privateFolder } from '../../services/process.ts';
import { type ToolName, toolPath } from '../tools.ts';
import { type Anything, remoteWrites, stack, valuesOf } from './observability.ts';
import { lokiConfig } from './observability-loki.ts';

const folder = privateFolder('configs');
afterAll(() => folder.remove());
const KEYS = { S3_ACCESS_KEY: 'a', S3_SECRET_KEY: 'b', MY_POD_IP: '127.0.0.1' };

/** Runs a tool with a configuration in a file; `args` get its path. */
function judge(tool: ToolName, config: unknown, args: (path: string) => readonly string[]) {
  const path = join(folder.path, `${tool}.yaml`);
  writeFileSync(path, stringify(config));
  const { status, stdout, stderr, error } = spawnSync(toolPath(tool), args(path), { encoding: 'utf8', env: KEYS });
  return { code: status, out: error?.message ?? stdout + stderr };
}
const changed = (value: Anything, change: (copy: Anything) => void): Anything => {
  const copy = structuredClone(value);
  change(copy);
  return copy;
};

describe.each(ENVIRONMENTS)('in %s', (environment) => {
  const objects = stack(environment);

  it('a real Collector takes its configuration, and refuses a wrong key and an exporter that is not there', () => {
    const config = valuesOf(objects, 'otel-collector').alternateConfig;
    const validate = (one: unknown) => judge('otelcol', one, (path) => ['validate', `--config=file:${path}`]);
    expect(validate(config)).toEqual({ code: 0, out: '' });
    const key = changed(config, (c) => Object.assign(c.processors.memory_limiter, { limit_percent: 1 }));
    expect(validate(key)).toMatchObject({ code: 1, out: expect.stringContaining('limit_percent') });
    const exporter = changed(config, (c) => c.service.pipelines.logs.exporters.push('otlp_http/other'));
    expect(validate(exporter)).toMatchObject({ code: 1, out: expect.stringContaining('otlp_http/other') });
  });

  it('a real Mimir takes its configuration in classic mode, and refuses a wrong key and two parts in one bucket', () => {
    const config = valuesOf(objects, 'mimir').mimir.structuredConfig;
    const check = (one: unknown) =>
      judge('mimir', one, (path) => [`-config.file=${path}`, '-config.expand-env=true', '-modules']);
    const { code, out } = check(config);
    expect(out).toContain('distributor');
    expect(code).toBe(0);
    const key = changed(config, (c) => Object.assign(c.limits, { ingestion_rates: 1 }));
    expect(check(key)).toMatchObject({ code: 1, out: expect.stringContaining('ingestion_rates') });
    const shared = changed(config, (c) => Object.assign(c.ruler_storage.s3, c.blocks_storage.s3));
    expect(check(shared)).toMatchObject({ code: 1, out: expect.stringContaining('cannot be the same') });
  });

  it('a real Loki takes its configuration, and refuses a wrong key and a schema without its bucket', () => {
    const config = lokiConfig(valuesOf(objects, 'loki').loki);
    const check = (one: unknown) =>
      judge('loki', one, (path) => ['-verify-config', '-config.expand-env=true', `-config.file=${path}`]);
    expect(check(config)).toMatchObject({ code: 0, out: expect.stringContaining('config is valid') });
    const key = changed(config, (c) => Object.assign(c.ruler, { alertmanager_urls: '' }));
    expect(check(key)).toMatchObject({ code: 1, out: expect.stringContaining('alertmanager_urls') });
    const schema = changed(config, (c) => Object.assign(c.compactor, { delete_request_store: '' }));
    expect(check(schema)).toMatchObject({ code: 1, out: expect.stringContaining('delete-request-store') });
  });

  it('a real promtool takes the remote writes as the operator will spell them', () => {
    const check = (one: unknown) => judge('promtool', { remote_write: one }, (path) => ['check', 'config', path]);
    const config = remoteWrites(objects);
    expect(check(config)).toMatchObject({ code: 0, out: expect.stringContaining('is valid') });
    const regex = changed(config, (c) => Object.assign(c[1].write_relabel_configs[0], { regex: '(' }));
    expect(check(regex).code).toBe(1);
  });

  it('the adapter asks Prometheus in PromQL', () => {
    const [rule] = valuesOf(objects, 'prometheus-adapter').rules.custom;
    const filled = rule.metricsQuery
      .replaceAll('<<.GroupBy>>', 'pod')
      .replaceAll('<<.Series>>', 'phpfpm_active_processes')
      .replaceAll('<<.LabelMatchers>>', 'namespace="wordpress",pod=~"a|b"');
    expect(filled).not.toContain('<<');
    expect(problemsOf(filled)).toEqual([]);
    expect(problemsOf(rule.seriesQuery)).toEqual([]);
    expect(problemsOf(filled.replace('[1m]', ''))).not.toEqual([]);
  });

  it('components of Alloy lead to components that are there, and its variables are set', () => {
    const text = objects.find(({ metadata }) => metadata.name === 'alloy-config').data['config.alloy'];
    const set = valuesOf(objects, 'alloy').alloy.extraEnv.map(({ name }: Anything) => name);
    expect(alloyProblems(text, set)).toEqual([]);
    expect(alloyProblems(text.replace('loki.process "warnings"', 'loki.process "warning"'), set)).toEqual([
      'loki.process.warnings is not there',
      'nobody sends to loki.process.warning',
    ]);
    expect(alloyProblems(text, ['CLUSTER'])).toEqual(['IONOS_LOGS_URL is not set', 'IONOS_LOGS_KEY is not set']);
    expect(alloyProblems(text.replace(/\}\s*$/, ''), set)).toContain('braces do not match');
  });
});

/** What a reader of an Alloy file can see without Alloy: references to components, variables, braces. */
function alloyProblems(text: string, variables: readonly string[]): readonly string[] {
  // Without comments, and without brackets in texts.
  const code = text.replace(/\/\/.*$|"(?:[^"\\]|\\.)*"/gm, (part) =>
    part.startsWith('//') ? '' : part.replace(/[{}[\]]/g, '_'),
  );
  const declared = [...code.matchAll(/^([a-z][\w.]*) "(\w+)" \{/gm)].map(([, kind, label]) => `${kind}.${label}`);
  const used = [
    ...code.matchAll(/\b((?:discovery|loki|otelcol)\.[a-z_.]+\.\w+)\.(?:receiver|input|output|targets)\b/g),
  ].map(([, name]) => name!);
  const asked = [...text.matchAll(/sys\.env\("(\w+)"\)/g)].map(([, name]) => name!);
  const isSource = (name: string) => name.startsWith('loki.source.');
  const count = (sign: string) => code.split(sign).length;
  return [
    ...new Set([
      ...used.filter((name) => !declared.includes(name)).map((name) => `${name} is not there`),
      ...declared.filter((name) => !isSource(name) && !used.includes(name)).map((name) => `nobody sends to ${name}`),
      ...asked.filter((name) => !variables.includes(name)).map((name) => `${name} is not set`),
      ...(count('{') === count('}') && count('[') === count(']') ? [] : ['braces do not match']),
    ]),
  ];
}
