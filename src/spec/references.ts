// Checks between the parts of a spec: names, settings, objectives; what an SLI needs of its target is in sli-checks.ts.
// Pure; every problem at once.
// Parts that failed the schema are checked as far as they are known (part.ts); nothing follows from a null.
import type { Path, Problem } from './finding.ts';
import { didYouMean } from './nearest.ts';
import type { Part } from './part.ts';
import { checkPromql } from './promql-checks.ts';
import { PROMQL_TARGET } from './promql-sli.ts';
import { checkRum } from './rum-checks.ts';
import type { Site } from './site.ts';
import { checkLimits, checkSli } from './sli-checks.ts';
import { BUILT_IN_MODULES, type Maintenance, type Slo } from './spec.ts';
import { TARGET_SCHEMAS, type Target } from './target.ts';
import { checkTimeZone } from './time-zone.ts';

/** What the checks know: names also of parts that did not pass the schema, so that one mistake is reported once. */
export interface Known {
  /** Null if some names could not be read. */
  readonly targetNames: readonly string[] | null;
  readonly services: readonly string[] | null;
  readonly sites: readonly Part<Site>[] | null;
  /** Targets by name, as far as they passed the schema; without those whose name is used twice. */
  readonly targets: ReadonlyMap<string, Part<Target>>;
}

function unknownTarget(name: string | null, path: Path, known: Known): Problem[] {
  if (name === null || known.targetNames === null || known.targetNames.includes(name)) return [];
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
export function checkTarget(target: Part<Target>, path: Path, timeoutGiven: boolean): Problem[] {
  const problems: Problem[] = [];
  if (target.name === PROMQL_TARGET) {
    problems.push({
      rule: 'reserved-name',
      path: [...path, 'name'],
      message: `the name ${PROMQL_TARGET} stands for SLIs that Prometheus counts`,
      hint: 'choose another name',
    });
  }
  if (target.timeout !== null && target.interval !== null && target.timeout >= target.interval) {
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
      message: `step ${step} of target ${target.name ?? ''} needs ${setting}`.replace('  ', ' '),
      hint: `without it the step measures nothing: set ${setting}, or leave the step out`,
    });
  }
  return problems;
}

function missingSettings(target: Part<Target>): [step: string, setting: string][] {
  const steps: readonly (string | null)[] = target.steps ?? [];
  const lacking: [string, string][] = [];
  if (target.kind === 'wordpress' && target.healthToken === undefined)
    lacking.push(['cron', 'healthToken'], ['objectcache', 'healthToken']);
  if (target.kind === 'cdn' && target.origin === undefined) lacking.push(['origin', 'origin'], ['match', 'origin']);
  if (target.kind === 'dns' && (target.authorities === undefined || target.authorities?.length === 0))
    lacking.push(['authority', 'authorities']);
  if ((target.kind === 'mariadb' || target.kind === 'redis') && target.replicas?.length === 0)
    lacking.push(['replica', 'replicas']);
  return lacking.filter(([step]) => steps.includes(step));
}

/** Problems of one SLO against the rest of the spec. */
export function checkSlo(slo: Part<Slo>, path: Path, known: Known): Problem[] {
  const problems: Problem[] = [];
  if (slo.objective !== null && slo.objective >= 1) {
    problems.push({
      rule: 'objective-100',
      path: [...path, 'objective'],
      message: 'objective "100%" leaves no error budget',
      hint: '99.9% or less; 100% means that every single failed probe breaks the promise',
    });
  }
  if (slo.objective !== null && slo.objective <= 0) {
    problems.push({
      rule: 'objective-0',
      path: [...path, 'objective'],
      message: 'objective "0%" promises nothing',
      hint: 'the share of good events that you promise, e.g. 99.9%',
    });
  }
  if (typeof slo.window === 'object' && slo.window !== null && slo.window.timeZone !== null)
    problems.push(...checkTimeZone(slo.window.timeZone, [...path, 'window', 'timeZone']));
  for (const [index, name] of (slo.dependsOn ?? []).entries())
    problems.push(...unknownTarget(name, [...path, 'dependsOn', index], known));
  if (slo.sli === null) return problems;
  const sliPath = [...path, 'sli'];
  if (slo.sli.kind === 'rum') problems.push(...checkRum(slo.sli, sliPath, known.sites));
  if (!('target' in slo.sli)) return [...problems, ...checkPromql(slo, slo.sli, path)];
  problems.push(...unknownTarget(slo.sli.target, [...sliPath, 'target'], known));
  const target = slo.sli.target === null ? undefined : known.targets.get(slo.sli.target);
  if (target !== undefined) problems.push(...checkSli(slo.sli, target, sliPath));
  if (slo.sli.kind === 'freshness') problems.push(...checkLimits(slo.sli, sliPath));
  return problems;
}

/** Problems of one maintenance window. */
export function checkMaintenance(maintenance: Part<Maintenance>, path: Path, known: Known): Problem[] {
  const targets = (maintenance.targets ?? []).flatMap((name, index) =>
    unknownTarget(name, [...path, 'targets', index], known),
  );
  const { services } = known;
  if (services === null) return targets;
  const unknown = (maintenance.services ?? []).flatMap((name, index): Problem[] =>
    name === null || services.includes(name)
      ? []
      : [
          {
            rule: 'unknown-service',
            path: [...path, 'services', index],
            message: `no SLO has the service "${name}"`,
            hint: didYouMean(name, services, 'services') ?? 'the spec has no SLOs',
          },
        ],
  );
  return [...targets, ...unknown];
}

/** Modules of the spec whose name already means something else on /probe. */
export function checkModules(modules: unknown, path: Path): Problem[] {
  const taken = [...BUILT_IN_MODULES, ...Object.keys(TARGET_SCHEMAS)];
  return Object.keys((modules ?? {}) as object)
    .filter((name) => taken.includes(name))
    .map((name) => ({
      rule: 'module-name',
      path: [...path, name],
      atKey: true,
      message: `the module name "${name}" is taken: it is ${BUILT_IN_MODULES.includes(name) ? 'built in' : 'a kind of target'}`,
      hint: `choose another name, for example ${name}-own`,
    }));
}
