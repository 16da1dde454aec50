// Which target a /probe request means: a named one, or, where the spec's allow-list says so, one made up from module and URL.
import { BUILT_IN_MODULES, type Spec } from '../spec/spec.ts';
import { httpTarget, type Target, tcpTarget } from '../spec/target.ts';
import type { FoundTarget } from './found-target.ts';

/** The target of a request: by name, by its exact URL, or made up. Addresses are checked later, after resolution. */
export function findTarget(spec: Spec, wanted: string, module: string | undefined): FoundTarget {
  if (module !== undefined && !isModule(spec, module)) {
    const modules = [...spec.targets.map((t) => t.kind), ...BUILT_IN_MODULES, ...Object.keys(spec.exporter.modules)];
    return {
      ok: false,
      status: 400,
      title: 'unknown module',
      detail: `there is no module "${module}"; there are: ${[...new Set(modules)].sort().join(', ')}`,
    };
  }
  const named = spec.targets.find((t) => t.name === wanted || t.url === wanted);
  if (named !== undefined) {
    if (module === undefined || module === named.kind) return { ok: true, target: named, adhoc: false };
    return byModule(spec, named, module);
  }
  if (spec.exporter.probeAllow.length === 0) {
    return {
      ok: false,
      status: 403,
      title: 'unknown target',
      detail: 'only targets of the spec are probed; name one, or add the host to exporter.probeAllow',
    };
  }
  const odd = oddIn(wanted);
  if (odd !== undefined) return { ok: false, status: 400, title: 'bad target', detail: odd };
  return made(spec, module ?? 'http_2xx', wanted, true);
}

/** Named targets as other modules see them, made once: a scrape asks for the same ones again and again. */
const seenAs = new WeakMap<Target, Map<string, FoundTarget>>();

function byModule(spec: Spec, named: Target, module: string): FoundTarget {
  const known = seenAs.get(named) ?? new Map<string, FoundTarget>();
  seenAs.set(named, known);
  const { address, ca } = named as { address?: string; ca?: string };
  const found =
    known.get(module) ?? made(spec, module, named.url, false, { ...(address && { address }), ...(ca && { ca }) });
  known.set(module, found);
  return found;
}

/** What a URL parser would drop or read otherwise than people do; a stranger's target has no need of it. */
function oddIn(wanted: string): string | undefined {
  if (/[\p{Cc}\p{Z}\\]/u.test(wanted)) return 'a target holds no spaces, control characters or backslashes';
  const { username, password } = URL.canParse(withScheme(wanted, 'http')) ? new URL(withScheme(wanted, 'http')) : {};
  return username || password ? 'a target holds no user and no password' : undefined;
}

const isModule = ({ targets, exporter }: Spec, module: string): boolean =>
  (BUILT_IN_MODULES as readonly string[]).includes(module) ||
  Object.hasOwn(exporter.modules, module) ||
  targets.some((target) => target.kind === module);

const TIMEOUT_MS = 10_000;
const withScheme = (text: string, scheme: string): string =>
  /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `${scheme}://${text}`;

/** `access`: how a named target is reached, which its URL does not say. */
function made(spec: Spec, module: string, url: string, adhoc: boolean, access: object = {}): FoundTarget {
  if (module === 'tcp_connect') return madeTcp(url, adhoc, access);
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
    url: withScheme(url, 'http'),
    ...access,
  });
  if (!parsed.success)
    return { ok: false, status: 400, title: 'bad target', detail: `the target is not an http or https URL` };
  return { ok: true, target: { ...parsed.data, timeout: TIMEOUT_MS } as Target, adhoc };
}

const PORTS: Readonly<Record<string, number>> = {
  'http:': 80,
  'https:': 443,
  'tls:': 443,
  'mysql:': 3306,
  'mariadb:': 3306,
  'redis:': 6379,
  'rediss:': 6379,
};

const bracketed = (ip: string): string => (ip.includes(':') ? `[${ip}]` : ip);

/** host:port, or the URL of a named target, of which host and port are taken. */
function madeTcp(text: string, adhoc: boolean, { address }: { address?: string }): FoundTarget {
  const url = withScheme(text, 'tcp');
  const { protocol, hostname, port } = URL.canParse(url) ? new URL(url) : { protocol: '', hostname: '', port: '' };
  const parsed = tcpTarget.safeParse({
    kind: 'tcp',
    name: 'adhoc',
    url: `tcp://${address === undefined ? hostname : bracketed(address)}:${port || PORTS[protocol]}`,
  });
  if (!parsed.success)
    return {
      ok: false,
      status: 400,
      title: 'bad target',
      detail: 'the target is not host:port, e.g. mail.example.org:25',
    };
  return { ok: true, target: { ...parsed.data, timeout: TIMEOUT_MS }, adhoc };
}
