// A stand-in for Mimir's config APIs, because no Mimir can be had in npm test. What it does is what a real one did when asked; the
// tests of push-contract.ts run against both.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parse, stringify } from 'yaml';

interface Group {
  readonly name: string;
  readonly rules?: readonly unknown[];
}
/** What a test may spoil: answers instead of the fake, or returns false to let it answer. */
export type Spoil = (request: IncomingMessage, response: ServerResponse) => boolean;

export interface FakeMimir {
  readonly url: string;
  spoil: Spoil;
  /** Headers and methods of all requests. */
  readonly seen: { method: string; path: string; headers: IncomingMessage['headers'] }[];
  stop(): Promise<void>;
}

const RULES = /^\/prometheus\/config\/v1\/rules\/([^/]+)(?:\/([^/]+))?$/;
const PER_GROUP = 20;

export async function startFakeMimir(): Promise<FakeMimir> {
  const tenants = new Map<string, { rules: Map<string, Map<string, Group>>; config?: string }>();
  const seen: FakeMimir['seen'] = [];
  const server: Server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { method = '', url = '', headers } = request;
    seen.push({ method, path: url, headers });
    if (fake.spoil(request, response)) return;
    const answer = (status: number, text: string) => response.writeHead(status).end(text);
    const id = headers['x-scope-orgid'];
    if (typeof id !== 'string') return answer(401, 'no org id\n');
    const tenant = tenants.get(id) ?? { rules: new Map<string, Map<string, Group>>() };
    tenants.set(id, tenant);
    if (url === '/api/v1/alerts') return alertmanager(tenant, method, body, answer);
    const [, namespace, name] = RULES.exec(url) ?? [];
    if (namespace === undefined) return answer(404, '404 page not found\n');
    const groups = tenant.rules.get(namespace) ?? new Map<string, Group>();
    tenant.rules.set(namespace, groups);
    if (method === 'DELETE') {
      groups.delete(decodeURIComponent(name ?? ''));
      return answer(202, '{}');
    }
    if (method === 'POST') return set(groups, parse(body) as Group, answer);
    const sorted = [...groups.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    return answer(200, stringify(sorted.length === 0 ? {} : { [namespace]: sorted }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const fake: FakeMimir = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spoil: () => false,
    seen,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
  return fake;
}

type Answer = (status: number, text: string) => unknown;

function set(groups: Map<string, Group>, group: Group, answer: Answer): void {
  const count = group.rules?.length ?? 0;
  if (count > PER_GROUP) {
    answer(400, `per-user rules per rule group limit (limit: ${PER_GROUP} actual: ${count}) exceeded\n`);
    return;
  }
  groups.set(group.name, group);
  answer(202, '{"status":"success"}');
}

function alertmanager(tenant: { config?: string }, method: string, body: string, answer: Answer): void {
  if (method === 'GET') {
    answer(tenant.config === undefined ? 404 : 200, tenant.config ?? 'alertmanager storage object not found\n');
    return;
  }
  if (/api_url_file/.test(body)) {
    answer(
      400,
      'error validating Alertmanager config: setting Slack api_url_file or global slack_api_url_file is not allowed\n',
    );
    return;
  }
  tenant.config = body;
  answer(201, '');
}
