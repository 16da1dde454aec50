// plimsoll push alertmanager URL: config and templates of a tenant of Mimir's Alertmanager. Never prints a secret.
// https://grafana.com/docs/mimir/latest/references/http-api/#alertmanager
import { parse } from 'yaml';
import { diffAlertmanager } from '../generate/diff-alertmanager.ts';
import { yamlText } from '../generate/rule-files.ts';
import { type AlertmanagerFile, readAlertmanagerFile, readPayload } from './alertmanager-file.ts';
import { CommandError, EXIT } from './exit.ts';
import { commandLine, forget, keep } from './kept.ts';
import { openRemote, type Remote, type RemoteOptions, remoteArguments, saidIn } from './remote.ts';

export interface PushOptions extends RemoteOptions {
  readonly from: string;
  readonly keep: string;
  readonly yes?: boolean;
}

const PATH = '/api/v1/alerts';
const REPLACED = ' What plimsoll push replaced, with its secrets. Push this file to go back.';

export async function pushAlertmanager(url: string, options: PushOptions): Promise<void> {
  // The URLs of Grafana's data sources end with these.
  const remote = openRemote('URL', url.replace(/\/(?:prometheus|alertmanager|api\/prom)\/*$/, ''), options);
  const wanted = readAlertmanagerFile(options.from);
  const loaded = await current(remote);
  const where = `${remote.url}${options.tenant === undefined ? '' : `, tenant ${options.tenant}`}`;
  const sentences = sentencesOf(loaded, wanted);
  if (sentences.length === 0) {
    console.log(`${where}: the Alertmanager config is as in ${wanted.file}; nothing to do`);
    return;
  }
  console.log(sentences.join('\n'));
  if (options.yes !== true) {
    console.log(`${where}: would be replaced by ${wanted.file}. Nothing was changed; --yes does it`);
    return;
  }
  const kept = keepOld(remote, loaded, url, options);
  await load(remote, wanted, kept);
  const left = sentencesOf(await current(remote), wanted);
  if (left.length > 0)
    throw new CommandError(
      EXIT.findings,
      `${where}: what was loaded is not what is there now:\n${left.join('\n')}\n${kept.back}`,
    );
  console.log(`${where}: the Alertmanager config is loaded, as in ${wanted.file}`);
}

type Payload = NonNullable<ReturnType<typeof readPayload>>;

function sentencesOf(loaded: Payload | undefined, wanted: AlertmanagerFile): string[] {
  if (loaded === undefined) return ['the tenant has no Alertmanager config; it gets its first'];
  let config: unknown;
  try {
    config = parse(loaded.config);
  } catch {
    return ['the config that is loaded cannot be read as YAML; it is replaced as a whole'];
  }
  return diffAlertmanager({ config, templates: loaded.templates }, wanted);
}

/** What is loaded; undefined if the tenant has none. */
async function current(remote: Remote): Promise<Payload | undefined> {
  const { status, body } = await remote.ask('GET', PATH);
  if (status === 404 && /storage object not found|not configured/i.test(body)) return undefined;
  const payload = status === 200 ? readPayload(body) : undefined;
  if (payload !== undefined) return payload;
  // A Prometheus lists its alerts there; an Alertmanager has given this API up. What an answer of 200 holds may be secret.
  const said = status === 200 ? '200, but no config' : `${status}: ${saidIn(body)}`;
  throw new CommandError(
    EXIT.unreachable,
    `${remote.url}${PATH} answered ${said}; is it a Mimir with -alertmanager.enable-api=true? Write its URL without a path, for example http://mimir:8080. An Alertmanager of your own reads its config from a file`,
  );
}

interface Kept {
  /** How to go back. */
  readonly back: string;
  readonly file?: string;
}

function keepOld(remote: Remote, loaded: Payload | undefined, url: string, options: PushOptions): Kept {
  if (loaded === undefined) {
    const { tenant, tokenFile } = options;
    const headers = [
      ...(tenant === undefined ? [] : ['-H', `X-Scope-OrgID: ${tenant}`]),
      ...(tokenFile === undefined ? [] : ['-H', 'Authorization: Bearer TOKEN']),
    ];
    const undo = commandLine(['curl', '-X', 'DELETE', ...headers, remote.url + PATH]);
    console.log(`there was no config before; to go back:\n  ${undo}`);
    return { back: `to go back:\n  ${undo}` };
  }
  const old = { template_files: loaded.templates, alertmanager_config: loaded.config };
  const file = keep(options.keep, yamlText(old, REPLACED));
  const again = ['plimsoll', 'push', 'alertmanager', url, ...remoteArguments(options), '--from', file, '--yes'];
  const back = `to go back:\n  ${commandLine(again)}`;
  console.log(`what is replaced is kept in ${file}, which holds secrets; ${back}`);
  return { back, file };
}

async function load(
  remote: Remote,
  { text, templates, secrets }: AlertmanagerFile,
  { back, file }: Kept,
): Promise<void> {
  const body = yamlText({ template_files: templates, alertmanager_config: text }, '');
  const reply = await remote.ask('POST', PATH, { type: 'application/yaml', text: body }).catch((error: Error) => {
    throw new CommandError(EXIT.unreachable, `${error.message}\nit may have been loaded or not; ${back}`);
  });
  if (reply.status >= 200 && reply.status < 300) return;
  // Go's YAML quotes the value that it does not like, in part.
  let said = saidIn(reply.body).replaceAll(/`[^`]*`/g, '`…`');
  for (const secret of secrets) said = said.replaceAll(secret, '[secret]');
  const isRefusal = reply.status >= 400 && reply.status < 500;
  if (isRefusal && file !== undefined) forget(file);
  throw new CommandError(
    isRefusal && reply.status !== 429 ? EXIT.invalid : EXIT.unreachable,
    `${remote.url} answered ${reply.status}: ${said}\n${isRefusal ? 'nothing was changed, nothing is kept' : `it may have been loaded or not; ${back}`}`,
  );
}
