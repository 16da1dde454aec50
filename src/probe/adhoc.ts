// Which target a /probe request means: a named one, or, where the spec's allow-list says so, one made up from module and URL.

import type { Spec } from '../spec/spec.ts';
import { httpTarget, type Target } from '../spec/target.ts';
import type { FoundTarget } from './found-target.ts';

const BUILT_IN = ['http_2xx'] as const;

/** The target of a request: by name, by its exact URL, or made up. Addresses are checked later, after resolution. */
export function findTarget(spec: Spec, wanted: string, module: string | undefined): FoundTarget {
  const modules = [
    ...new Set([...spec.targets.map((t) => t.kind), ...BUILT_IN, ...Object.keys(spec.exporter.modules)]),
  ].sort();
  if (module !== undefined && !modules.includes(module)) {
    return {
      ok: false,
      status: 400,
      title: 'unknown module',
      detail: `there is no module "${module}"; there are: ${modules.join(', ')}`,
    };
  }
  const named = spec.targets.find((t) => t.name === wanted || t.url === wanted);
  if (named !== undefined) {
    if (module === undefined || module === named.kind) return { ok: true, target: named, adhoc: false };
    return made(spec, module, named.url, false);
  }
  if (spec.exporter.probeAllow.length === 0) {
    return {
      ok: false,
      status: 403,
      title: 'unknown target',
      detail: 'only targets of the spec are probed; name one, or add the host to exporter.probeAllow',
    };
  }
  return made(spec, module ?? 'http_2xx', wanted, true);
}

function made(spec: Spec, module: string, url: string, adhoc: boolean): FoundTarget {
  const settings = spec.exporter.modules[module];
  if (settings === undefined && module !== 'http_2xx') {
    return {
      ok: false,
      status: 400,
      title: 'module does not fit',
      detail: `module "${module}" works with named targets of that kind only`,
    };
  }
  const parsed = httpTarget.safeParse({
    status: undefined,
    ...settings,
    kind: 'http',
    name: 'adhoc',
    url: /^[a-z][a-z0-9+.-]*:\/\//i.test(url) ? url : `http://${url}`,
  });
  if (!parsed.success)
    return { ok: false, status: 400, title: 'bad target', detail: `the target is not an http or https URL` };
  return { ok: true, target: { ...parsed.data, timeout: 10_000 } as Target, adhoc };
}
