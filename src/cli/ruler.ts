// Mimir's ruler: reads, sets and deletes groups of our namespace, and no other. Never decides what to load.
// https://grafana.com/docs/mimir/latest/references/http-api/#ruler

import { type ReadGroup, readRulerAnswer } from '../generate/read-rules.ts';
import { MIMIR_NAMESPACE, yamlText } from '../generate/rule-files.ts';
import { CommandError, EXIT } from './exit.ts';
import { type Remote, type Reply, saidIn } from './remote.ts';

export interface Ruler {
  /** Groups of our namespace. */
  read(): Promise<readonly ReadGroup[]>;
  set(group: ReadGroup): Promise<void>;
  remove(name: string): Promise<void>;
}

/** Where Mimir serves what Prometheus has too; a URL may end with it already, as that of a Grafana data source does. */
const HAS_PREFIX = /\/(?:prometheus|api\/prom)$/;
const prefixOf = ({ url }: Remote): string => (HAS_PREFIX.test(url) ? '' : '/prometheus');
const pathOf = (remote: Remote, group?: string): string =>
  `${prefixOf(remote)}/config/v1/rules/${MIMIR_NAMESPACE}${group === undefined ? '' : `/${encodeURIComponent(group)}`}`;

/** The ruler behind a URL; undefined if no Mimir with a config API answers there. Throws CommandError if nothing answers at all. */
export async function findRuler(remote: Remote): Promise<Ruler | undefined> {
  if (isNoRuler(await remote.ask('GET', pathOf(remote)))) return undefined;
  return {
    async read() {
      const reply = await remote.ask('GET', pathOf(remote));
      // Older ones say "no rule groups found" with 404, newer ones answer {}.
      if (reply.status === 404) return [];
      return answerIn(remote, reply);
    },
    async set(group) {
      const text = yamlText(group.raw, '');
      accepted(remote, await remote.ask('POST', pathOf(remote), { type: 'application/yaml', text }));
    },
    async remove(name) {
      const reply = await remote.ask('DELETE', pathOf(remote, name));
      if (reply.status !== 404) accepted(remote, reply);
    },
  };
}

const isNoRuler = ({ status, body }: Reply): boolean =>
  (status === 404 && !/rule groups? (?:found|does not exist)/.test(body)) || status === 405;

function answerIn(remote: Remote, { status, body }: Reply): readonly ReadGroup[] {
  if (status !== 200) throw refused(remote, { status, body });
  try {
    return readRulerAnswer(body);
  } catch (error) {
    throw new CommandError(
      EXIT.unreachable,
      `${remote.url} answers, but not as Mimir's ruler: ${(error as Error).message} (${saidIn(body)}); ${WHAT_TO_WRITE}`,
    );
  }
}

function accepted(remote: Remote, reply: Reply): void {
  if (reply.status < 200 || reply.status > 299) throw refused(remote, reply);
}

function refused({ url }: Remote, { status, body }: Reply): CommandError {
  const isOurFault = status >= 400 && status < 500 && status !== 429;
  const hint = /limit/i.test(body)
    ? '; the limits of the tenant (ruler_max_rules_per_rule_group, ruler_max_rule_groups_per_tenant) count all its namespaces'
    : '';
  return new CommandError(
    isOurFault ? EXIT.invalid : EXIT.unreachable,
    `${url} answered ${status}: ${saidIn(body)}${hint}`,
  );
}

export const WHAT_TO_WRITE =
  'write the URL without the path of the API, for example http://mimir:8080 or http://prometheus:9090';

/** Why there is no ruler, from what else answers there. */
export async function noRuler(remote: Remote): Promise<CommandError> {
  const rules = await remote.ask('GET', `${prefixOf(remote)}/api/v1/rules`);
  if (rules.status === 200 && prefixOf(remote) !== '')
    return new CommandError(
      EXIT.unreachable,
      `${remote.url} is a Mimir without the ruler's config API; it needs -ruler.enable-api=true and a rule storage other than "local"`,
    );
  return new CommandError(EXIT.unreachable, `${remote.url} has no ruler API at ${pathOf(remote)}; ${WHAT_TO_WRITE}`);
}
