// As much of Grafana's HTTP API as push and diff use; Grafana itself cannot be had here. Remembers what it is given.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Board = Record<string, unknown>;

export interface FakeGrafana {
  readonly url: string;
  readonly boards: Map<string, Board>;
  readonly folders: Map<string, string>;
  /** Method and path of everything that changed something. */
  readonly changes: string[];
  /** Uids that cannot be saved, as they come from files. */
  readonly provisioned: Set<string>;
  stop(): void;
}

export async function startFakeGrafana(token: string): Promise<FakeGrafana> {
  const boards = new Map<string, Board>();
  const folders = new Map<string, string>();
  const provisioned = new Set<string>();
  const changes: string[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const send = (status: number, body: unknown) => response.writeHead(status).end(JSON.stringify(body));
    if (request.headers.authorization !== `Bearer ${token}`) return send(401, { message: 'Unauthorized' });
    const chunks = await Array.fromAsync(request as AsyncIterable<Buffer>);
    const body = chunks.length === 0 ? {} : JSON.parse(Buffer.concat(chunks).toString());
    const path = request.url!.split('?')[0]!;
    const uid = path.split('/').at(-1)!;
    if (request.method !== 'GET') changes.push(`${request.method} ${path}`);
    switch (`${request.method} ${path.replace(/(uid|folders)\/[^/]+$/, '$1/*')}`) {
      case 'GET /api/search':
        return send(
          200,
          [...boards.values()].map((board) => ({ uid: board.uid, title: board.title })),
        );
      case 'GET /api/dashboards/uid/*':
        return send(200, { dashboard: boards.get(uid), meta: { version: 3 } });
      case 'GET /api/folders/*':
        return folders.has(uid) ? send(200, { uid }) : send(404, { message: 'folder not found' });
      case 'POST /api/folders':
        folders.set(body.uid, body.title);
        return send(200, body);
      case 'POST /api/dashboards/db':
        if (provisioned.has(body.dashboard.uid)) return send(400, { message: 'Cannot save provisioned dashboard' });
        if (!folders.has(body.folderUid)) return send(400, { message: 'folder not found' });
        boards.set(body.dashboard.uid, { ...body.dashboard, id: boards.size + 1, version: 3 });
        return send(200, { status: 'success' });
      case 'DELETE /api/dashboards/uid/*':
        boards.delete(uid);
        return send(200, { title: uid });
      default:
        return send(404, { message: 'Not found' });
    }
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    boards,
    folders,
    changes,
    provisioned,
    stop: () => void server.close(),
  };
}
