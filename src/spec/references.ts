// Checks between the parts of a spec: names, steps, sources of freshness, objectives. Pure; every problem at once.
import type { Path, Problem } from './finding.ts';
import { didYouMean } from './nearest.ts';
import type { Maintenance, Sli, Slo } from './spec.ts';
import type { Target } from './target.ts';

/** What the checks know: names also of parts that did not pass the schema, so that one mistake is reported once. */
export interface Known {
  readonly targetNames: readonly string[];
  readonly services: readonly string[];
  /** Targets that passed the schema, by name. */
  readonly targets: ReadonlyMap<string, Target>;
}

function unknownTarget(name: string, path: Path, known: Known): Problem[] {
  if (known.targetNames.includes(name)) return [];
  return [
    {
      rule: 'unknown-target',
      path,
      message: `unknown target "${name}"`,
      hint: didYouMean(name, known.targetNames, 'targets') ?? 'the spec has no targets',
    },
  ];
}

/** Problems of one target on its own. */
export function checkTarget(target: Target, path: Path, timeoutGiven: boolean): Problem[] {
  const problems: Problem[] = [];
  if (target.timeout >= target.interval) {
    problems.push({
      rule: 'timeout-interval',
      path: timeoutGiven ? [...path, 'timeout'] : path,
      message: 'the timeout is not below the interval',
      hint: 'a run must end before the next one starts: a shorter timeout, or a longer interval',
    });
  }
  for (const [step, setting] of missingSettings(target)) {
    problems.push({
      rule: 'step-needs',
      path: [...path, 'steps'],
      message: `step ${step} of target ${target.name} needs ${setting}`,
      hint: `without it the step measures nothing: set ${setting}, or leave the step out`,
    });
  }
  return problems;
}

function missingSettings(target: Target): [step: string, setting: string][] {
  const steps: readonly string[] = target.steps;
  const lacking: [string, string][] = [];
  if (target.kind === 'wordpress' && target.healthToken === undefined) lacking.push(['cron', 'healthToken']);
  if (target.kind === 'cdn' && target.origin === undefined) lacking.push(['origin', 'origin']);
  if (target.kind === 'dns' && (target.authorities ?? []).length === 0) lacking.push(['authority', 'authorities']);
  if ((target.kind === 'mariadb' || target.kind === 'redis') && target.replicas.length === 0)
    lacking.push(['replica', 'replicas']);
  return lacking.filter(([step]) => steps.includes(step));
}

/** Problems of one SLO against the rest of the spec. */
export function checkSlo(slo: Slo, path: Path, known: Known): Problem[] {
  const problems: Problem[] = [];
  if (slo.objective >= 1) {
    problems.push({
      rule: 'objective-100',
      path: [...path, 'objective'],
      message: 'objective "100%" leaves no error budget',
      hint: '99.9% or less; 100% means that every single failed probe breaks the promise',
    });
  }
  if (slo.objective <= 0) {
    problems.push({
      rule: 'objective-0',
      path: [...path, 'objective'],
      message: 'objective "0%" promises nothing',
      hint: 'the share of good events that you promise, e.g. 99.9%',
    });
  }
  if (typeof slo.window === 'object')
    problems.push(...checkTimeZone(slo.window.timeZone, [...path, 'window', 'timeZone']));
  for (const [index, name] of slo.dependsOn.entries())
    problems.push(...unknownTarget(name, [...path, 'dependsOn', index], known));
  const sliPath = [...path, 'sli'];
  problems.push(...unknownTarget(slo.sli.target, [...sliPath, 'target'], known));
  const target = known.targets.get(slo.sli.target);
  if (target !== undefined) problems.push(...checkSli(slo.sli, target, sliPath));
  if (slo.sli.kind === 'freshness') problems.push(...checkLimits(slo.sli, sliPath));
  return problems;
}

function checkTimeZone(timeZone: string, path: Path): Problem[] {
  const isName = /^[A-Za-z]/.test(timeZone);
  try {
    if (isName && new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone) return [];
  } catch {
    // RangeError: falls through to the finding.
  }
  return [
    {
      rule: 'time-zone',
      path,
      message: `unknown time zone "${timeZone}"`,
      hint: didYouMean(timeZone, Intl.supportedValuesOf('timeZone').slice(), 'IANA names'),
    },
  ];
}

function checkSli(sli: Sli, target: Target, path: Path): Problem[] {
  const steps: readonly string[] = target.steps;
  const unknownStep = (step: string, at: Path): Problem[] =>
    steps.includes(step)
      ? []
      : [
          {
            rule: 'unknown-step',
            path: at,
            message: `target ${target.name} (${target.kind}) does not run the step "${step}"`,
            hint: didYouMean(step, steps, 'its steps'),
          },
        ];
  switch (sli.kind) {
    case 'probe':
      return (sli.steps ?? []).flatMap((step, index) => unknownStep(step, [...path, 'steps', index]));
    case 'latency':
      return unknownStep(sli.step, [...path, 'step']);
    case 'hits':
      if (target.kind === 'cdn' && steps.includes('hit')) return [];
      return [
        {
          rule: 'hits-source',
          path: [...path, 'target'],
          message: `target ${target.name} (${target.kind}) counts no cache hits`,
          hint: 'use a target of kind cdn that runs the step hit',
        },
      ];
    case 'freshness': {
      const need = freshnessNeed(sli.of, target);
      if (need === undefined) return [];
      return [
        {
          rule: 'freshness-source',
          path: [...path, 'of'],
          message: `target ${target.name} (${target.kind}) cannot measure the freshness of ${sli.of}`,
          hint: `needs ${need}`,
        },
      ];
    }
  }
}

/** What is missing for this freshness; undefined if the target can measure it. */
function freshnessNeed(of: Sli<'freshness'>['of'], target: Target): string | undefined {
  const steps: readonly string[] = target.steps;
  switch (of) {
    case 'replica': {
      const has = (target.kind === 'mariadb' || target.kind === 'redis') && target.replicas.length > 0;
      return has && steps.includes('replica')
        ? undefined
        : 'a target of kind mariadb or redis with replicas and the step replica';
    }
    case 'cron':
      return target.kind === 'wordpress' && steps.includes('cron')
        ? undefined
        : 'a target of kind wordpress with the step cron';
    case 'cache':
      return target.kind === 'cdn' && (steps.includes('age') || steps.includes('hit'))
        ? undefined
        : 'a target of kind cdn with the step age';
    case 'certificate': {
      const https =
        (target.kind === 'wordpress' || target.kind === 'cdn' || target.kind === 'http') &&
        target.url.startsWith('https:');
      return target.kind === 'tls' || https
        ? undefined
        : 'a target of kind tls, or of kind wordpress, cdn or http with an https URL';
    }
  }
}

function checkLimits(sli: Sli<'freshness'>, path: Path): Problem[] {
  const given = [sli.below, sli.above].filter((limit) => limit !== undefined).length;
  const wanted = sli.of === 'certificate' ? 'above' : 'below';
  if (given === 1 && sli[wanted] !== undefined) return [];
  const example = sli.of === 'certificate' ? 'above: 14d (time left)' : 'below: 30s (age)';
  const wrong = given === 1 && sli.of !== 'certificate' ? [...path, 'above'] : given === 1 ? [...path, 'below'] : path;
  return [
    {
      rule: 'freshness-limit',
      path: wrong,
      message: `freshness of ${sli.of} needs exactly one limit: ${wanted}`,
      hint: `write ${example}`,
    },
  ];
}

/** Problems of one maintenance window. */
export function checkMaintenance(maintenance: Maintenance, path: Path, known: Known): Problem[] {
  const targets = (maintenance.targets ?? []).flatMap((name, index) =>
    unknownTarget(name, [...path, 'targets', index], known),
  );
  const services = (maintenance.services ?? []).flatMap((name, index): Problem[] =>
    known.services.includes(name)
      ? []
      : [
          {
            rule: 'unknown-service',
            path: [...path, 'services', index],
            message: `no SLO has the service "${name}"`,
            hint: didYouMean(name, known.services, 'services'),
          },
        ],
  );
  return [...targets, ...services];
}
