// What a Prometheus has loaded, read from its API. Prometheus prints expressions anew, so it is asked to print ours too.
import type { ReadGroup } from '../generate/read-rules.ts';
import type { Rule, RuleGroup } from '../generate/rule.ts';
import { CommandError, EXIT } from './exit.ts';
import { type Remote, saidIn } from './remote.ts';

interface ApiRule {
  readonly type: 'alerting' | 'recording';
  readonly name: string;
  readonly query: string;
  /** Seconds. */
  readonly duration?: number;
  readonly keepFiringFor?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}
interface ApiGroup {
  readonly name: string;
  readonly file: string;
  /** Seconds. */
  readonly interval: number;
  readonly limit?: number;
  readonly rules: readonly ApiRule[];
}

/** Every group with its file; undefined if no Prometheus answers there. Throws CommandError, exit code 4, if nothing answers. */
export async function fetchLoaded(remote: Remote): Promise<readonly (ReadGroup & { file: string })[] | undefined> {
  const reply = await remote.ask('GET', '/api/v1/rules');
  const groups = reply.status === 200 ? groupsIn(reply.body) : undefined;
  return groups?.map(({ name, file, interval, limit = 0, rules, ...raw }) => ({
    name,
    file,
    intervalMs: Math.round(interval * 1000),
    rules: rules.map(ruleOf),
    ...(limit > 0 && { extras: { limit: String(limit) } }),
    raw,
  }));
}

function groupsIn(body: string): readonly ApiGroup[] | undefined {
  try {
    const { data } = JSON.parse(body) as { data?: { groups?: unknown } };
    return Array.isArray(data?.groups) ? (data.groups as ApiGroup[]) : undefined;
  } catch {
    return undefined;
  }
}

function ruleOf({ type, name, query, duration = 0, keepFiringFor = 0, labels = {}, annotations = {} }: ApiRule): Rule {
  if (type === 'recording') return { record: name, expr: query, labels };
  const [forMs, keepFiringForMs] = [Math.round(duration * 1000), Math.round(keepFiringFor * 1000)];
  return { alert: name, expr: query, forMs, keepFiringForMs, labels, annotations };
}

/**
 * Those that are ours: the groups of every file that holds a group with one of our names. A group that was taken out of the
 * spec is found in the file of the others.
 */
export function oursAmong<T extends RuleGroup & { readonly file: string }>(
  loaded: readonly T[],
  generated: readonly RuleGroup[],
): readonly T[] {
  const names = new Set(generated.map((group) => group.name));
  const files = new Set(loaded.filter((group) => names.has(group.name)).map((group) => group.file));
  return loaded.filter((group) => files.has(group.file));
}

/** The groups with every expression as this Prometheus prints it. One that it cannot read stays as it is. */
export async function printedBy<T extends RuleGroup>(remote: Remote, groups: readonly T[]): Promise<T[]> {
  const printed = new Map<string, string>();
  const exprs = [...new Set(groups.flatMap((group) => group.rules.map((rule) => rule.expr)))];
  for (const expr of exprs) printed.set(expr, await format(remote, expr));
  return groups.map((group) => ({
    ...group,
    rules: group.rules.map((rule) => ({ ...rule, expr: printed.get(rule.expr) ?? rule.expr })),
  }));
}

async function format(remote: Remote, expr: string): Promise<string> {
  const text = new URLSearchParams({ query: expr }).toString();
  const reply = await remote.ask('POST', '/api/v1/format_query', { type: 'application/x-www-form-urlencoded', text });
  if (reply.status === 400) return expr;
  const { data } = reply.status === 200 ? (JSON.parse(reply.body) as { data?: unknown }) : {};
  if (typeof data === 'string') return data;
  throw new CommandError(
    EXIT.unreachable,
    `${remote.url} cannot print expressions (/api/v1/format_query answered ${reply.status}: ${saidIn(reply.body)}); Prometheus 2.39 or newer is needed`,
  );
}
