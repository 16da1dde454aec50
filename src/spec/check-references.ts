// What the schema cannot say: names that must exist, steps that must run, values that must fit together. Pure.
import type { Problem } from './parse.ts';
import type { Slo, Spec } from './spec.ts';
import type { Target } from './target.ts';

type Report = (problem: Problem) => void;

/** Reports every broken reference of a spec that passed its schema. */
export function checkReferences(spec: Spec, report: Report): void {
  duplicates(spec.targets, 'targets', report);
  duplicates(spec.slos, 'slos', report);
  spec.targets.forEach((target, i) => {
    if (target.timeout >= target.interval) report({ rule: 'timeout-interval', path: ['targets', i, 'timeout'], message: `timeout ${target.timeout} ms is not below the interval of ${target.interval} ms` });
  });
  spec.slos.forEach((slo, i) => {
    checkSlo(slo, i, spec, report);
  });
  const services = new Set(spec.slos.map((s) => s.service));
  const targets = new Set(spec.targets.map((t) => t.name));
  spec.maintenance.forEach((m, i) => {
    m.services?.forEach((s, j) => {
      if (!services.has(s)) report({ rule: 'unknown-service', path: ['maintenance', i, 'services', j], message: `no SLO has the service "${s}"`, hint: known([...services]) });
    });
    m.targets?.forEach((t, j) => {
      if (!targets.has(t)) report({ rule: 'unknown-target', path: ['maintenance', i, 'targets', j], message: `there is no target "${t}"`, hint: known([...targets]) });
    });
  });
}

const known = (names: readonly string[]): string => (names.length === 0 ? 'none is defined' : `there are: ${names.join(', ')}`);

function duplicates(list: readonly { name: string }[], key: string, report: Report): void {
  const seen = new Set<string>();
  list.forEach(({ name }, i) => {
    if (seen.has(name)) report({ rule: 'duplicate-name', path: [key, i, 'name'], message: `the name "${name}" is used twice in ${key}` });
    seen.add(name);
  });
}

function checkSlo(slo: Slo, i: number, spec: Spec, report: Report): void {
  const path = ['slos', i] as const;
  const names = spec.targets.map((t) => t.name);
  if (slo.objective <= 0 || slo.objective >= 1) {
    report({ rule: 'objective-range', path: [...path, 'objective'], message: slo.objective >= 1 ? 'objective 100% leaves no error budget' : 'objective 0% promises nothing', hint: 'between 0% and 100%, for example 99.9%' });
  }
  slo.dependsOn.forEach((name, j) => {
    if (!names.includes(name)) report({ rule: 'unknown-target', path: [...path, 'dependsOn', j], message: `there is no target "${name}"`, hint: known(names) });
  });
  if (typeof slo.window !== 'number') {
    try {
      new Intl.DateTimeFormat('en', { timeZone: slo.window.timeZone });
    } catch {
      report({ rule: 'time-zone', path: [...path, 'window', 'timeZone'], message: `"${slo.window.timeZone}" is not an IANA time zone`, hint: 'for example Europe/Berlin' });
    }
  }
  const target = spec.targets.find((t) => t.name === slo.sli.target);
  if (target === undefined) report({ rule: 'unknown-target', path: [...path, 'sli', 'target'], message: `there is no target "${slo.sli.target}"`, hint: known(names) });
  else checkSli(slo, target, [...path, 'sli'], report);
}

function checkSli({ sli }: Slo, target: Target, path: readonly PropertyKey[], report: Report): void {
  const steps: readonly string[] = target.steps;
  const wanted = sli.kind === 'probe' ? (sli.steps ?? []) : sli.kind === 'latency' ? [sli.step] : [];
  wanted.forEach((step, i) => {
    if (!steps.includes(step)) {
      report({ rule: 'unknown-step', path: [...path, ...(sli.kind === 'probe' ? ['steps', i] : ['step'])], message: `target "${target.name}" (${target.kind}) does not run a step "${step}"`, hint: `it runs: ${steps.join(', ')}` });
    }
  });
  const mismatch = (message: string) => report({ rule: 'sli-mismatch', path, message });
  if (sli.kind === 'hits' && !(target.kind === 'cdn' && steps.includes('hit'))) mismatch('hits needs a target of kind cdn with the step hit');
  if (sli.kind !== 'freshness') return;
  if ((sli.below === undefined) === (sli.above === undefined)) mismatch('freshness needs exactly one of below and above');
  if (sli.above !== undefined && sli.of !== 'certificate') mismatch('above is for certificates; an age must be below a limit');
  if (sli.below !== undefined && sli.of === 'certificate') mismatch('a certificate needs above: the time that must be left');
  const https = 'url' in target && target.url.startsWith('https:');
  const fits = {
    replica: (target.kind === 'mariadb' || target.kind === 'redis') && target.replicas.length > 0 && steps.includes('replica'),
    cron: target.kind === 'wordpress' && steps.includes('cron'),
    certificate: target.kind === 'tls' || https,
    cache: target.kind === 'cdn',
  }[sli.of];
  if (!fits) mismatch(`target "${target.name}" (${target.kind}) does not measure the freshness of ${sli.of}; see plimsoll explain sli-mismatch`);
}
