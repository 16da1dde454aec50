// plimsoll push dashboards URL: boards into the folder Plimsoll of a Grafana. Shows what would change; --yes does it.
import { yamlText } from '../generate/rule-files.ts';
import { diffBoards } from '../grafana/diff.ts';
import type { JsonObject } from '../grafana/finish.ts';
import { FOLDER } from '../grafana/provisioning.ts';
import { CommandError, EXIT } from './exit.ts';
import { fetchBoards, readBoards } from './grafana-boards.ts';
import { commandLine, keep } from './kept.ts';
import type { PushOptions } from './push-alertmanager.ts';
import { openRemote, type Remote, remoteArguments, saidIn } from './remote.ts';

const REPLACED = ' The boards that plimsoll push replaced. Push this file to go back.';

export async function pushDashboards(url: string, options: PushOptions): Promise<void> {
  const remote = openRemote('URL', url, options);
  const wanted = readBoards(options.from);
  const loaded = await fetchBoards(remote);
  const sentences = diffBoards(loaded, wanted);
  if (sentences.length === 0) {
    console.log(`${remote.url}: ${wanted.length} boards, as in ${options.from}; nothing to do`);
    return;
  }
  console.log(sentences.join('\n'));
  const uids = new Set(wanted.map(({ uid }) => uid));
  const set = wanted.filter(
    (board) =>
      diffBoards(
        loaded.filter(({ uid }) => uid === board.uid),
        [board],
      ).length > 0,
  );
  const gone = loaded.filter(({ uid }) => !uids.has(uid));
  if (options.yes !== true) {
    console.log(
      `${remote.url}: ${set.length} boards to set, ${gone.length} to delete, ${wanted.length - set.length} stay. Nothing was changed; --yes does it`,
    );
    return;
  }
  const back = keepOld(loaded, url, options);
  await ensureFolder(remote);
  for (const board of set) await setBoard(remote, board, back);
  for (const { uid } of gone) await change(remote, 'DELETE', `/api/dashboards/uid/${uid}`, undefined, back);
  const left = diffBoards(await fetchBoards(remote), wanted);
  if (left.length > 0)
    throw new CommandError(
      EXIT.findings,
      `${remote.url}: what was loaded is not what is there now:\n${left.join('\n')}\n${back}`,
    );
  console.log(`${remote.url}: ${set.length} boards set, ${gone.length} deleted, as in ${options.from}`);
}

/** Keeps what is there, and says how to go back. */
function keepOld(loaded: readonly JsonObject[], url: string, options: PushOptions): string {
  if (loaded.length === 0) return 'there was no board of ours before';
  const file = keep(options.keep, yamlText({ boards: loaded }, REPLACED));
  const back = commandLine([
    'plimsoll',
    'push',
    'dashboards',
    url,
    ...remoteArguments(options),
    '--from',
    file,
    '--yes',
  ]);
  console.log(`what is replaced is kept in ${file}; to go back:\n  ${back}`);
  return `to go back: ${back}`;
}

async function ensureFolder(remote: Remote): Promise<void> {
  const { status } = await remote.ask('GET', `/api/folders/${FOLDER.uid}`);
  if (status === 404) await change(remote, 'POST', '/api/folders', FOLDER, '');
}

/** The id is that of one server, and the version its own count. */
function setBoard(remote: Remote, board: JsonObject, back: string): Promise<void> {
  const { id: _, version: __, ...dashboard } = board;
  const body = {
    dashboard: { ...dashboard, id: null },
    folderUid: FOLDER.uid,
    overwrite: true,
    message: 'plimsoll push',
  };
  return change(remote, 'POST', '/api/dashboards/db', body, back);
}

async function change(
  remote: Remote,
  method: 'POST' | 'DELETE',
  path: string,
  body: object | undefined,
  back: string,
): Promise<void> {
  const text = body && ({ type: 'application/json', text: JSON.stringify(body) } as const);
  const { status, body: answer } = await remote.ask(method, path, text);
  if (status < 300) return;
  const said = saidIn(answer);
  const hint = /provisioned/i.test(said)
    ? 'it is provisioned from files: change the files there (dashboards/generated), or take them out of the provisioning'
    : 'nothing after it was changed';
  throw new CommandError(
    EXIT.findings,
    `${remote.url}${path} answered ${status} (${said}): ${hint}${back && `\n${back}`}`,
  );
}
