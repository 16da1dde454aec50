// Can the target of an SLI give what the SLI counts? Pure; nothing follows from a null (part.ts).
import type { Path, Problem } from './finding.ts';
import { didYouMean } from './nearest.ts';
import type { Part } from './part.ts';
import type { RunKind, Sli } from './spec.ts';
import type { Target } from './target.ts';

/** Problems of an SLI that its target cannot serve: steps that it does not run, freshness that it does not measure. */
export function checkSli(sli: Part<Sli<RunKind>>, target: Part<Target>, path: Path): Problem[] {
  const { kind } = target;
  // A list of steps with a mistake in it says nothing about the others.
  const steps: readonly (string | null)[] | null = target.steps;
  if (kind === null || steps === null || steps.includes(null)) return [];
  const names = steps.filter((step) => step !== null);
  const unknownStep = (step: string | null, at: Path): Problem[] =>
    step === null || names.includes(step)
      ? []
      : [
          {
            rule: 'unknown-step',
            path: at,
            message: `target ${sli.target} (${kind}) does not run the step "${step}"`,
            hint: didYouMean(step, names, 'its steps'),
          },
        ];
  switch (sli.kind) {
    case null:
      return [];
    case 'probe':
      return (sli.steps ?? []).flatMap((step, index) => unknownStep(step, [...path, 'steps', index]));
    case 'latency':
      return unknownStep(sli.step, [...path, 'step']);
    case 'hits':
      if (kind === 'cdn' && names.includes('hit')) return [];
      return [
        {
          rule: 'hits-source',
          path: [...path, 'target'],
          message: `target ${sli.target} (${kind}) counts no cache hits`,
          hint: 'use a target of kind cdn that runs the step hit',
        },
      ];
    case 'freshness': {
      const need = sli.of === null ? undefined : freshnessNeed(sli.of, target, names);
      if (need === undefined) return [];
      return [
        {
          rule: 'freshness-source',
          path: [...path, 'of'],
          message: `target ${sli.target} (${kind}) cannot measure the freshness of ${sli.of}`,
          hint: `needs ${need}`,
        },
      ];
    }
  }
}

/** What is missing for this freshness; undefined if the target can measure it. */
function freshnessNeed(of: Sli<'freshness'>['of'], target: Part<Target>, steps: readonly string[]): string | undefined {
  switch (of) {
    case 'replica': {
      const has = (target.kind === 'mariadb' || target.kind === 'redis') && target.replicas?.length !== 0;
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
        target.url?.startsWith('https:') !== false;
      return target.kind === 'tls' || https
        ? undefined
        : 'a target of kind tls, or of kind wordpress, cdn or http with an https URL';
    }
  }
}

/** Freshness needs the one limit that fits it. */
export function checkLimits(sli: Part<Sli<'freshness'>>, path: Path): Problem[] {
  if (sli.of === null) return [];
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
