// Boards in files and in a Grafana, by its HTTP API (https://grafana.com/docs/grafana/latest/developers/http_api/dashboard/).
// Only boards with our tag and a uid that begins with plimsoll- are ours.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { unreadable } from '../files/named-files.ts';
import { TAG } from '../grafana/board-json.ts';
import type { JsonObject } from '../grafana/finish.ts';
import { CommandError, EXIT } from './exit.ts';
import { type Remote, saidIn } from './remote.ts';

export const BOARDS_FOLDER = 'dashboards/generated';
const OURS = /^plimsoll-[a-z-]+$/;

/** The boards of a folder (plimsoll-*.json), of one file, or of a file that a push kept. Throws CommandError. */
export function readBoards(from: string): JsonObject[] {
  const files = filesIn(from);
  const boards = files.flatMap((file) => boardsIn(file));
  if (boards.length === 0)
    throw new CommandError(
      EXIT.usage,
      `${from}: holds no board (plimsoll-….json); npm run dashboards writes them into dashboards/generated; name that folder, or one board`,
    );
  return boards;
}

function filesIn(from: string): string[] {
  try {
    if (!statSync(from).isDirectory()) return [from];
    return readdirSync(from)
      .filter((name) => /^plimsoll-.*\.json$/.test(name))
      .sort()
      .map((name) => join(from, name));
  } catch (error) {
    throw new CommandError(EXIT.usage, `${from}: ${unreadable(error as NodeJS.ErrnoException)}`);
  }
}

function boardsIn(file: string): JsonObject[] {
  let content: unknown;
  try {
    // JSON is YAML too; what a push kept is YAML.
    content = parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new CommandError(EXIT.invalid, `${file}: ${(error as Error).message}`);
  }
  const boards = (content as { boards?: unknown } | null)?.boards ?? [content];
  if (!Array.isArray(boards) || boards.some((board) => !OURS.test(String((board as JsonObject | null)?.uid))))
    throw new CommandError(EXIT.invalid, `${file}: is no board of ours: its uid does not begin with plimsoll-`);
  return boards;
}

/** The boards of ours in a Grafana, by uid. Throws CommandError if it is none. */
export async function fetchBoards(remote: Remote): Promise<JsonObject[]> {
  const found = await json(remote, `/api/search?type=dash-db&tag=${TAG}&limit=5000`);
  if (!Array.isArray(found))
    throw new CommandError(EXIT.unreachable, `${remote.url} is no Grafana: /api/search gave no list`);
  const uids = found.map(({ uid }) => String(uid)).filter((uid) => OURS.test(uid));
  const boards: JsonObject[] = [];
  for (const uid of uids.sort())
    boards.push(((await json(remote, `/api/dashboards/uid/${uid}`)) as JsonObject).dashboard as JsonObject);
  return boards;
}

async function json(remote: Remote, path: string): Promise<unknown> {
  const { status, body } = await remote.ask('GET', path);
  const wrong = (why: string) => new CommandError(EXIT.unreachable, `${remote.url}${path.split('?')[0]} ${why}`);
  if (status !== 200) throw wrong(`answered ${status} (${saidIn(body)}): is this the URL of Grafana?`);
  try {
    return JSON.parse(body);
  } catch {
    throw wrong('answered with no JSON: is this the URL of Grafana?');
  }
}
