// Which target a /probe request means: a named one, or, where the spec's allow-list says so, one made up from module and URL.
import { BUILT_IN_MODULES, type Spec } from '../spec/spec.ts';
import { httpTarget, type Target, tcpTarget } from '../spec/target.ts';
import type { FoundTarget } from './found-target.ts';

/** The target of a request: by name, by its exact URL, or made up. Addresses are checked later, after resolution. */
export function findTarget(spec: Spec, wanted: string, module: string | undefined): FoundTarget {
  const modules = [
    ...new Set([...spec.targets.map((t) => t.kind), ...BUILT_IN_MODULES, ...Object.keys(spec.exporter.modules)]),
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
    const { address, ca } = named as { address?: string; ca?: string };
    return made(spec, module, named.url, false, { ...(address && { address }), ...(ca && { ca }) });
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
