// Which SLOs explain a page of which others: those of a target, and those that depend on it. Pure.
import { type Slo, targetOf } from '../../src/spec/spec.ts';
import type { AmRoute } from './config.ts';
import { BURN } from './labels.ts';
import { receiversFor } from './receivers-for.ts';

/** A page of any of the `dependencies` makes those of all `dependants` superfluous. */
export interface DependencyPair {
  readonly name: string;
  readonly dependencies: readonly string[];
  readonly dependants: readonly string[];
}

/**
 * One pair for each target that something depends on; more only where its SLOs are told to different people. An SLO is left out if
 * neither its team nor all of its receivers hear of the dependency, and so are targets that depend on each other: both would be silent.
 */
export function dependencyPairs(slos: readonly Slo[], root: AmRoute): readonly DependencyPair[] {
  const reach = reachOf(slos);
  const receivers = new Map(slos.map((slo) => [slo.name, receiversFor(root, pageOf(slo))]));
  const isTold = (dependant: Slo, dependency: Slo): boolean =>
    dependant.team === dependency.team ||
    receivers.get(dependant.name)!.every((receiver) => receivers.get(dependency.name)!.includes(receiver));
  const byTarget = Map.groupBy(slos, (slo) => targetOf(slo.sli));
  const needs = Map.groupBy(
    slos.flatMap((slo) => [...new Set(slo.dependsOn)].map((target) => ({ slo, target }))),
    ({ target }) => target,
  );
  return [...needs.keys()].sort().flatMap((target) => {
    const candidates = needs.get(target)!.filter(({ slo }) => !reach(target).has(targetOf(slo.sli) ?? ''));
    const byDependants = Map.groupBy(byTarget.get(target) ?? [], (dependency) =>
      candidates
        .filter(({ slo }) => isTold(slo, dependency))
        .map(({ slo }) => slo.name)
        .join(' '),
    );
    const groups = [...byDependants].filter(([dependants]) => dependants !== '');
    return groups.map(([dependants, dependencies], i) => ({
      name: `${target}-over-dependants${i === 0 ? '' : `-${i + 1}`}`,
      dependencies: dependencies.map((slo) => slo.name),
      dependants: dependants.split(' '),
    }));
  });
}

const pageOf = (slo: Slo) => ({
  alertname: BURN,
  severity: 'page',
  slo: slo.name,
  service: slo.service,
  team: slo.team,
  cluster: 'any',
});

/** Everything that a target depends on, over any number of steps, and itself. */
function reachOf(slos: readonly Slo[]): (target: string) => ReadonlySet<string> {
  const direct = new Map<string, Set<string>>();
  for (const { sli, dependsOn } of slos) {
    const target = targetOf(sli);
    if (target !== undefined) direct.set(target, new Set([...(direct.get(target) ?? []), ...dependsOn]));
  }
  const known = new Map<string, ReadonlySet<string>>();
  return (target) => {
    const cached = known.get(target);
    if (cached !== undefined) return cached;
    const seen = new Set<string>();
    const open = [target];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      open.push(...(direct.get(next) ?? []));
    }
    known.set(target, seen);
    return seen;
  };
}
